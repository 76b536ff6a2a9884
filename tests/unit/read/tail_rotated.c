/* SPDX-License-Identifier: ISC
 *
 * tail_rotated: which names are rotated files, and in which order they come.
 */
#include "read/tail_rotated.h"
#include "base/buf.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const made[] = {
	"app.log", "app.log.1", "app.log.2.gz", "app.log.10", "app.log-20261122",
	"app-20261121.log.zst", "app-7.log", "app.log.old", "app.logs.1", "app.log.1.bz2",
};

static void
make_file(const char *path, long mtime_s)
{
	struct timespec times[2] = { { mtime_s, 5 }, { mtime_s, 5 } };
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "abc", 3), 3);
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
}

static int
enter(void **state)
{
	const char *above = getenv("TMPDIR");
	struct buf folder = BUF_EMPTY;

	buf_printf(&folder, "%s/tail_rotated.XXXXXX", above != NULL ? above : "/tmp");
	if (mkdtemp(folder.data) == NULL || chdir(folder.data) < 0)
		return -1;
	*state = folder.data;
	return 0;
}

static int
leave(void **state)
{
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		unlink(made[i]);
	unlink("link");
	if (chdir("/") < 0 || rmdir(*state) < 0)
		return -1;
	free(*state);
	return 0;
}

static void
rotated_names_are_recognised(void **state)
{
	static const char *const yes[] = { "app.log.1", "app.log-1", "app.log_1",
		"app.log.12.gz", "app.log.1.zst", "app.log-20261122", "app.log.old",
		"app.log.old.gz", "app.log-2026-11-22T10:00:00.123Z",
		"app.log-20261122.2.gz", "app-20261122.log", "app.20261122.log.gz",
		"app_2026-11-22.log", "app.log-1700000000" };
	static const char *const no[] = { "app.log", "app.log.gz", "app.log.", "app.log.-1",
		"app.log1", "app.logx.1", "app.log.1.bz2", "app.log.1.gz.gz", "app-2.log",
		"app.log.bak", "app.log.1~", "app.log.1.tmp", "appl.log.1", "app.l", "",
		"app20261122.log", ".log", "app-20261122.txt" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (!tail_rotated_is_name(yes[i], "app.log"))
			fail_msg("%s is not recognised", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (tail_rotated_is_name(no[i], "app.log"))
			fail_msg("%s is recognised", no[i]);
	assert_true(tail_rotated_is_name("log.1", "log"));
	assert_true(tail_rotated_is_name(".log.1", ".log"));
	assert_false(tail_rotated_is_name("-20261122.log", ".log"));
}

static void
the_oldest_is_first(void **state)
{
	static const char *const expected[] = { "app-20261121.log.zst", "app.log.10",
		"app.log.2.gz", "app.log.1", "app.log-20261122", "app.log.old" };
	struct tail_rotated_list list = TAIL_ROTATED_NONE;
	struct stat status;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		make_file(made[i], i == 5 ? 1000 : 2000);
	assert_int_equal(tail_rotated("app.log", &list, &err), 0);
	assert_int_equal(list.count, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < list.count; i++) {
		const struct tail_rotated *item = &list.items[i];

		assert_string_equal(item->path, expected[i]);
		assert_int_equal(stat(item->path, &status), 0);
		assert_true(item->inode == status.st_ino && item->device == status.st_dev);
		assert_int_equal(item->size_bytes, 3);
		assert_int_equal(item->mtime_ns, i == 0 ? 1000000000005 : 2000000000005);
		assert_int_equal(item->is_compressed, i == 0 || i == 2);
	}
	tail_rotated_release(&list);
	assert_int_equal(list.count, 0);
}

static void
a_link_has_the_siblings_of_its_target(void **state)
{
	struct tail_rotated_list list = TAIL_ROTATED_NONE;
	struct err err;

	(void)state;
	make_file("app.log", 3);
	make_file("app.log.1", 3);
	assert_int_equal(symlink("app.log", "link"), 0);
	assert_int_equal(tail_rotated("./link", &list, &err), 0);
	assert_int_equal(list.count, 1);
	assert_string_equal(strrchr(list.items[0].path, '/'), "/app.log.1");
	tail_rotated_release(&list);
	/* The file that the path leads to is not its own sibling. */
	assert_int_equal(unlink("link"), 0);
	assert_int_equal(unlink("app.log"), 0);
	assert_int_equal(symlink("app.log.1", "app.log"), 0);
	assert_int_equal(tail_rotated("app.log", &list, &err), 0);
	assert_int_equal(list.count, 0);
	tail_rotated_release(&list);
}

static void
a_missing_folder_is_empty(void **state)
{
	struct tail_rotated_list list = TAIL_ROTATED_NONE;
	struct err err;

	(void)state;
	assert_int_equal(tail_rotated("none/app.log", &list, &err), 0);
	assert_int_equal(list.count, 0);
	make_file("app.log", 3);
	assert_int_equal(tail_rotated("app.log/a", &list, &err), -1);
	assert_int_equal(err.exit_code, EXIT_NO_INPUT);
	assert_string_equal(err.text, "app.log/a: its folder: Not a directory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rotated_names_are_recognised),
		cmocka_unit_test_setup_teardown(the_oldest_is_first, enter, leave),
		cmocka_unit_test_setup_teardown(a_link_has_the_siblings_of_its_target, enter,
		    leave),
		cmocka_unit_test_setup_teardown(a_missing_folder_is_empty, enter, leave),
	};

	return cmocka_run_group_tests_name("tail_rotated", tests, NULL, NULL);
}
