/* SPDX-License-Identifier: ISC
 *
 * The judge's rules one by one, each by a case with an answer that can be counted on
 * fingers: windows, unknown events, limits, groups, runs, archives, conditions.
 */
#include "tests/property/case.h"
#include "tests/property/condition.h"
#include "tests/property/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* count requests with a status, a second apart from age_ms on back. */
static void
requests(struct test_case *test, int count, int64_t age_ms, int status)
{
	for (int i = 0; i < count; i++)
		case_request(test, test->at_ms - age_ms - i * 1000, status, "a");
}

static void
window_edges(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.9");
	case_window(&test, HOUR_MS);
	/* 40 s after a minute: the window begins 40 s earlier than an hour ago. */
	case_request(&test, CASE_NOW - HOUR_MS - 40000, 200, "a");
	case_request(&test, CASE_NOW - HOUR_MS - 40001, 200, "a");
	case_request(&test, CASE_NOW, 500, "a");
	case_request(&test, CASE_NOW + 1, 500, "a");
	line = case_judge(&test);
	assert_int_equal(line->from_ms, CASE_NOW - HOUR_MS - 40000);
	assert_int_equal(line->counts.good, 1);
	assert_int_equal(line->counts.bad, 1);
	assert_int_equal(line->covered_ms, line->coverage_ms);
	case_end(&test);
}

/* A window may begin before 1970. */
static void
before_1970(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.9");
	case_window(&test, 10 * DAY_MS);
	test.at_ms = 9 * DAY_MS + 1;
	case_request(&test, 0, 200, "a");
	case_request(&test, 5 * DAY_MS, 200, "a");
	case_request(&test, 6 * DAY_MS, 200, "a");
	line = case_judge(&test);
	assert_int_equal(line->from_ms, -DAY_MS);
	assert_int_equal(line->counts.good, 3);
	assert_int_equal(line->covered_ms, 6 * DAY_MS);
	assert_int_equal(line->coverage_ms, 10 * DAY_MS + 1);
	case_end(&test);
}

/* 5 requests without a status: nobody knows. */
static void
nobody_knows(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.9");
	requests(&test, 5, 0, CASE_NO_STATUS);
	line = case_judge(&test);
	assert_true(case_is(line, NO_DATA, UNKNOWN));
	assert_int_equal(line->counts.unknown, 5);
	case_end(&test);
}

/* 8 good, 1 bad, 1 unknown of 10. */
static void
one_unknown(void **state)
{
	static const struct {
		const char *target;
		enum verdict verdict;
		enum reason reason;
	} known[] = {
		{ "0.8", PASS, MET },               /* 8 of 10 at worst */
		{ "0.85", INSUFFICIENT, UNKNOWN },  /* 9 of 10 or 8 of 10 */
		{ "0.95", INSUFFICIENT, EVIDENCE }, /* 9 of 10 at best, of a young window */
	};
	struct test_case test;

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		case_start(&test, known[i].target);
		requests(&test, 8, 0, 200);
		requests(&test, 1, 20000, 500);
		requests(&test, 1, 30000, CASE_NO_STATUS);
		assert_true(case_is(case_judge(&test), known[i].verdict, known[i].reason));
		case_end(&test);
	}
}

/* A full window is accounting; before the first event a miss needs evidence, of three
 * minutes. */
static void
evidence_of_a_miss(void **state)
{
	struct test_case test;

	(void)state;
	case_start(&test, "0.99");
	case_window(&test, HOUR_MS);
	requests(&test, 10, 0, 200);
	requests(&test, 1, 60000, 500);
	assert_true(case_is(case_judge(&test), INSUFFICIENT, EVIDENCE));
	/* An event of the type, though none of the window, shows that it is full. */
	case_request(&test, CASE_NOW - DAY_MS, CASE_NO_STATUS, "b");
	assert_true(case_is(case_judge(&test), BREACH, MISSED));
	case_end(&test);
	/* 5 of 15 at 99 % are rare, but they are of two minutes. */
	case_start(&test, "0.99");
	requests(&test, 10, 0, 200);
	requests(&test, 4, 70000, 500);
	requests(&test, 1, 10000, 500);
	assert_int_equal(case_judge(&test)->needed, 4);
	assert_int_equal(test.lines.items[0].counts.bad_minutes, 2);
	assert_true(case_is(&test.lines.items[0], INSUFFICIENT, EVIDENCE));
	test.slo.min_bad_minutes = 2;
	assert_true(case_is(case_judge(&test), BREACH, MISSED));
	case_end(&test);
	/* A target of 1 allows none. */
	case_start(&test, "1");
	requests(&test, 1, 0, 500);
	assert_true(case_is(case_judge(&test), BREACH, MISSED));
	assert_int_equal(test.lines.items[0].burn_count, 0);
	case_end(&test);
}

static void
limits_in_order(void **state)
{
	struct test_case test;

	(void)state;
	case_start(&test, "0.99");
	case_window(&test, HOUR_MS);
	requests(&test, 3, 10 * MINUTE_MS, 500);
	requests(&test, 1, 2 * HOUR_MS, 200);
	assert_true(case_is(case_judge(&test), BREACH, MISSED));
	test.slo.min_bad_events = 4;
	assert_true(case_is(case_judge(&test), INSUFFICIENT, FEW_EVENTS));
	test.slo.max_silence_ms = 10 * MINUTE_MS;
	assert_true(case_is(case_judge(&test), INSUFFICIENT, FEW_EVENTS));
	test.slo.max_silence_ms--;
	assert_true(case_is(case_judge(&test), INSUFFICIENT, SILENT));
	test.slo.min_coverage = case_decimal("0.01");
	assert_true(case_is(case_judge(&test), INSUFFICIENT, LOW_COVERAGE));
	test.slo.min_events = 4;
	assert_true(case_is(case_judge(&test), INSUFFICIENT, FEW_EVENTS));
	case_end(&test);
}

/* Three groups, two of which are kept: those with most events, then by their text. */
static void
other_groups(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.9");
	case_group(&test);
	test.slo.max_groups = 2;
	for (int i = 0; i < 12; i++)
		case_request(&test, CASE_NOW - i, 200, i < 6 ? "c" : i < 9 ? "b" : "a");
	assert_non_null(case_judge_host(&test, "c"));
	assert_non_null(case_judge_host(&test, "a"));
	assert_null(case_judge_host(&test, "b"));
	case_request(&test, CASE_NOW, 500, NULL);
	line = case_judge_host(&test, NULL);
	assert_int_equal(test.lines.count, 3);
	assert_int_equal(line->line_count, 3);
	assert_int_equal(line->counts.good, 3);
	assert_int_equal(line->counts.bad, 1);
	assert_true(case_is(line, INSUFFICIENT, EVIDENCE));
	case_end(&test);
}

/* A run is judged from its first event to its last, whatever their types. */
static void
runs(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.9");
	requests(&test, 3, 60000, 200);
	case_open(&test, CASE_NOW - 7, "a")->columns[COLUMN_RUN] = value_text("r");
	case_open(&test, CASE_NOW + 7, "a")->columns[COLUMN_RUN] = value_text("r");
	case_request(&test, CASE_NOW - 9, 500, "a")->columns[COLUMN_RUN] = value_text("r");
	test.run = "r";
	line = case_judge(&test);
	assert_int_equal(line->from_ms, CASE_NOW - 9);
	assert_int_equal(line->until_ms, CASE_NOW - 7);
	assert_int_equal(line->counts.bad, 1);
	assert_int_equal(line->covered_ms, line->coverage_ms);
	assert_true(case_is(line, BREACH, MISSED));
	test.run = "none";
	assert_true(case_is(case_judge(&test), NO_DATA, NO_EVENTS));
	case_end(&test);
}

/* 100 requests left for an archive, on a day that the window touches. */
static void
archived(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.5");
	case_window(&test, 7 * DAY_MS);
	test.departure_count = 1;
	test.departures[0] = (struct departure){ TYPE_HTTP, 100, CASE_NOW - 8 * DAY_MS,
		CASE_NOW - 6 * DAY_MS };
	assert_true(case_is(case_judge(&test), NO_DATA, ARCHIVED));
	requests(&test, 99, 0, 200);
	line = case_judge(&test);
	assert_int_equal(line->counts.unknown, 100);
	assert_true(case_is(line, INSUFFICIENT, ARCHIVED));
	requests(&test, 1, 200000, 200);
	assert_true(case_is(case_judge(&test), PASS, MET));
	/* It left before the window. */
	test.departures[0].last_ms = test.lines.items[0].from_ms - 1;
	assert_int_equal(case_judge(&test)->counts.unknown, 0);
	case_end(&test);
}

/* Truths of SQL: 0, 1 and NULL (2 here). */
static void
three_truths(void **state)
{
	static const int truths[3][3][2] = { /* AND, OR */
		{ { 0, 0 }, { 0, 1 }, { 0, 2 } },
		{ { 0, 1 }, { 1, 1 }, { 2, 1 } },
		{ { 0, 2 }, { 2, 1 }, { 2, 2 } },
	};
	struct value values[3] = { value_number(0, 1), value_number(1, 1), VALUE_NONE };
	struct event event = { .ts_ms = 0 };

	(void)state;
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 3; k++)
			for (int is_or = 0; is_or < 2; is_or++) {
				const struct node *node = condition_join(is_or ? OR : AND,
				    condition_literal(values[i]),
				    condition_literal(values[k]));

				assert_int_equal(value_is_true(node, &event),
				    truths[i][k][is_or] == 1);
				assert_int_equal(value_is_false(node, &event),
				    truths[i][k][is_or] == 0);
			}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(window_edges),
		cmocka_unit_test(before_1970),
		cmocka_unit_test(nobody_knows),
		cmocka_unit_test(one_unknown),
		cmocka_unit_test(evidence_of_a_miss),
		cmocka_unit_test(limits_in_order),
		cmocka_unit_test(other_groups),
		cmocka_unit_test(runs),
		cmocka_unit_test(archived),
		cmocka_unit_test(three_truths),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
