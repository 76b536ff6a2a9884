/* SPDX-License-Identifier: ISC
 *
 * tail: files that are copied and truncated.
 */
#include "tests/unit/read/tail_reader.h"

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
	assert_true(tail_file_is_new_generation(tail_each(reader.tail, NULL)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_truncated_file_is_read_from_its_start),
		TEST(truncation_is_seen_in_the_bytes_before_the_offset),
		TEST(bytes_that_only_the_copy_has_are_read),
		TEST(a_file_is_copied_that_was_empty_when_last_seen),
		TEST(truncation_between_read_and_set_offset_is_seen),
	};

	return cmocka_run_group_tests_name("tail_truncated", tests, NULL, NULL);
}
