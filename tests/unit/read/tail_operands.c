/* SPDX-License-Identifier: ISC
 *
 * tail: what an operand may be: a link, a file with several names, a pipe, or nothing yet.
 */
#include "tests/unit/read/tail_reader.h"

#include <stdio.h>

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_symbolic_links_on_the_way_are_watched),
		TEST(a_missing_folder_is_tried_again),
		TEST(a_file_with_two_names_is_followed_once),
		TEST(files_move_from_operand_to_operand),
		TEST(a_file_is_opened_again_under_another_name),
		TEST(a_fifo_has_one_writer_after_another),
		TEST(pipes_and_stdin_end),
		TEST(a_refused_file_is_left_alone),
	};

	return cmocka_run_group_tests_name("tail_operands", tests, NULL, NULL);
}
