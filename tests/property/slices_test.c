/* SPDX-License-Identifier: ISC
 *
 * The judge of slices of time, each rule by a case with an answer that can be counted on
 * fingers.
 */
#include "tests/property/case.h"
#include "tests/property/condition.h"
#include "tests/property/value.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MINUTE_NOW (CASE_NOW / MINUTE_MS * MINUTE_MS)

/* OpenSLO's week at 99.95 %: 101 minutes of 10,080 have a request, 5
 * of them bad. The newest is not over, and those before the first do not count. */
static void
slices_without_events(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.9995");
	case_window(&test, 7 * DAY_MS);
	case_slices(&test, MINUTE_MS, "0.95");
	for (int i = 0; i <= 10000; i += 100)
		case_request(&test, CASE_NOW - i * MINUTE_MS, i < 500 ? 500 : 200, "a");
	line = case_judge(&test);
	assert_int_equal(line->counts.bad, 4);
	assert_int_equal(line->counts.good, 9996);
	assert_int_equal(line->counts.empty, 9900);
	assert_true(case_is(line, WARN, BUDGET_LOW));
	test.slo.has_empty = true;
	test.slo.empty = EMPTY_EXCLUDE;
	line = case_judge(&test);
	assert_int_equal(line->counts.good, 96);
	assert_int_equal(line->counts.excluded, 9900);
	test.slo.empty = EMPTY_BAD;
	assert_int_equal(case_judge(&test)->counts.bad, 9904);
	case_end(&test);
}

/* Nothing came for two minutes: those are unknown, so that a dead producer cannot pass. */
static void
slices_after_the_newest(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.9");
	case_window(&test, HOUR_MS);
	case_slices(&test, MINUTE_MS, "1");
	for (int i = 3; i <= 12; i++)
		case_request(&test, MINUTE_NOW - i * MINUTE_MS, 200, "a");
	line = case_judge(&test);
	assert_int_equal(line->counts.good, 10);
	assert_int_equal(line->counts.unknown, 2);
	assert_true(case_is(line, INSUFFICIENT, UNKNOWN));
	/* Any event of the type is life, though not of this objective. */
	case_open(&test, CASE_NOW, "a");
	assert_int_equal(case_judge(&test)->counts.unknown, 2);
	case_request(&test, MINUTE_NOW - 1, CASE_NO_STATUS, "a");
	line = case_judge(&test);
	assert_int_equal(line->counts.empty, 1);
	assert_int_equal(line->counts.unknown, 1);
	case_end(&test);
}

/* A slice is judged when it is over, and when the window has all of it
 *. */
static void
slices_at_the_edges(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.9");
	case_window(&test, HOUR_MS);
	case_slices(&test, HOUR_MS, "1");
	test.at_ms = CASE_NOW / HOUR_MS * HOUR_MS + HOUR_MS - 1;
	case_request(&test, test.at_ms - 10, 500, "a");
	assert_true(case_is(case_judge(&test), NO_DATA, NO_EVENTS));
	test.at_ms++;
	line = case_judge(&test);
	assert_int_equal(line->counts.bad, 1);
	test.at_ms += MINUTE_MS - 1;
	assert_int_equal(case_judge(&test)->counts.bad, 1);
	test.at_ms++;
	assert_true(case_is(case_judge(&test), NO_DATA, NO_EVENTS));
	case_end(&test);
}

/* A run is over: all slices that have a part of it are judged. */
static void
slices_of_a_run(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.9");
	case_slices(&test, HOUR_MS, "1");
	for (int i = 0; i < 3; i++)
		case_request(&test, CASE_NOW - i * 2 * HOUR_MS, i == 0 ? 500 : 200, "a")
		    ->columns[COLUMN_RUN] = value_text("r");
	case_open(&test, CASE_NOW + HOUR_MS, "a")->columns[COLUMN_RUN] = value_text("r");
	test.at_ms = CASE_NOW + HOUR_MS;
	test.run = "r";
	line = case_judge(&test);
	assert_int_equal(line->counts.good, 4);
	assert_int_equal(line->counts.empty, 2);
	assert_int_equal(line->counts.bad, 1);
	assert_int_equal(line->counts.unknown, 1);
	case_end(&test);
}

/* One good, one unknown: 0.5 is reached, 0.95 perhaps. All excluded: excluded. */
static void
slices_in_doubt(void **state)
{
	struct test_case test;

	(void)state;
	case_start(&test, "0.9");
	case_window(&test, HOUR_MS);
	case_slices(&test, MINUTE_MS, "0.5");
	case_request(&test, MINUTE_NOW - 10, 200, "a");
	case_request(&test, MINUTE_NOW - 20, CASE_NO_STATUS, "a");
	assert_int_equal(case_judge(&test)->counts.good, 1);
	test.slo.objectives[0].slice_target = case_decimal("0.95");
	assert_true(case_is(case_judge(&test), NO_DATA, UNKNOWN));
	case_request(&test, MINUTE_NOW - 30, 500, "a");
	assert_int_equal(case_judge(&test)->counts.bad, 1);
	test.slo.exclude = condition_join(EQUAL, condition_literal(value_number(1, 1)),
	    condition_literal(value_number(1, 1)));
	assert_int_equal(case_judge(&test)->counts.excluded, 1);
	assert_true(case_is(&test.lines.items[0], NO_DATA, NO_EVENTS));
	case_end(&test);
}

/* A slice is there where something asked. */
static void
slices_by_presence(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.9");
	case_window(&test, 7 * DAY_MS);
	case_slices(&test, HOUR_MS, "1");
	test.slo.form = FORM_COUNT;
	test.slo.event = TYPE_BREAKER;
	test.slo.presence = TYPE_HTTP;
	test.slo.objectives[0].compare = AT_MOST;
	test.slo.objectives[0].limit = value_number(1, 1);
	case_group(&test);
	case_open(&test, CASE_NOW - 5 * HOUR_MS, "a");
	case_request(&test, CASE_NOW - 10 * HOUR_MS, 200, "a");
	line = case_judge_host(&test, "a");
	assert_int_equal(line->counts.good + line->counts.bad, 1);
	assert_int_equal(line->counts.empty + line->counts.unknown, 0);
	case_open(&test, CASE_NOW - 10 * HOUR_MS, "a");
	assert_int_equal(case_judge_host(&test, "a")->counts.bad, 0);
	case_open(&test, CASE_NOW - 10 * HOUR_MS, "a");
	assert_int_equal(case_judge_host(&test, "a")->counts.bad, 1);
	case_end(&test);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slices_without_events),
		cmocka_unit_test(slices_after_the_newest),
		cmocka_unit_test(slices_at_the_edges),
		cmocka_unit_test(slices_of_a_run),
		cmocka_unit_test(slices_in_doubt),
		cmocka_unit_test(slices_by_presence),
	};

	return cmocka_run_group_tests_name("slices", tests, NULL, NULL);
}
