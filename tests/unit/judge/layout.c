/* SPDX-License-Identifier: ISC */
#include "judge/layout.h"
#include "base/utf8.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { WORD_COLUMN, FIRST, SECOND, SOME, MORE, COLUMNS };

static const struct layout_column columns[COLUMNS] = {
	[WORD_COLUMN] = { "WORD", LAYOUT_WORD, 0, false },
	[FIRST] = { "FIRST", LAYOUT_NAME, 0, false },
	[SECOND] = { "SECOND", LAYOUT_NAME, 1, false },
	[SOME] = { "SOME", LAYOUT_NUMBER, 0, false },
	[MORE] = { "MORE", LAYOUT_NUMBER, 2, true },
};

static void
add(struct layout *layout, const char *const cells[COLUMNS], const char *color)
{
	layout_add_row(layout, color);
	for (size_t i = 0; i < COLUMNS; i++)
		layout_set(layout, i, cells[i]);
}

static void
expect_text(const struct layout *layout, size_t width, const char *text)
{
	struct buf out = BUF_EMPTY;

	layout_print(&out, layout, width);
	assert_string_equal(buf_text(&out), text);
	buf_release(&out);
}

static void
test_narrower_and_narrower(void **state)
{
	struct layout table = { .columns = columns, .column_count = COLUMNS };

	(void)state;
	add(&table, (const char *[]){ "pass", "a name of 20 letters", "short", "1", "0" },
	    "");
	add(&table, (const char *[]){ "breach", "b", "another that is long", "12345", "7" },
	    "");
	expect_text(&table, 80,
	    "WORD    FIRST                 SECOND                 SOME  MORE\n"
	    "pass    a name of 20 letters  short                     1     0\n"
	    "breach  b                     another that is long  12345     7\n");
	expect_text(&table, 55,
	    "WORD    FIRST             SECOND             SOME  MORE\n"
	    "pass    a name of 20 le\xe2\x80\xa6  short                 1     0\n"
	    "breach  b                 another that is\xe2\x80\xa6  12345     7\n");
	/* Numbers are never cut, but left out. */
	expect_text(&table, 46,
	    "WORD    FIRST           SECOND           SOME\n"
	    "pass    a name of 20 \xe2\x80\xa6  short               1\n"
	    "breach  b               another that \xe2\x80\xa6  12345\n");
	expect_text(&table, 30,
	    "WORD    FIRST             SOME\n"
	    "pass    a name of 20 l\xe2\x80\xa6      1\n"
	    "breach  b                12345\n");
	expect_text(&table, 1,
	    "WORD    FIR\xe2\x80\xa6   SOME\n"
	    "pass    a n\xe2\x80\xa6      1\n"
	    "breach  b     12345\n");
	layout_release(&table);
}

static void
test_columns_that_say_nothing(void **state)
{
	struct layout table = { .columns = columns, .column_count = COLUMNS };

	(void)state;
	expect_text(&table, 80, "\n");
	add(&table, (const char *[]){ "pass", "a", "", "0", "0" }, "");
	expect_text(&table, 80, "WORD  FIRST  SOME\npass  a         0\n");
	add(&table, (const char *[]){ "", "", "", "", "" }, "");
	expect_text(&table, 80, "WORD  FIRST  SOME\npass  a         0\n\n");
	add(&table, (const char *[]){ "pass", "", "", "0", "1" }, "");
	expect_text(&table, 80,
	    "WORD  FIRST  SOME  MORE\npass  a         0     0\n\n"
	    "pass            0     1\n");
	layout_release(&table);
}

static void
test_characters_and_colors(void **state)
{
	struct layout table = { .columns = columns, .column_count = COLUMNS };

	(void)state;
	add(&table, (const char *[]){ "pass", "h\xc3\xb6st", "x", "1", "" }, "\033[32m");
	add(&table, (const char *[]){ "fail",
	    "\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac", "y",
	    "2", "" }, "");
	expect_text(&table, 40,
	    "WORD  FIRST         SECOND  SOME\n"
	    "\033[32mpass\033[0m  h\xc3\xb6st          x          1\n"
	    "fail  \xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac"
	    "  y          2\n");
	expect_text(&table, 15,
	    "WORD  FIR\xe2\x80\xa6  SOME\n"
	    "\033[32mpass\033[0m  h\xc3\xb6st     1\n"
	    "fail  \xe6\x97\xa5\xe2\x80\xa6      2\n");
	layout_release(&table);
}

/* Returns the widest line of a table. */
static size_t
widest_line(const struct layout *layout, size_t width)
{
	struct buf out = BUF_EMPTY;
	size_t widest = 0;

	layout_print(&out, layout, width);
	for (char *line = out.data; *line != '\0';) {
		size_t len = strcspn(line, "\n");

		line[len] = '\0';
		assert_true(len == 0 || line[len - 1] != ' ');
		if (utf8_width(line) > widest)
			widest = utf8_width(line);
		line += len + 1;
	}
	buf_release(&out);
	return widest;
}

/* No table is wider than it was asked for, unless it cannot be narrower. */
static void
test_random_tables_fit(void **state)
{
	static const char *const letters[] = { "a", "7", "\xc3\xa9", "\xe6\x97\xa5",
		"\xf0\x9f\x98\x80" };
	struct buf cell = BUF_EMPTY;

	(void)state;
	random_start();
	for (int round = 0; round < 2000; round++) {
		struct layout table = { .columns = columns, .column_count = COLUMNS };
		size_t rows = random_below(5), least;

		for (size_t i = 0; i < rows; i++) {
			layout_add_row(&table, "");
			for (size_t column = 0; column < COLUMNS; column++) {
				buf_reset(&cell);
				for (uint64_t left = random_below(30); left > 0; left--)
					buf_add_text(&cell, letters[random_below(5)]);
				layout_set(&table, column, buf_text(&cell));
			}
		}
		least = widest_line(&table, 0);
		for (size_t width = least; width < 160; width += 1 + random_below(9))
			assert_true(widest_line(&table, width) <= width);
		layout_release(&table);
	}
	buf_release(&cell);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_narrower_and_narrower),
		cmocka_unit_test(test_columns_that_say_nothing),
		cmocka_unit_test(test_characters_and_colors),
		cmocka_unit_test(test_random_tables_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
