/* SPDX-License-Identifier: ISC */
#include "judge/print_table.h"
#include "base/utf8.h"
#include "tests/unit/judge/judged.h"

/* Returns the table of the lines, the caller frees it: what is between the first empty
 * line and the next. */
static char *
table_of(const struct judge_lines *lines, size_t width, bool with_color)
{
	struct buf out = BUF_EMPTY;
	const char *first, *end;
	char *table;

	judge_print_table(&out, lines, width, with_color);
	first = strstr(buf_text(&out), "\n\n");
	assert_non_null(first);
	first += 2;
	end = strstr(first, "\n\n");
	assert_non_null(end);
	table = mem_text_of(first, (size_t)(end + 1 - first));
	buf_release(&out);
	return table;
}

static void
expect_table(const struct judge_lines *lines, size_t width, const char *text)
{
	char *table = table_of(lines, width, false);

	assert_string_equal(table, text);
	free(table);
}

/* Six lines, from the best to the worst. */
static void
add_all_kinds(struct judge_lines *lines, struct judge_set_item items[6])
{
	static char names[6][10] = { "passes", "low", "nothing", "unclear", "burns",
		"missed" };
	struct line all[6] = {
		line_of("0.9", 100, 0), line_of("0.9", 90, 10), line_of("0.9", 0, 0),
		line_of("0.999", 58, 2), line_of("0.999", 100000, 0),
		line_of("0.9", 80, 20),
	};

	all[3].tally.begin_ms = NOW_MS;
	add_events(&all[4], MINUTE_MS, 0, 10, 3);
	for (size_t i = 0; i < 6; i++) {
		items[i] = item_of(false);
		items[i].slo = names[i];
		add_judged(lines, &items[i], &all[i], NULL);
	}
}

static void
test_the_worst_comes_first(void **state)
{
	struct judge_set_item items[6];
	struct judge_lines lines = { .count = 0 };
	struct buf out = BUF_EMPTY;
	const char *at;

	(void)state;
	add_all_kinds(&lines, items);
	expect_table(&lines, 100,
	    "VERDICT       ALERT  SLO      OBJECTIVE   GOOD %  TARGET %    GOOD  BAD    LEFT %\n"
	    "breach               missed   target 0.9   80.00     90.00      80   20   -100.00\n"
	    "warn          page   burns    target 0.9   99.99     99.90  100000   10     90.00\n"
	    "insufficient         unclear  target 0.9   96.66     99.90      58    2  -3233.33\n"
	    "no_data              nothing  target 0.9       -     90.00       0    0         -\n"
	    "warn                 low      target 0.9   90.00     90.00      90   10      0.00\n"
	    "pass                 passes   target 0.9  100.00     90.00     100    0    100.00\n");
	judge_print_table(&out, &lines, 100, false);
	/* What to look at comes in the same order, without what passes. */
	at = buf_text(&out);
	for (size_t i = 0; i < 5; i++) {
		static const char *const begins[] = { "\n\nbreach: missed: ",
			"\n\nwarn: burns: ", "\n\ninsufficient: unclear: ",
			"\n\nno_data: nothing: ", "\n\nwarn: low: " };

		at = strstr(at, begins[i]);
		assert_non_null(at);
	}
	assert_null(strstr(at, "passes"));
	assert_non_null(strstr(at, "\n\n1 pass, 2 warn, 1 breach, 1 no_data, "
	    "1 insufficient\n"));
	/* A breach says what it rests on, and where to look. */
	assert_non_null(strstr(buf_text(&out), "breach: missed: 20 of 100 events are bad and "
	    "10 may be (fewer than 24 could be bad luck).\n  It should work.\n  Look at: "
	    "SELECT"));
	/* So does a firing pair, for its own window. */
	assert_non_null(strstr(buf_text(&out), "\n  page: the budget burns 1000 times too "
	    "fast over 1h and 1000 times over 5m (limit 14.4): in 1h, 10 of 10 events are "
	    "bad and 0 may be (fewer than 2 could be bad luck).\n  Look at: SELECT * FROM "
	    "http_events WHERE ts_ms >= 1699996380000 "));
	buf_release(&out);
	judge_lines_release(&lines);
}

static void
test_widths(void **state)
{
	struct judge_set_item items[6];
	struct judge_lines lines = { .count = 0 };

	(void)state;
	add_all_kinds(&lines, items);
	for (size_t width = 44; width < 120; width++) {
		char *table = table_of(&lines, width, false), *rest = table, *line;

		while ((line = strsep(&rest, "\n")) != NULL)
			assert_true(utf8_width(line) <= width);
		free(table);
	}
	expect_table(&lines, 60,
	    "VERDICT       ALERT  SLO      OBJECTIVE   GOOD %  BAD\n"
	    "breach               missed   target 0.9   80.00   20\n"
	    "warn          page   burns    target 0.9   99.99   10\n"
	    "insufficient         unclear  target 0.9   96.66    2\n"
	    "no_data              nothing  target 0.9       -    0\n"
	    "warn                 low      target 0.9   90.00   10\n"
	    "pass                 passes   target 0.9  100.00    0\n");
	judge_lines_release(&lines);
}

static void
add_hosts(struct judge_lines *lines, struct judge_set_item *item, size_t count,
    int64_t bad)
{
	for (size_t i = 0; i < count; i++) {
		char host[24];
		struct line line = line_of("0.9", 100 - bad, bad);

		snprintf(host, sizeof(host), "h%zu", i + 1);
		line.tally.window.unknown = i == 0;
		line.tally.window.excluded = (int64_t)i;
		add_judged(lines, item, &line, host);
	}
}

static void
test_groups_that_pass_are_one_row(void **state)
{
	char percent[] = "90 %";
	struct judge_set_item item = item_of(true), other = item_of(true);
	struct judge_lines lines = { .count = 0 };

	(void)state;
	item.objective = other.objective = percent;
	other.slo = title;
	add_hosts(&lines, &item, 3, 1);
	expect_table(&lines, 88,
	    "VERDICT  SLO   OBJECTIVE  GROUP    GOOD %  TARGET %  GOOD  BAD  UNKNOWN  LEFT %\n"
	    "pass     mine  90 %       host=h1   99.00     90.00    99    1        1   90.00\n"
	    "pass     mine  90 %       host=h2   99.00     90.00    99    1        0   90.00\n"
	    "pass     mine  90 %       host=h3   99.00     90.00    99    1        0   90.00\n");
	add_hosts(&lines, &other, 2, 30);
	add_hosts(&lines, &other, 5, 2);
	lines.items[lines.count - 1].is_other = true;
	lines.items[lines.count - 1].other_count = 8;
	expect_table(&lines, 88,
	    "VERDICT  SLO   OBJECTIVE  GROUP      GOOD %  TARGET %  GOOD  BAD  UNKNOWN   LEFT %\n"
	    "breach   Mine  90 %       host=h1     70.00     90.00    70   30        1  -200.00\n"
	    "breach   Mine  90 %       host=h2     70.00     90.00    70   30        0  -200.00\n"
	    "pass     mine  90 %       host=h1     99.00     90.00    99    1        1    90.00\n"
	    "pass     mine  90 %       host=h2     99.00     90.00    99    1        0    90.00\n"
	    "pass     mine  90 %       host=h3     99.00     90.00    99    1        0    90.00\n"
	    "pass     Mine  90 %       12 groups   98.00     90.00   490   10        1    80.00\n");
	judge_lines_release(&lines);
}

static void
test_colors(void **state)
{
	static const char *const begins[] = { "VERDICT", "\033[31;1mbreach\033[0m",
		"\033[31;1mwarn\033[0m", "\033[33minsufficient\033[0m",
		"\033[33mno_data\033[0m", "\033[33mwarn\033[0m", "\033[32mpass\033[0m" };
	struct judge_set_item items[6];
	struct judge_lines lines = { .count = 0 };
	char *table, *rest;

	(void)state;
	add_all_kinds(&lines, items);
	rest = table = table_of(&lines, 100, true);
	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		char *line = strsep(&rest, "\n");

		assert_memory_equal(line, begins[i], strlen(begins[i]));
		assert_null(strchr(line + strlen(begins[i]), '\033'));
	}
	free(table);
	table = table_of(&lines, 100, false);
	assert_null(strchr(table, '\033'));
	free(table);
	judge_lines_release(&lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_worst_comes_first),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_groups_that_pass_are_one_row),
		cmocka_unit_test(test_colors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
