/* SPDX-License-Identifier: ISC
 *
 * tail: files that grow, are rotated, truncated, removed and created again.
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
a_truncated_file_is_read_from_its_start(void **state)
{
	(void)state;
	append("a", "1\n22\n");
	start("a", NEVER_MS);
	assert_string_equal(settle(), "1\n22\n");
	assert_int_equal(truncate("a", 0), 0);
	assert_string_equal(settle(), "");
	assert_int_equal(reader.truncated_count, 1);
	assert_int_equal(reader.rotated_count, 2);
	append("a", "3\n");
	assert_string_equal(settle(), "3\n");
	/* It is longer than before when it is checked: the first bytes differ. */
	assert_int_equal(truncate("a", 0), 0);
	append("a", "4\n55\n666\n");
	assert_string_equal(settle(), "4\n55\n666\n");
	/* Here the bytes before the offset differ. */
	assert_int_equal(truncate("a", 2), 0);
	append("a", "77\n666\n8\n");
	assert_string_equal(settle(), "4\n77\n666\n8\n");
	assert_int_equal(reader.truncated_count, 3);
	assert_int_equal(open_count(), 1);
	assert_int_equal(reader.content_count, 4);
}

static void
truncation_is_seen_in_the_bytes_before_the_offset(void **state)
{
	char same[2000];

	(void)state;
	memset(same, 'x', sizeof(same) - 1);
	same[sizeof(same) - 1] = '\0';
	append("a", same);
	append("a", "1\n");
	start("a", NEVER_MS);
	settle();
	assert_int_equal(truncate("a", 0), 0);
	append("a", same);
	append("a", "2\n3\n");
	settle();
	assert_int_equal(reader.truncated_count, 1);
	assert_string_equal(buf_text(&reader.contents[1].bytes) + sizeof(same) - 1, "2\n3\n");
}

static void
bytes_that_only_the_copy_has_are_read(void **state)
{
	(void)state;
	append("a", "1\n");
	start("a", NEVER_MS);
	settle();
	append("a", "2\n");
	copy("a", "a.1");
	assert_int_equal(truncate("a", 0), 0);
	append("a", "3\n");
	assert_string_equal(settle(), "2\n3\n");
	/* While there is a copy but no truncation, the copy is not read. */
	append("a", "4\n");
	copy("a", "a.2");
	assert_string_equal(settle(), "4\n");
	assert_int_equal(truncate("a", 0), 0);
	append("a", "5\n");
	copy("a", "a.3");
	assert_int_equal(truncate("a", 0), 0);
	assert_string_equal(settle(), "5\n");
}

static void
a_file_is_copied_that_was_empty_when_last_seen(void **state)
{
	(void)state;
	append("a", "");
	start("a", NEVER_MS);
	settle();
	append("a", "1\n");
	copy("a", "a.1");
	assert_int_equal(truncate("a", 0), 0);
	assert_string_equal(settle(), "1\n");
}

static void
truncation_between_read_and_set_offset_is_seen(void **state)
{
	struct tail_file *file;
	struct err err;

	(void)state;
	append("a", "1\n");
	start("a", NEVER_MS);
	assert_int_equal(tail_wait(reader.tail, -1, &err), 1);
	assert_null(tail_next(reader.tail));
	assert_string_equal(tail_next_rotated(reader.tail), "a");
	file = tail_next(reader.tail);
	assert_non_null(file);
	assert_null(tail_next(reader.tail));
	assert_int_equal(truncate("a", 0), 0);
	append("a", "2\n");
	assert_int_equal(tail_file_set_offset(file, 2), -1);
	assert_int_equal(tail_file_state(file), TAIL_TRUNCATED);
	assert_int_equal(tail_file_set_offset(file, 2), -1);
	tail_file_done(file);
	assert_string_equal(settle(), "2\n");
	assert_true(tail_file_is_new_content(tail_each(reader.tail, NULL)));
}

static void
all_symbolic_links_on_the_way_are_watched(void **state)
{
	(void)state;
	assert_int_equal(mkdir("one", 0777), 0);
	assert_int_equal(mkdir("two", 0777), 0);
	append("one/b", "1\n");
	append("two/b", "4\n");
	assert_int_equal(symlink("one", "now"), 0);
	assert_int_equal(symlink("now/b", "a"), 0);
	start("./a", NEVER_MS);
	assert_string_equal(settle(), "1\n");
	append("one/b", "2\n");
	assert_int_equal(rename("one/b", "one/b.1"), 0);
	append("one/b", "3\n");
	assert_string_equal(settle(), "2\n3\n");
	assert_int_equal(symlink("two", "next"), 0);
	assert_int_equal(rename("next", "now"), 0);
	assert_string_equal(settle(), "4\n");
	append("one/c", "5\n");
	assert_int_equal(symlink("one/c", "next"), 0);
	assert_int_equal(rename("next", "a"), 0);
	assert_string_equal(settle(), "5\n");
	assert_int_equal(unlink("one/c"), 0);
	append("one/c", "6\n");
	assert_string_equal(settle(), "6\n");
	assert_int_equal(reader.content_count, 5);
}

static void
a_missing_folder_is_tried_again(void **state)
{
	struct tail_options options = TAIL_OPTIONS;

	(void)state;
	options.retire_ms = NEVER_MS;
	options.poll_ms = 0;
	assert_int_equal(mkdir("f", 0777), 0);
	append("f/a", "1\n");
	start_with(options, "f/a");
	settle();
	assert_int_equal(rename("f", "g"), 0);
	append("g/a", "2\n");
	assert_string_equal(settle(), "2\n");
	assert_string_equal(buf_text(&reader.warnings),
	    "f/a: its folder: No such file or directory; trying again\n");
	assert_int_equal(mkdir("f", 0777), 0);
	append("f/a", "3\n");
	append("g/a", "4\n");
	assert_string_equal(settle(), "4\n3\n");
}

static void
a_file_with_two_names_is_followed_once(void **state)
{
	(void)state;
	append("a", "1\n");
	assert_int_equal(symlink("a", "link"), 0);
	assert_int_equal(link("a", "b"), 0);
	start("a ./a link b", NEVER_MS);
	assert_string_equal(settle(), "1\n");
	assert_int_equal(open_count(), 1);
	assert_int_equal(unlink("a"), 0);
	append("a", "2\n");
	append("b", "3\n");
	assert_string_equal(settle(), "2\n3\n");
	assert_int_equal(open_count(), 2);
	assert_int_equal(reader.content_count, 2);
	assert_string_equal(buf_text(&reader.warnings), "");
}

static void
files_move_from_operand_to_operand(void **state)
{
	(void)state;
	append("a.2", "1\n");
	append("a.1", "2\n");
	append("a", "3\n");
	start("a.2 a.1 a", NEVER_MS);
	assert_string_equal(settle(), "1\n2\n3\n");
	assert_int_equal(rename("a.1", "a.2"), 0);
	assert_int_equal(rename("a", "a.1"), 0);
	append("a.1", "4\n");
	append("a", "5\n");
	assert_string_equal(settle(), "4\n5\n");
	assert_int_equal(reader.content_count, 4);
	/* The one without a name, and the three. */
	assert_int_equal(open_count(), 4);
}

static void
a_file_is_opened_again_under_another_name(void **state)
{
	struct err err;

	(void)state;
	append("a", "1\n");
	start("a b", 0);
	settle();
	assert_int_equal(rename("a", "c"), 0);
	append("a", "2\n");
	/* It is retired, but not done, when the other name leads to it. */
	assert_int_equal(tail_wait(reader.tail, 0, &err), 1);
	assert_int_equal(symlink("c", "b"), 0);
	assert_int_equal(tail_wait(reader.tail, 0, &err), 1);
	assert_string_equal(settle(), "2\n");
	append("c", "3\n");
	assert_string_equal(settle(), "3\n");
	assert_int_equal(reader.content_count, 2);
}

static void
a_fifo_has_one_writer_after_another(void **state)
{
	int writer;

	(void)state;
	assert_int_equal(mkfifo("a", 0666), 0);
	start("a", NEVER_MS);
	assert_string_equal(settle(), "");
	for (int i = 0; i < 3; i++) {
		writer = append_to("a", "1\n", O_NONBLOCK);
		assert_string_equal(settle(), "1\n");
		assert_int_equal(write(writer, "2\n", 2), 2);
		close(writer);
		assert_string_equal(settle(), "2\n");
	}
	assert_false(tail_is_over(reader.tail));
	assert_int_equal(reader.content_count, 1);
	assert_int_equal(unlink("a"), 0);
	append("a", "3\n");
	assert_string_equal(settle(), "3\n");
}

static void
read_a_pipe(const char *path, int writer)
{
	assert_int_equal(write(writer, "1\n", 2), 2);
	start(path, NEVER_MS);
	assert_string_equal(settle(), "1\n");
	assert_false(tail_is_over(reader.tail));
	assert_int_equal(write(writer, "2\n", 2), 2);
	close(writer);
	assert_string_equal(settle(), "2\n");
	assert_true(tail_is_over(reader.tail));
	assert_int_equal(open_count(), 0);
}

static void
pipes_and_stdin_end(void **state)
{
	int pipe_fds[2], saved = dup(STDIN_FILENO);
	char path[32];

	(void)state;
	assert_int_equal(pipe(pipe_fds), 0);
	assert_int_equal(dup2(pipe_fds[0], STDIN_FILENO), STDIN_FILENO);
	close(pipe_fds[0]);
	read_a_pipe("-", pipe_fds[1]);
	stop();

	assert_int_equal(pipe(pipe_fds), 0);
	snprintf(path, sizeof(path), "/dev/fd/%d", pipe_fds[0]);
	read_a_pipe(path, pipe_fds[1]);
	close(pipe_fds[0]);
	stop();

	append("a", "1\n2\n");
	pipe_fds[0] = open("a", O_RDONLY);
	assert_int_equal(dup2(pipe_fds[0], STDIN_FILENO), STDIN_FILENO);
	close(pipe_fds[0]);
	start("-", NEVER_MS);
	assert_string_equal(settle(), "1\n2\n");
	assert_true(tail_is_over(reader.tail));
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	close(saved);
}

static void
a_refused_file_is_left_alone(void **state)
{
	struct tail_file *file;
	struct err err;

	(void)state;
	append("a", "1\n");
	start("a", NEVER_MS);
	assert_int_equal(tail_wait(reader.tail, -1, &err), 1);
	tail_next_rotated(reader.tail);
	file = tail_next(reader.tail);
	assert_non_null(file);
	tail_file_done(file);
	assert_true(tail_is_over(reader.tail));
	append("a", "2\n");
	assert_int_equal(rename("a", "a.1"), 0);
	append("a", "2\n");
	assert_string_equal(settle(), "");
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
		TEST(a_truncated_file_is_read_from_its_start),
		TEST(truncation_is_seen_in_the_bytes_before_the_offset),
		TEST(bytes_that_only_the_copy_has_are_read),
		TEST(a_file_is_copied_that_was_empty_when_last_seen),
		TEST(truncation_between_read_and_set_offset_is_seen),
		TEST(all_symbolic_links_on_the_way_are_watched),
		TEST(a_missing_folder_is_tried_again),
		TEST(a_file_with_two_names_is_followed_once),
		TEST(files_move_from_operand_to_operand),
		TEST(a_file_is_opened_again_under_another_name),
		TEST(a_fifo_has_one_writer_after_another),
		TEST(pipes_and_stdin_end),
		TEST(a_refused_file_is_left_alone),
		TEST(two_rotations_between_two_checks),
		TEST(a_sibling_that_was_renamed_is_listed_again),
		TEST(lost_events_lose_no_data),
		TEST(tail_wait_blocks_when_nothing_happens),
		TEST(tail_wait_wakes_up_to_retire_a_file),
		TEST(a_signal_ends_tail_wait),
	};

	return cmocka_run_group_tests_name("tail", tests, NULL, NULL);
}
