/* SPDX-License-Identifier: ISC */
#include "io/file.h"
#include "tests/unit/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void
content_is(const char *path, const char *expected)
{
	char *text = folder_get(path);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void
slashes_at_the_end_of_a_path(void **state)
{
	(void)state;
	assert_int_equal(file_folder_len("a"), 1);
	assert_int_equal(file_folder_len("a/b"), 3);
	assert_int_equal(file_folder_len("a/b/"), 3);
	assert_int_equal(file_folder_len("a/b///"), 3);
	assert_int_equal(file_folder_len("/"), 1);
	assert_int_equal(file_folder_len("///"), 1);
	assert_int_equal(file_folder_len(""), 0);
}

static void
folder_is(const char *path, const char *expected)
{
	char *folder = file_folder_of(path);

	assert_string_equal(folder, expected);
	free(folder);
}

static void
finds_the_folder_of_a_path(void **state)
{
	(void)state;
	folder_is("a", ".");
	folder_is("a/b", "a");
	folder_is("a/b/c", "a/b");
	folder_is("/a", "/");
	folder_is("/a/b", "/a");
}

/* Expects the real name to be the working directory of the test, followed by rest. */
static void
real_name_is(const char *path, const char *rest)
{
	char *here = realpath(".", NULL), *name = file_real_name(path);
	size_t len = strlen(here);

	assert_memory_equal(name, here, len);
	assert_string_equal(name + len, rest);
	free(here);
	free(name);
}

static void
resolves_all_but_the_last_part(void **state)
{
	(void)state;
	assert_int_equal(mkdir("real", 0777), 0);
	assert_int_equal(symlink("real", "link"), 0);
	real_name_is("x", "/x");
	real_name_is("./x", "/x");
	real_name_is("real/x", "/real/x");
	real_name_is("link/x", "/real/x");
	real_name_is("link/../x", "/x");
	real_name_is("link", "/link");
}

static void
keeps_the_name_of_a_missing_folder(void **state)
{
	char *name = file_real_name("/nosuch/folder/x");

	(void)state;
	assert_string_equal(name, "/nosuch/folder/x");
	free(name);
}

static void
a_file_is_read_whole(void **state)
{
	/* Longer than one read, and with every byte. */
	static char bytes[200001];
	struct buf out = BUF_EMPTY;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	assert_int_equal(folder_put("long", bytes, sizeof(bytes)), 0);
	assert_int_equal(folder_put_text("empty", "") | folder_put_text("short", "short"), 0);
	for (size_t i = 1; i <= 2; i++) {
		assert_int_equal(file_read("long", sizeof(bytes), &out, &err), 0);
		assert_int_equal(out.len, i * sizeof(bytes));
	}
	assert_memory_equal(out.data, bytes, sizeof(bytes));
	assert_memory_equal(out.data + sizeof(bytes), bytes, sizeof(bytes));
	assert_int_equal(file_read("empty", 0, &out, &err), 0);
	assert_int_equal(out.len, 2 * sizeof(bytes));
	/* It is a text where other bytes were. */
	buf_reset(&out);
	assert_int_equal(file_read("short", 9, &out, &err), 0);
	assert_string_equal(buf_text(&out), "short");
	buf_release(&out);
}

static void
a_file_that_is_too_large_or_missing(void **state)
{
	struct buf out = BUF_EMPTY;
	struct err err;

	(void)state;
	assert_int_equal(folder_put_text("four", "1234"), 0);
	assert_int_equal(file_read("four", 4, &out, &err), 0);
	/* What out held before does not count. */
	assert_int_equal(file_read("four", 4, &out, &err), 0);
	assert_int_equal(file_read("four", 3, &out, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
	assert_string_equal(err.text, "four: larger than 3 bytes");
	assert_int_equal(file_read("missing", 9, &out, &err), -1);
	assert_int_equal(err.exit_code, EXIT_NO_INPUT);
	assert_int_equal(file_read(".", 9, &out, &err), -1);
	assert_int_equal(err.exit_code, EXIT_IO);
	buf_release(&out);
}

static void
folders_are_made_with_those_above(void **state)
{
	struct stat status;
	struct err err;

	(void)state;
	assert_int_equal(file_make_folders("a/b//c/", &err), 0);
	assert_int_equal(stat("a/b/c", &status), 0);
	assert_true(S_ISDIR(status.st_mode));
	assert_int_equal(file_make_folders("a/b/c", &err), 0);
	assert_int_equal(file_make_folders("a/b/d", &err), 0);
	assert_int_equal(rmdir("a/b/d"), 0);
	assert_int_equal(file_make_folders(".", &err), 0);
	assert_int_equal(file_make_folders("/", &err), 0);
}

static void
folders_that_cannot_be_made(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(folder_put_text("file", ""), 0);
	assert_int_equal(file_make_folders("file/a/b", &err), -1);
	assert_int_equal(err.exit_code, EXIT_CREATE);
	assert_string_equal(err.text, "file/a: Not a directory");
	assert_int_equal(file_sync_folder_of("missing/a", &err), -1);
	assert_int_equal(err.exit_code, EXIT_IO);
	assert_int_equal(file_sync_folder_of("a", &err), 0);
}

static void
a_new_file_takes_its_place_at_commit(void **state)
{
	struct file_new file;
	struct err err;

	(void)state;
	assert_int_equal(folder_put_text("a", "old"), 0);
	assert_int_equal(file_create(&file, "a", &err), 0);
	assert_int_equal(file_write(&file, "ne", 2, &err), 0);
	assert_int_equal(file_write(&file, "", 0, &err), 0);
	assert_int_equal(file_write(&file, "w", 1, &err), 0);
	content_is("a", "old");
	assert_int_equal(folder_count(), 2);
	assert_int_equal(file_commit(&file, &err), 0);
	content_is("a", "new");
	assert_int_equal(folder_count(), 1);
	file_abandon(&file);
	content_is("a", "new");
}

static void
an_abandoned_file_leaves_nothing(void **state)
{
	struct file_new file;
	struct err err;

	(void)state;
	assert_int_equal(folder_put_text("a", "old"), 0);
	assert_int_equal(file_create(&file, "a", &err), 0);
	assert_int_equal(file_write(&file, "new", 3, &err), 0);
	file_abandon(&file);
	file_abandon(&file);
	content_is("a", "old");
	assert_int_equal(folder_count(), 1);
}

static void
a_file_that_cannot_take_its_place_is_removed(void **state)
{
	struct file_new file;
	struct err err;

	(void)state;
	assert_int_equal(mkdir("a", 0777), 0);
	assert_int_equal(file_create(&file, "a", &err), 0);
	assert_int_equal(file_commit(&file, &err), -1);
	assert_int_equal(err.exit_code, EXIT_CREATE);
	assert_string_equal(err.text, "a: Is a directory");
	assert_int_equal(folder_count(), 1);
	assert_int_equal(file_create(&file, "missing/a", &err), -1);
	assert_int_equal(err.exit_code, EXIT_CREATE);
	file_abandon(&file);
}

static void
two_new_files_of_one_path_do_not_meet(void **state)
{
	struct file_new one, two;
	struct err err;

	(void)state;
	assert_int_equal(file_create(&one, "a", &err), 0);
	assert_int_equal(file_create(&two, "a", &err), 0);
	assert_int_equal(file_write(&one, "one", 3, &err), 0);
	assert_int_equal(file_write(&two, "two", 3, &err), 0);
	assert_int_equal(file_commit(&two, &err), 0);
	assert_int_equal(file_commit(&one, &err), 0);
	content_is("a", "one");
	assert_int_equal(folder_count(), 1);
}

static int interrupted_fd;

static void
say_interrupted(int number)
{
	int kept = errno;

	(void)number;
	if (write(interrupted_fd, "", 1) < 0)
		_exit(2);
	errno = kept;
}

/* Writes to a pipe that is read slowly, while a signal interrupts each write: some
 * are cut short, some write nothing. */
static void
write_interrupted(int fd, const char *bytes, size_t len)
{
	const struct sigaction action = { .sa_handler = say_interrupted };
	const struct itimerval often = { { 0, 500 }, { 0, 500 } };

	if (sigaction(SIGALRM, &action, NULL) < 0 || setitimer(ITIMER_REAL, &often, NULL) < 0)
		_exit(3);
	_exit(file_write_all(fd, bytes, len) == 0 ? 0 : 1);
}

static void
all_is_written_though_interrupted(void **state)
{
	static char bytes[300000], again[sizeof(bytes) + 1];
	int data[2], interrupted[2], status;
	size_t len = 0;
	ssize_t got;
	pid_t pid;
	char one;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 13 + i / 251);
	assert_int_equal(pipe(data) | pipe(interrupted), 0);
	interrupted_fd = interrupted[1];
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(data[0]);
		write_interrupted(data[1], bytes, sizeof(bytes));
	}
	close(data[1]);
	close(interrupted[1]);
	do {
		for (int i = 0; i < 4; i++)
			assert_true(read(interrupted[0], &one, 1) >= 0);
		got = read(data[0], again + len, sizeof(again) - len);
		assert_true(got >= 0);
		len += (size_t)got;
	} while (got > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(len, sizeof(bytes));
	assert_memory_equal(again, bytes, sizeof(bytes));
	close(data[0]);
	close(interrupted[0]);
}

static void
a_full_disk_is_an_error(void **state)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, "a", 1), -1);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(file_write_all(fd, "", 0), 0);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slashes_at_the_end_of_a_path),
		cmocka_unit_test(finds_the_folder_of_a_path),
		IN_FOLDER(resolves_all_but_the_last_part),
		cmocka_unit_test(keeps_the_name_of_a_missing_folder),
		IN_FOLDER(a_file_is_read_whole),
		IN_FOLDER(a_file_that_is_too_large_or_missing),
		IN_FOLDER(folders_are_made_with_those_above),
		IN_FOLDER(folders_that_cannot_be_made),
		IN_FOLDER(a_new_file_takes_its_place_at_commit),
		IN_FOLDER(an_abandoned_file_leaves_nothing),
		IN_FOLDER(a_file_that_cannot_take_its_place_is_removed),
		IN_FOLDER(two_new_files_of_one_path_do_not_meet),
		cmocka_unit_test(all_is_written_though_interrupted),
		cmocka_unit_test(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
