/* SPDX-License-Identifier: ISC
 *
 * The key file: read, made, and made by several processes at once.
 */
#include "io/hash_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "hash-key-XXXXXX";

static int
enter(void **state)
{
	const char *base = getenv("TMPDIR");

	(void)state;
	if (chdir(base != NULL ? base : "/tmp") < 0 || mkdtemp(folder) == NULL)
		return -1;
	return chdir(folder);
}

static int
leave(void **state)
{
	static const char *const names[] = { "key", "empty", "a.db", "a.db.key",
		"link", "many.db.key", "large" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(names[i]);
	/* rmdir fails when another file was left. */
	return chdir("..") < 0 || rmdir(folder) < 0 ? -1 : 0;
}

static void
write_file(const char *path, const char *text, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	fclose(file);
}

static void
expect_fault(const char *path, const char *database, int exit_code,
    const char *words)
{
	struct buf key = BUF_EMPTY;
	struct err err = { 0, "" };

	assert_int_equal(hash_key_read_or_make(path, database, &key, &err), -1);
	assert_int_equal(err.exit_code, exit_code);
	if (strstr(err.text, words) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", words, err.text);
	buf_release(&key);
}

static void
reads_a_given_file(void **state)
{
	static char large[HASH_KEY_MAX_BYTES + 2];
	struct buf key = BUF_EMPTY;
	struct err err;

	(void)state;
	write_file("key", "k3y\n\n", 5);
	assert_int_equal(hash_key_read_or_make("key", "none.db", &key, &err), 0);
	assert_int_equal(key.len, 4);
	assert_memory_equal(key.data, "k3y\n", 4);
	assert_int_not_equal(access("none.db.key", F_OK), 0);
	buf_release(&key);

	write_file("empty", "\n", 1);
	write_file("large", large, sizeof(large));
	expect_fault("empty", "none.db", EXIT_CONFIG,
	    "key file: empty: empty; it must hold the key");
	expect_fault("large", "none.db", EXIT_CONFIG, "key file: large: larger than");
	expect_fault("missing", "none.db", EXIT_CONFIG,
	    "key file: missing: No such file");
	expect_fault(".", "none.db", EXIT_CONFIG, "key file: .: Is a directory");
}

static void
makes_a_missing_key(void **state)
{
	struct buf first = BUF_EMPTY, second = BUF_EMPTY;
	struct stat info;
	struct err err;

	(void)state;
	write_file("a.db", "", 0);
	assert_int_equal(symlink("a.db", "link"), 0);
	assert_int_equal(hash_key_read_or_make(NULL, "link", &first, &err), 0);
	assert_int_equal(first.len, 64);
	assert_int_equal(strspn(first.data, "0123456789abcdef"), 64);
	assert_int_equal(stat("a.db.key", &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	assert_int_equal(info.st_size, 65);
	assert_int_equal(hash_key_read_or_make(NULL, "a.db", &second, &err), 0);
	assert_string_equal(first.data, second.data);
	buf_release(&first);
	buf_release(&second);
	expect_fault(NULL, "missing/a.db", EXIT_CREATE,
	    "key file: missing/a.db.key: No such file");
	write_file("a.db.key", "", 0);
	expect_fault(NULL, "a.db", EXIT_CONFIG, "a.db.key: empty");
}

/* Waits for the end of the pipe `from`, then opens the key and writes it to `to`. */
static void
open_key_in_child(int from, int to)
{
	struct buf key = BUF_EMPTY;
	struct err err;
	char go;

	if (read(from, &go, 1) != 0 ||
	    hash_key_read_or_make(NULL, "many.db", &key, &err) < 0 ||
	    write(to, key.data, 64) != 64)
		_exit(1);
	_exit(0);
}

static void
processes_that_make_it_at_once_agree(void **state)
{
	int start[2], out[2], status;
	char first[64], next[64];

	(void)state;
	assert_int_equal(pipe(start), 0);
	assert_int_equal(pipe(out), 0);
	for (int i = 0; i < 8; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			close(start[1]);
			open_key_in_child(start[0], out[1]);
		}
	}
	/* Closing the pipe starts all children at once. */
	close(start[0]);
	close(start[1]);
	close(out[1]);
	assert_int_equal(read(out[0], first, 64), 64);
	for (int i = 1; i < 8; i++) {
		assert_int_equal(read(out[0], next, 64), 64);
		assert_memory_equal(first, next, 64);
	}
	close(out[0]);
	while (wait(&status) > 0)
		assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_given_file),
		cmocka_unit_test(makes_a_missing_key),
		cmocka_unit_test(processes_that_make_it_at_once_agree),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
