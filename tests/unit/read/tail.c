/* SPDX-License-Identifier: ISC */
#include "read/tail.h"
#include "base/prog.h"
#include "tests/unit/read/tail_reader.h"

#include <signal.h>
#include <stdio.h>

static int poll_calls, poll_timeout_ms;
static bool poll_raises;

/* In the place of libc's, for all that is linked here. */
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
	/* Its writer has not been told yet. */
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
	/* Without a successor it is not old. */
	assert_string_equal(settle(), "2\n");
	assert_int_equal(reader.retired_count, 0);
	append("a.1", "3\n");
	append("a", "4\n");
	assert_string_equal(settle(), "3\n4\n");
	assert_int_equal(reader.retired_count, 1);
	assert_int_equal(open_count(), 1);
	/* Too late, but its writer closes it. */
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
deleted_and_made_anew(void **state)
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
replaced_by_rename(void **state)
{
	(void)state;
	append("a", "1\n");
	append("b", "3\n");
	start("a", NEVER_MS);
	settle();
	append("a", "2\n");
	assert_int_equal(rename("b", "a"), 0);
	assert_string_equal(settle(), "2\n3\n");
	/* There and back again is no new file. */
	assert_int_equal(rename("a", "b"), 0);
	append("b", "4\n");
	assert_string_equal(settle(), "4\n");
	assert_int_equal(rename("b", "a"), 0);
	append("a", "5\n");
	assert_string_equal(settle(), "5\n");
	assert_int_equal(reader.content_count, 2);
}

static void
a_truncated_file_begins_anew(void **state)
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
	/* Longer than before when it is looked at: the first bytes tell. */
	assert_int_equal(truncate("a", 0), 0);
	append("a", "4\n55\n666\n");
	assert_string_equal(settle(), "4\n55\n666\n");
	/* Or those before the offset. */
	assert_int_equal(truncate("a", 2), 0);
	append("a", "77\n666\n8\n");
	assert_string_equal(settle(), "4\n77\n666\n8\n");
	assert_int_equal(reader.truncated_count, 3);
	assert_int_equal(open_count(), 1);
	assert_int_equal(reader.content_count, 4);
}

static void
the_bytes_before_the_offset_tell_too(void **state)
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
what_only_the_copy_has_is_read_from_it(void **state)
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
	/* While there is a copy but no truncation, it is nothing new. */
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
a_file_that_was_empty_when_it_was_last_seen(void **state)
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
truncation_is_seen_between_reading_and_trusting(void **state)
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
symbolic_links_are_watched_on_the_whole_way(void **state)
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
a_moved_folder_is_looked_for(void **state)
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
one_file_of_two_names_is_followed_once(void **state)
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
files_pass_from_operand_to_operand(void **state)
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
	/* The one whose name went, and the three. */
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
	/* It is retired, but not done yet, when the other name leads to it. */
	assert_int_equal(tail_wait(reader.tail, 0, &err), 1);
	assert_int_equal(symlink("c", "b"), 0);
	assert_int_equal(tail_wait(reader.tail, 0, &err), 1);
	assert_string_equal(settle(), "2\n");
	append("c", "3\n");
	assert_string_equal(settle(), "3\n");
	assert_int_equal(reader.content_count, 2);
}

static void
a_fifo_has_one_writer_after_the_other(void **state)
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
two_rotations_in_one_blink(void **state)
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
a_sibling_that_moved_on_is_listed_again(void **state)
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
a_lost_event_is_made_up_for(void **state)
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
it_blocks_when_nothing_happens(void **state)
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
it_wakes_up_to_retire_a_file(void **state)
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

/* The last test: the signal stays. */
static void
a_signal_ends_the_wait(void **state)
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
		TEST(deleted_and_made_anew),
		TEST(a_deleted_file_does_not_keep_its_space),
		TEST(replaced_by_rename),
		TEST(a_truncated_file_begins_anew),
		TEST(the_bytes_before_the_offset_tell_too),
		TEST(what_only_the_copy_has_is_read_from_it),
		TEST(a_file_that_was_empty_when_it_was_last_seen),
		TEST(truncation_is_seen_between_reading_and_trusting),
		TEST(symbolic_links_are_watched_on_the_whole_way),
		TEST(a_moved_folder_is_looked_for),
		TEST(one_file_of_two_names_is_followed_once),
		TEST(files_pass_from_operand_to_operand),
		TEST(a_file_is_opened_again_under_another_name),
		TEST(a_fifo_has_one_writer_after_the_other),
		TEST(pipes_and_stdin_end),
		TEST(a_refused_file_is_left_alone),
		TEST(two_rotations_in_one_blink),
		TEST(a_sibling_that_moved_on_is_listed_again),
		TEST(a_lost_event_is_made_up_for),
		TEST(it_blocks_when_nothing_happens),
		TEST(it_wakes_up_to_retire_a_file),
		TEST(a_signal_ends_the_wait),
	};

	return cmocka_run_group_tests_name("tail", tests, NULL, NULL);
}
