/* SPDX-License-Identifier: ISC
 *
 * The judge against cases with a known answer: what public tools get wrong (M1 to M6), and
 * reports of users.
 */
#include "tests/property/case.h"
#include "tests/property/compare.h"
#include "tests/property/needed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A request each minute, from age on back; bad_minute fails. */
static void
minutes(struct test_case *test, int64_t count, int64_t bad_minute)
{
	for (int64_t i = 0; i < count; i++)
		case_request(test, CASE_NOW - i * MINUTE_MS, i == bad_minute ? 500 : 200,
		    "a");
}

/* 23 h at one request a minute, and one hour at 1000 a minute, 5 % of which fail. */
static void
m1_uneven_traffic(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.999");
	for (int i = 0; i < 23 * 60; i++)
		case_request(&test, CASE_NOW - DAY_MS + i * MINUTE_MS, 200, "a");
	for (int i = 0; i < 60000; i++)
		case_request(&test, CASE_NOW - HOUR_MS + i * 60, i % 20 == 0 ? 500 : 200,
		    "a");
	line = case_judge(&test);
	assert_int_equal(line->counts.bad, 3000);
	assert_int_equal(line->counts.good + line->counts.bad, 61380);
	assert_true(case_is(line, BREACH, MISSED));
	case_end(&test);
}

/* 20 idle minutes in 12 h: the others count. */
static void
m2_idle_time(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.999");
	for (int i = 0; i < 720; i++)
		if (i < 300 || i >= 320)
			case_request(&test, CASE_NOW - i * MINUTE_MS, 200, "a");
	line = case_judge(&test);
	assert_true(case_is(line, PASS, MET));
	assert_int_equal(line->counts.good, 700);
	assert_string_equal(case_firing(line), "");
	case_end(&test);
}

/* A label that is first seen with 50 failures has 50 failures. */
static void
m3_new_label(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.999");
	case_group(&test);
	minutes(&test, 1440, -1);
	for (int i = 0; i < 50; i++)
		case_request(&test, CASE_NOW - i * 4000, 503, "new");
	line = case_judge_host(&test, "new");
	assert_int_equal(line->counts.bad, 50);
	assert_int_equal(line->line_count, 2);
	assert_true(case_is(line, BREACH, MISSED));
	assert_string_equal(case_firing(line), "1h 6h 1d 3d");
	assert_true(case_is(case_judge_host(&test, "a"), PASS, MET));
	case_end(&test);
}

/* A service of three minutes, ten requests a second: 1 % of failures are no page, not
 * even where that is six times what the target allows; 100 % are one. */
static void
m4_three_minutes_old(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.99");
	for (int i = 0; i < 1800; i++)
		case_request(&test, CASE_NOW - i * 100, i % 100 == 50 ? 500 : 200, "a");
	line = case_judge(&test);
	assert_int_equal(line->counts.bad, 18);
	assert_string_equal(case_firing(line), "");
	assert_int_equal(compare_exit_code(&test.lines), 0);
	case_end(&test);
	case_start(&test, "0.99");
	for (int i = 0; i < 1800; i++)
		case_request(&test, CASE_NOW - i * 100, 500, "a");
	line = case_judge(&test);
	assert_string_equal(case_firing(line), "1h 6h 1d 3d");
	assert_true(case_is(line, BREACH, MISSED));
	assert_int_equal(compare_exit_code(&test.lines), 1);
	case_end(&test);
}

/* One failure at one request a minute pages nobody, whatever the target. */
static void
m5_one_failure(void **state)
{
	static const char *const targets[] = { "0.99", "0.999", "0.9999", "0.99999" };
	struct test_case test;
	const struct line *line;

	(void)state;
	for (int i = 0; i < 4; i++) {
		case_start(&test, targets[i]);
		minutes(&test, 3 * 1440, 2);
		line = case_judge(&test);
		assert_string_equal(case_firing(line), "");
		/* 4.32 may fail at 99.9 %, 0.432 at 99.99 %, of a window that is not full. */
		if (i < 2)
			assert_true(case_is(line, PASS, MET));
		else
			assert_true(case_is(line, INSUFFICIENT, EVIDENCE));
		case_end(&test);
	}
}

/* Steady 2 % at 99.9 % burn the budget exactly 20 times too fast. */
static void
m6_exact_decimals(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.999");
	for (int i = 0; i < 3600; i++)
		case_request(&test, CASE_NOW - i * 1000, i % 50 == 0 ? 500 : 200, "a");
	line = case_judge(&test);
	assert_int_equal(line->burn_count, 4);
	assert_true(case_burns(line, &line->burns[0].long_counts, 20, 1));
	assert_true(case_burns(line, &line->counts, 20, 1));
	assert_int_equal(line->burns[0].factor_part * 10, 144 *
	    line->burns[0].factor_whole);
	case_end(&test);
}

/* One request an hour, the newest failed, 99 %. */
static void
one_request_an_hour(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.99");
	for (int i = 0; i < 720; i++)
		case_request(&test, CASE_NOW - i * HOUR_MS, i == 0 ? 500 : 200, "a");
	line = case_judge(&test);
	assert_true(case_is(line, PASS, MET));
	assert_string_equal(case_firing(line), "");
	case_end(&test);
}

/* Three minutes old, half of 18 failed, 99 %. */
static void
half_of_eighteen(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.99");
	for (int i = 0; i < 18; i++)
		case_request(&test, CASE_NOW - i * 10000, i % 2 != 0 ? 500 : 200, "a");
	line = case_judge(&test);
	assert_true(case_is(line, BREACH, MISSED));
	assert_string_equal(case_firing(line), "1h 6h 1d 3d");
	case_end(&test);
}

/* One event 4 days ago, then 18 of which 3 failed, 90 %. */
static void
one_old_event(void **state)
{
	struct test_case test;

	(void)state;
	case_start(&test, "0.9");
	case_request(&test, CASE_NOW - 4 * DAY_MS, 200, "a");
	for (int i = 0; i < 18; i++)
		case_request(&test, CASE_NOW - i * 10000, i % 6 != 0 ? 200 : 500, "a");
	assert_string_equal(case_firing(case_judge(&test)), "");
	case_end(&test);
}

/* 28 days, 99 %, one bad request each 104 minutes is 0.96 of what is
 * allowed: no factor is below 1. */
static void
within_the_budget(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.99");
	case_window(&test, 28 * DAY_MS);
	for (int i = 0; i < 40320; i++)
		case_request(&test, CASE_NOW - i * MINUTE_MS, i % 104 == 0 ? 500 : 200,
		    "a");
	line = case_judge(&test);
	assert_string_equal(case_firing(line), "");
	assert_int_equal(line->burns[3].factor_part, line->burns[3].factor_whole);
	assert_int_equal(line->burns[0].factor_part * 100, 1344 *
	    line->burns[0].factor_whole);
	case_end(&test);
}

/* 30 good days, then 10 minutes of failures, 99.9 %. */
static void
ten_minutes_of_failures(void **state)
{
	struct test_case test;
	const struct line *line;

	(void)state;
	case_start(&test, "0.999");
	for (int i = 0; i < 43200; i++)
		case_request(&test, CASE_NOW - i * MINUTE_MS, i < 10 ? 500 : 200, "a");
	line = case_judge(&test);
	assert_true(case_is(line, WARN, BURNING));
	assert_int_equal(compare_exit_code(&test.lines), 1);
	case_end(&test);
}

/* Of the design, and exact ties, which are no evidence. */
static void
bad_needed(void **state)
{
	static const struct {
		int64_t n, part, whole, lines, needed;
	} known[] = {
		{ 60, 1, 1000, 1, 3 }, { 360, 1, 1000, 1, 5 }, { 1440, 1, 1000, 1, 9 },
		{ 4320, 1, 1000, 1, 15 }, { 2, 1, 100, 1, 0 }, { 2, 1, 100, 2, 0 },
		{ 1, 1, 1000000, 1, 0 }, { 2, 1, 1000, 1, 2 }, { 0, 1, 1000, 1, 0 },
		{ 5, 0, 10, 1, 1 }, { 0, 0, 10, 1, 0 }, { 100, 1, 1, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_int_equal(needed_bad(known[i].n, known[i].part, known[i].whole,
		    known[i].lines), known[i].needed);
}

/* Made with exact fractions. */
static void
tails(void **state)
{
	static const struct {
		int64_t n, bad, part, whole;
		long double tail;
	} known[] = {
		{ 1, 1, 1, 100, 0.01L }, { 2, 2, 1, 10, 0.01L },
		{ 10, 1, 9, 6250, 0.0143070454166769L },
		{ 60, 4, 9, 625, 0.0110586878038391L },
		{ 18, 9, 1, 100, 4.48219669602186e-14L },
		{ 1440, 238, 18, 125, 0.0129386044177861L },
		{ 100, 50, 3, 100, 1.62876757537843e-48L },
		{ 20, 20, 3, 50, 3.65615844006298e-25L }, { 5, 0, 3, 50, 1 },
		{ 3, 4, 3, 50, 0 }, { 10000, 19, 1, 1000, 7.15816134200689e-3L },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		long double tail = needed_tail(known[i].n, known[i].bad, known[i].part,
		    known[i].whole);

		assert_true(tail >= known[i].tail * (1 - 1e-13L) &&
		    tail <= known[i].tail * (1 + 1e-13L));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(m1_uneven_traffic),
		cmocka_unit_test(m2_idle_time),
		cmocka_unit_test(m3_new_label),
		cmocka_unit_test(m4_three_minutes_old),
		cmocka_unit_test(m5_one_failure),
		cmocka_unit_test(m6_exact_decimals),
		cmocka_unit_test(one_request_an_hour),
		cmocka_unit_test(half_of_eighteen),
		cmocka_unit_test(one_old_event),
		cmocka_unit_test(within_the_budget),
		cmocka_unit_test(ten_minutes_of_failures),
		cmocka_unit_test(bad_needed),
		cmocka_unit_test(tails),
	};

	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
