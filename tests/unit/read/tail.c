/* SPDX-License-Identifier: ISC
 *
 * tail: files that grow, are rotated, removed and created again.
 */
#include "read/tail.h"
#include "base/prog.h"
#include "tests/unit/read/tail_reader.h"

#include <signal.h>
#include <stdio.h>

static int poll_calls, poll_timeout_ms;
static bool poll_raises;

/* Replaces poll of libc in everything that is linked here. */
int counted_poll(struct pollfd *polls, nfds_t count, int timeout_ms) __asm__("poll");
int
counted_poll(struct pollfd *polls, nfds_t count, int timeout_ms)
{
	struct timespec timeout = { timeout_ms / 1000, timeout_ms % 1000 * 1000000 };

	poll_calls++;
	poll_timeout_ms = timeout_ms;
	if (poll_raises)
		raise(SIGTERM);
	return ppoll(polls, count, timeout_ms < 0 ? NULL : &timeout, NULL);
}

static void
a_file_is_read_as_it_grows(void **state)
{
	(void)state;
	append("a", "1\n");
	start("a", NEVER_MS);
	assert_string_equal(settle(), "1\n");
	assert_string_equal(settle(), "");
	append("a", "2\n");
	append("a", "3\n");
	assert_string_equal(settle(), "2\n3\n");
	assert_string_equal(buf_text(&reader.warnings), "");
	assert_int_equal(reader.rotated_count, 1);
}

static void
the_old_inode_is_drained_before_the_new(void **state)
{
	int writer;

	(void)state;
	writer = append_to("a", "1\n", O_CREAT);
	start("a", NEVER_MS);
	assert_string_equal(settle(), "1\n");
	assert_int_equal(write(writer, "2\n", 2), 2);
	assert_int_equal(rename("a", "a.1"), 0);
	assert_int_equal(write(writer, "3\n", 2), 2);
	append("a", "4\n");
	reader.most_bytes = 1;
	assert_string_equal(settle(), "2\n3\n4\n");
	/* Its writer does not know about the rotation yet. */
	assert_int_equal(write(writer, "5\n", 2), 2);
	append("a", "6\n");
	assert_string_equal(settle(), "5\n6\n");
	assert_int_equal(open_count(), 2);
	assert_int_equal(reader.content_count, 2);
	close(writer);
}

static void
an_idle_old_file_is_retired(void **state)
{
	(void)state;
	append("a", "1\n");
	start("a", 0);
	assert_string_equal(settle(), "1\n");
	assert_int_equal(rename("a", "a.1"), 0);
	append("a.1", "2\n");
	/* While it has no successor, it is not old. */
	assert_string_equal(settle(), "2\n");
	assert_int_equal(reader.retired_count, 0);
	append("a.1", "3\n");
	append("a", "4\n");
	assert_string_equal(settle(), "3\n4\n");
	assert_int_equal(reader.retired_count, 1);
	assert_int_equal(open_count(), 1);
	/* This comes too late, but its writer closes it, so it is found again. */
	append("a.1", "5\n");
	assert_string_equal(settle(), "5\n");
	assert_int_equal(reader.content_count, 2);
	assert_int_equal(open_count(), 1);
}

static void
a_file_that_does_not_exist_is_waited_for(void **state)
{
	struct tail_options options = TAIL_OPTIONS;
	struct err err;

	(void)state;
	start("a", NEVER_MS);
	assert_string_equal(buf_text(&reader.warnings),
	    "a: does not exist yet; waiting for it\n");
	assert_string_equal(settle(), "");
	append("a", "1\n");
	assert_string_equal(settle(), "1\n");
	stop();
	assert_int_equal(try_start(options, "a none/a", &err), -1);
	assert_int_equal(err.exit_code, EXIT_NO_INPUT);
	assert_string_equal(err.text, "none/a: its folder: No such file or directory");
	assert_int_equal(try_start(options, ".", &err), -1);
	assert_string_equal(err.text, ".: Is a directory");
}

static void
a_file_is_deleted_and_created_again(void **state)
{
	int writer;

	(void)state;
	writer = append_to("a", "1\n", O_CREAT);
	start("a", NEVER_MS);
	settle();
	assert_int_equal(write(writer, "2\n", 2), 2);
	assert_int_equal(unlink("a"), 0);
	assert_string_equal(settle(), "2\n");
	assert_int_equal(write(writer, "3\n", 2), 2);
	append("a", "4\n");
	assert_string_equal(settle(), "3\n4\n");
	close(writer);
}

static void
a_deleted_file_does_not_keep_its_space(void **state)
{
	(void)state;
	append("a", "1\n");
	start("a", 0);
	assert_int_equal(unlink("a"), 0);
	assert_string_equal(settle(), "1\n");
	assert_int_equal(open_count(), 0);
	assert_false(tail_is_over(reader.tail));
	append("b", "1\n");
	assert_int_equal(rename("b", "a"), 0);
	assert_int_equal(link("a", "c"), 0);
	settle();
	assert_int_equal(unlink("a"), 0);
	settle();
	assert_int_equal(open_count(), 1);
	assert_int_equal(unlink("c"), 0);
	settle();
	assert_int_equal(open_count(), 0);
}

static void
a_file_is_replaced_by_rename(void **state)
{
	(void)state;
	append("a", "1\n");
	append("b", "3\n");
	start("a", NEVER_MS);
	settle();
	append("a", "2\n");
	assert_int_equal(rename("b", "a"), 0);
	assert_string_equal(settle(), "2\n3\n");
	/* Renamed away and back, it is still the same file. */
	assert_int_equal(rename("a", "b"), 0);
	append("b", "4\n");
	assert_string_equal(settle(), "4\n");
	assert_int_equal(rename("b", "a"), 0);
	append("a", "5\n");
	assert_string_equal(settle(), "5\n");
	assert_int_equal(reader.content_count, 2);
}

static void
two_rotations_between_two_checks(void **state)
{
	(void)state;
	append("a", "1\n");
	start("a", NEVER_MS);
	settle();
	append("a", "2\n");
	assert_int_equal(rename("a", "a.1"), 0);
	append("a", "3\n");
	assert_int_equal(rename("a.1", "a.2"), 0);
	assert_int_equal(rename("a", "a.1"), 0);
	append("a", "4\n");
	assert_string_equal(settle(), "2\n3\n4\n");
	append("a.1", "5\n");
	assert_string_equal(settle(), "5\n");
	assert_int_equal(reader.content_count, 3);
}

static void
a_sibling_that_was_renamed_is_listed_again(void **state)
{
	struct stat status;
	struct err err;

	(void)state;
	append("a", "1\n");
	append("a.1", "0\n");
	start("a", NEVER_MS);
	assert_string_equal(settle(), "0\n1\n");
	append("b", "2\n");
	assert_int_equal(stat("b", &status), 0);
	assert_null(tail_next_rotated(reader.tail));
	assert_int_equal(tail_add(reader.tail, "a", "a.2", status.st_dev, status.st_ino,
	    &err), 0);
	assert_string_equal(tail_next_rotated(reader.tail), "a");
	assert_int_equal(tail_add(reader.tail, "a", "a.1", status.st_dev, status.st_ino,
	    &err), 0);
	assert_string_equal(tail_next_rotated(reader.tail), "a");
	assert_int_equal(tail_add(reader.tail, "a", "b", status.st_dev, status.st_ino,
	    &err), 1);
	assert_null(tail_next_rotated(reader.tail));
	assert_int_equal(tail_add(reader.tail, "a", "b", status.st_dev, status.st_ino,
	    &err), 0);
	assert_null(tail_next_rotated(reader.tail));
	assert_string_equal(settle(), "2\n");
}

static void
lost_events_lose_no_data(void **state)
{
	int fd = open("/proc/sys/fs/inotify/max_queued_events", O_RDONLY);
	char text[32] = "";
	long count;

	(void)state;
	assert_true(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	count = strtol(text, NULL, 10);
	if (count > 100000)
		skip();
	append("a", "1\n");
	start("a", NEVER_MS);
	settle();
	for (long i = 0; i <= count / 2; i++) {
		assert_int_equal(link("a", "b"), 0);
		assert_int_equal(unlink("b"), 0);
	}
	append("a", "2\n");
	assert_int_equal(rename("a", "a.1"), 0);
	append("a", "3\n");
	assert_int_equal(rename("a", "a.2"), 0);
	append("a", "4\n");
	assert_string_equal(settle(), "2\n3\n4\n");
}

static void
tail_wait_blocks_when_nothing_happens(void **state)
{
	struct err err;

	(void)state;
	append("a", "1\n");
	assert_int_equal(mkfifo("f", 0666), 0);
	start("a f", NEVER_MS);
	settle();
	append("f", "1\n");
	assert_int_equal(tail_wait(reader.tail, -1, &err), 1);
	read_file(tail_next(reader.tail));
	poll_calls = 0;
	assert_int_equal(tail_wait(reader.tail, 20, &err), 0);
	assert_in_range(poll_calls, 1, 3);
	assert_int_equal(rename("a", "a.1"), 0);
	append("a", "2\n");
	settle();
	poll_calls = 0;
	assert_int_equal(tail_wait(reader.tail, 20, &err), 0);
	assert_in_range(poll_calls, 1, 3);
}

static void
tail_wait_wakes_up_to_retire_a_file(void **state)
{
	struct err err;

	(void)state;
	append("a", "1\n");
	start("a", 20);
	settle();
	assert_int_equal(rename("a", "a.1"), 0);
	append("a", "2\n");
	settle();
	if (reader.retired_count == 0)
		assert_int_equal(tail_wait(reader.tail, -1, &err), 1);
	settle();
	assert_int_equal(reader.retired_count, 1);
}

/* This must be the last test, because prog_signal stays set. */
static void
a_signal_ends_tail_wait(void **state)
{
	struct err err;

	(void)state;
	append("a", "1\n");
	start("a", NEVER_MS);
	settle();
	prog_catch_signals();
	poll_raises = true;
	assert_int_equal(tail_wait(reader.tail, -1, &err), -1);
	poll_raises = false;
	assert_int_equal(poll_timeout_ms, -1);
	assert_int_equal(err.exit_code, EXIT_AGAIN);
	assert_string_equal(err.text, "interrupted");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_read_as_it_grows),
		TEST(the_old_inode_is_drained_before_the_new),
		TEST(an_idle_old_file_is_retired),
		TEST(a_file_that_does_not_exist_is_waited_for),
		TEST(a_file_is_deleted_and_created_again),
		TEST(a_deleted_file_does_not_keep_its_space),
		TEST(a_file_is_replaced_by_rename),
		TEST(two_rotations_between_two_checks),
		TEST(a_sibling_that_was_renamed_is_listed_again),
		TEST(lost_events_lose_no_data),
		TEST(tail_wait_blocks_when_nothing_happens),
		TEST(tail_wait_wakes_up_to_retire_a_file),
		TEST(a_signal_ends_tail_wait),
	};

	return cmocka_run_group_tests_name("tail", tests, NULL, NULL);
}
