/* SPDX-License-Identifier: ISC */
#include "slo/slo.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define NOW_MS INT64_C(1700000000000)

static const struct slo_window month = { NOW_MS - 30 * DAY_MS, NOW_MS };

static struct slo_objective
objective_of(const char *target)
{
	struct slo_objective objective = { .min_events = 1 };

	assert_int_equal(decimal_parse(target, 0, &objective.target), 0);
	return objective;
}

/* Makes a tally of events that are older than the longest burn window. */
static struct slo_result
judge_old(const char *target, int64_t good, int64_t bad)
{
	struct slo_objective objective = objective_of(target);
	struct slo_tally tally = { .first_ms = month.from_ms + 1,
		.last_ms = NOW_MS };
	struct slo_result result;

	tally.slots[SLO_SLOT_COUNT - 1].good = good;
	tally.slots[SLO_SLOT_COUNT - 1].bad = bad;
	slo_judge(&result, &objective, &tally, &month, false);
	return result;
}

static int
ascending(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* Counting "value <= limit" gives the nearest rank of the sorted values. */
static void
test_nearest_rank(void **state)
{
	static const struct {
		const char *target;
		uint64_t percent;
	} quantiles[] = { { "0.5", 50 }, { "0.95", 95 }, { "0.99", 99 },
		{ "0.01", 1 }, { "1", 100 } };
	uint64_t values[200];

	(void)state;
	random_start();
	for (int round = 0; round < 20000; round++) {
		size_t count = random_below(200) + 1;
		uint64_t limit = random_below(20);
		size_t q = random_below(5), rank;
		int64_t good = 0;
		struct slo_result result;

		for (size_t i = 0; i < count; i++) {
			values[i] = random_below(20);
			good += values[i] <= limit;
		}
		qsort(values, count, sizeof(values[0]), ascending);
		rank = (quantiles[q].percent * count + 99) / 100;
		result = judge_old(quantiles[q].target, good,
		    (int64_t)count - good);
		assert_int_equal(values[rank - 1] <= limit,
		    result.verdict != SLO_BREACH);
	}
}

static void
test_verdicts(void **state)
{
	struct slo_objective objective = objective_of("0.9");
	struct slo_tally tally = { .first_ms = NOW_MS - 15 * DAY_MS,
		.last_ms = NOW_MS };
	struct slo_result result;

	(void)state;
	assert_int_equal(judge_old("0.9", 0, 0).verdict, SLO_NO_DATA);
	assert_int_equal(judge_old("0.9", 100, 0).verdict, SLO_PASS);
	assert_int_equal(judge_old("0.9", 370, 30).verdict, SLO_PASS);
	assert_int_equal(judge_old("0.9", 369, 31).verdict, SLO_WARN);
	assert_int_equal(judge_old("0.9", 90, 10).verdict, SLO_WARN);
	assert_int_equal(judge_old("0.9", 899, 101).verdict, SLO_BREACH);
	assert_int_equal(judge_old("1", 899, 0).verdict, SLO_PASS);
	assert_int_equal(judge_old("1", INT64_MAX, 1).verdict, SLO_BREACH);
	assert_int_equal(judge_old("0", 0, 5).verdict, SLO_WARN);
	tally.slots[7].excluded = 5;
	slo_judge(&result, &objective, &tally, &month, false);
	assert_int_equal(result.verdict, SLO_NO_DATA);
	tally.slots[7].good = 5;
	objective.min_events = 6;
	slo_judge(&result, &objective, &tally, &month, false);
	assert_int_equal(result.reason, SLO_FEW_EVENTS);
	objective.min_events = 5;
	assert_int_equal(decimal_parse("0.5", 0, &objective.min_coverage), 0);
	slo_judge(&result, &objective, &tally, &month, false);
	assert_int_equal(result.verdict, SLO_PASS);
	tally.first_ms++;
	slo_judge(&result, &objective, &tally, &month, false);
	assert_int_equal(result.reason, SLO_LOW_COVERAGE);
	slo_judge(&result, &objective, &tally, &month, true);
	assert_int_equal(result.verdict, SLO_PASS);
}

static void
assert_budget(const struct slo_result *result, const char *target,
    const char *consumed, const char *remaining)
{
	struct slo_objective objective = objective_of(target);
	char text[DECIMAL_TEXT_SIZE];

	assert_int_equal(slo_print_consumed(text, result, &objective.target),
	    consumed[0] != '\0');
	assert_string_equal(text, consumed);
	assert_int_equal(slo_print_remaining(text, result, &objective.target),
	    remaining[0] != '\0');
	assert_string_equal(text, remaining);
}

static void
test_budget(void **state)
{
	struct slo_result result;

	(void)state;
	/* 20 160 minutes at 95 %: a budget of 1008 slices. */
	result = judge_old("0.95", 20160 - 1008, 1008);
	assert_budget(&result, "0.95", "1", "0");
	/* 24 000 requests a day for two weeks at 95 %: 16 800 may fail. */
	result = judge_old("0.95", 336000 - 16800, 16800);
	assert_budget(&result, "0.95", "1", "0");
	result = judge_old("0.95", 336000 - 4200, 4200);
	assert_budget(&result, "0.95", "0.25", "0.75");
	result = judge_old("0.999", 980, 20);
	assert_budget(&result, "0.999", "20", "-19");
	result = judge_old("0.999", 0, 0);
	assert_budget(&result, "0.999", "", "");
	result = judge_old("1", 5, 0);
	assert_budget(&result, "1", "0", "1");
	result = judge_old("1", 5, 1);
	assert_budget(&result, "1", "", "");
	/* The largest counts. */
	result = judge_old("0.999999999", INT64_MAX, INT64_MAX);
	assert_budget(&result, "0.999999999", "500000000", "-499999999");
}

static void
test_slots(void **state)
{
	(void)state;
	assert_int_equal(slo_slot(-5), 0);
	assert_int_equal(slo_slot(0), 0);
	for (int i = 0; i < SLO_SLOT_COUNT - 1; i++) {
		assert_int_equal(slo_slot(slo_slot_ms(i) - 1), i);
		assert_int_equal(slo_slot(slo_slot_ms(i)), i + 1);
	}
	assert_int_equal(slo_slot(INT64_MAX), SLO_SLOT_COUNT - 1);
}

/* Judges events of which bad_of_1000 are bad in each slot of the last 3 days. */
static struct slo_result
judge_burn(const char *target, int64_t bad_of_1000, int64_t first_age_ms,
    int64_t window_ms)
{
	struct slo_objective objective = objective_of(target);
	struct slo_window window = { NOW_MS - window_ms, NOW_MS };
	struct slo_tally tally = { .first_ms = NOW_MS - first_age_ms,
		.last_ms = NOW_MS };
	struct slo_result result;

	for (int i = 0; i < SLO_SLOT_COUNT; i++) {
		tally.slots[i].good = i < SLO_SLOT_COUNT - 1
		    ? 1000 - bad_of_1000 : 100000000;
		tally.slots[i].bad = i < SLO_SLOT_COUNT - 1 ? bad_of_1000 : 0;
	}
	slo_judge(&result, &objective, &tally, &window, false);
	return result;
}

/* How many of 1000 events must be bad to make a pair fire. */
static void
test_burn_thresholds(void **state)
{
	static const struct {
		size_t pair;
		int64_t quiet, firing;
	} cases[] = { { 0, 144, 145 }, { 1, 60, 61 }, { 2, 30, 31 },
		{ 3, 10, 11 } };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct slo_result quiet = judge_burn("0.99", cases[i].quiet,
		    10 * DAY_MS, 30 * DAY_MS);
		struct slo_result firing = judge_burn("0.99", cases[i].firing,
		    10 * DAY_MS, 30 * DAY_MS);

		assert_int_equal(quiet.burn_count, 4);
		assert_false(quiet.burns[cases[i].pair].is_firing);
		assert_true(firing.burns[cases[i].pair].is_firing);
		assert_int_equal(firing.verdict, SLO_WARN);
		assert_int_equal(firing.reason, SLO_BURNING);
	}
}

static void
test_burn_coverage(void **state)
{
	struct slo_result result;

	(void)state;
	result = judge_burn("0.99", 500, HOUR_MS - 1, 30 * DAY_MS);
	assert_false(result.burns[0].is_covered);
	assert_false(result.burns[0].is_firing);
	result = judge_burn("0.99", 500, HOUR_MS, 30 * DAY_MS);
	assert_true(result.burns[0].is_covered);
	assert_true(result.burns[0].is_firing);
	assert_false(result.burns[1].is_firing);
	/* 14.4 times 10 % is more than all events, so this pair cannot fire. */
	result = judge_burn("0.9", 1000, 10 * DAY_MS, 30 * DAY_MS);
	assert_false(result.burns[0].is_firing);
	assert_true(result.burns[1].is_firing);
}

static void
test_burn_factors(void **state)
{
	static const struct {
		int64_t window_ms;
		const char *factors[SLO_PAIR_COUNT + 1];
	} cases[] = {
		{ 30 * DAY_MS, { "14.4", "6", "3", "1" } },
		{ 28 * DAY_MS, { "13.44", "5.6", "2.8", "0.933333333333" } },
		{ 27 * DAY_MS, { "12.96", "5.4", "2.7", "0.9" } },
		{ 7 * DAY_MS, { "3.36", "1.4" } },
		{ 2 * DAY_MS, { "0.96" } },
		{ DAY_MS, { NULL } },
		{ 365 * DAY_MS, { "175.2", "73", "36.5", "12.166666666666" } },
		{ INT64_C(253402300799999), { "17568", "7320", "3660", "1220" } },
	};
	char text[DECIMAL_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slo_result result = judge_burn("0.999999999", 1, DAY_MS,
		    cases[i].window_ms);
		size_t k = 0;

		for (; cases[i].factors[k] != NULL; k++) {
			slo_print_factor(text, &result.burns[k]);
			assert_string_equal(text, cases[i].factors[k]);
		}
		assert_int_equal(result.burn_count, k);
	}
}

/* A pair needs a short window of at least a slice, and a budget. */
static void
test_burn_of_slices(void **state)
{
	struct slo_objective objective = objective_of("0.99");
	struct slo_tally tally = { .first_ms = month.from_ms + 1,
		.last_ms = NOW_MS };
	struct slo_result result;

	(void)state;
	tally.slots[0].good = 1;
	objective.slice_ms = HOUR_MS;
	slo_judge(&result, &objective, &tally, &month, false);
	assert_int_equal(result.burn_count, 2);
	assert_string_equal(result.burns[0].long_name, "1d");
	objective.target.units = 1;
	objective.target.scale = 0;
	slo_judge(&result, &objective, &tally, &month, false);
	assert_int_equal(result.burn_count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest_rank),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_burn_thresholds),
		cmocka_unit_test(test_burn_coverage),
		cmocka_unit_test(test_burn_factors),
		cmocka_unit_test(test_burn_of_slices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
