/* SPDX-License-Identifier: ISC
 *
 * Which pairs there are, and when they fire.
 */
#include "tests/unit/slo/slo_line.h"

/* Judges a window with 1000 events in each window of a pair, the same share of them bad. */
static struct slo_result
judge_steady(const char *target, int64_t bad_of_1000, int64_t window_ms)
{
	struct line line = line_of(target, 100000000, 0);

	line.judged.window.from_ms = NOW_MS - window_ms;
	for (int i = 0; i < SLO_AGE_COUNT; i++)
		line.tally.ages[i] = (struct slo_counts){ .good = 1000 - bad_of_1000,
			.bad = bad_of_1000, .bad_minutes = bad_of_1000 };
	return judge(&line);
}

/* How many of 1000 events must be bad to make a pair fire: one more than its factor. */
static void
test_a_factor_is_exceeded(void **state)
{
	static const struct {
		size_t pair;
		int64_t quiet, firing;
	} cases[] = { { 0, 144, 145 }, { 1, 60, 61 }, { 2, 30, 31 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slo_result quiet = judge_steady("0.99", cases[i].quiet,
		    30 * DAY_MS);
		struct slo_result firing = judge_steady("0.99", cases[i].firing,
		    30 * DAY_MS);

		assert_int_equal(quiet.burn_count, 4);
		assert_false(quiet.burns[cases[i].pair].is_firing);
		assert_true(firing.burns[cases[i].pair].is_firing);
		assert_int_equal(firing.verdict, VERDICT_warn);
		assert_int_equal(firing.reason, VERDICT_REASON_burning);
	}
}

/* The factor 1 is exceeded long before that is evidence. */
static void
test_evidence_is_asked_of_the_long_window(void **state)
{
	struct slo_result result = judge_steady("0.99", 11, 30 * DAY_MS);
	int64_t needed = result.burns[3].proof.bad_needed;
	struct line line = line_of("0.99", 100000000, 0);

	(void)state;
	assert_int_equal(needed, 25);
	assert_false(result.burns[3].is_firing);
	assert_false(judge_steady("0.99", needed - 1, 30 * DAY_MS).burns[3].is_firing);
	result = judge_steady("0.99", needed, 30 * DAY_MS);
	assert_true(result.burns[3].is_firing);
	assert_int_equal(result.burns[3].proof.n, 1000);
	assert_int_equal(result.burns[3].proof.bad, needed);
	/* The short window needs none: one bad event shows that it has not ended. */
	add_events(&line, 3 * HOUR_MS, 900, 100, 3);
	add_events(&line, 1, 0, 1, 1);
	assert_true(judge(&line).burns[3].is_firing);
	assert_true(judge(&line).burns[2].is_firing);
	assert_false(judge(&line).burns[0].is_firing);
	/* Without it the pair is silent at once. */
	line = line_of("0.99", 100000000, 0);
	add_events(&line, 3 * HOUR_MS, 900, 100, 3);
	add_events(&line, 1, 1, 0, 0);
	assert_true(judge(&line).burns[3].is_firing);
	assert_false(judge(&line).burns[2].is_firing);
}

/* The rule of minutes holds for pairs, of a calendar window too, but not for slices. */
static void
test_minutes_of_pairs(void **state)
{
	struct line line = line_of("0.99", 100000, 0);

	(void)state;
	add_events(&line, 1, 0, 50, 2);
	assert_int_equal(judge(&line).burns[0].proof.bad_minutes, 2);
	expect(&line, VERDICT_pass, VERDICT_REASON_met);
	line.judged.is_rolling = false;
	expect(&line, VERDICT_pass, VERDICT_REASON_met);
	line.objective.min_bad_minutes = 2;
	expect(&line, VERDICT_warn, VERDICT_REASON_burning);
	line.objective.min_bad_minutes = 3;
	line.objective.slice_ms = MINUTE_MS;
	expect(&line, VERDICT_warn, VERDICT_REASON_burning);
}

/* Unknown events count as good: they make a burn rate smaller. */
static void
test_unknown_of_pairs(void **state)
{
	struct line line = line_of("0.99", 100000, 0);
	struct slo_result result;
	char text[DECIMAL_TEXT_SIZE];

	(void)state;
	for (int i = 0; i < SLO_AGE_COUNT; i++)
		line.tally.ages[i] = (struct slo_counts){ .good = 100, .bad = 60,
			.bad_minutes = 3, .unknown = 240 };
	result = judge(&line);
	assert_true(result.burns[0].is_firing);
	assert_int_equal(result.burns[0].proof.n, 400);
	slo_print_burn(text, &result.burns[0].long_counts, &line.objective.target);
	assert_string_equal(text, "15");
	line.tally.ages[SLO_AGE_5M].unknown += 20;
	assert_false(judge(&line).burns[0].is_firing);
}

/* Groups share alpha in their pairs, too. */
static void
test_groups_of_pairs(void **state)
{
	struct line line = line_of("0.999", 10000, 0);

	(void)state;
	add_events(&line, 1, 57, 3, 3);
	assert_true(judge(&line).burns[0].is_firing);
	line.judged.line_count = 100;
	assert_int_equal(judge(&line).burns[0].proof.bad_needed, 4);
	assert_false(judge(&line).burns[0].is_firing);
}

static void
test_factors(void **state)
{
	static const struct {
		int64_t window_ms;
		const char *factors[SLO_PAIR_COUNT + 1];
	} cases[] = {
		{ 30 * DAY_MS, { "14.4", "6", "3", "1" } },
		/* A window that begins at the whole minute before. */
		{ 30 * DAY_MS + MINUTE_MS - 1, { "14.4", "6", "3", "1" } },
		/* Below 1, a pair would fire within the budget. */
		{ 28 * DAY_MS, { "13.44", "5.6", "2.8", "1" } },
		{ 27 * DAY_MS, { "12.96", "5.4", "2.7", "1" } },
		{ 27 * DAY_MS - MINUTE_MS, { "12.959666666666", "5.399861111111",
		    "2.699930555555" } },
		{ 7 * DAY_MS, { "3.36", "1.4" } },
		{ 2 * DAY_MS, { "1" } },
		{ DAY_MS, { NULL } },
		{ 0, { NULL } },
		{ 365 * DAY_MS, { "175.2", "73", "36.5", "12.166666666666" } },
		{ INT64_C(253402300799999), { "17568", "7320", "3660", "1220" } },
	};
	char text[DECIMAL_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slo_result result = judge_steady("0.999999999", 1,
		    cases[i].window_ms);
		size_t k = 0;

		for (; cases[i].factors[k] != NULL; k++) {
			slo_print_factor(text, &result.burns[k]);
			assert_string_equal(text, cases[i].factors[k]);
		}
		assert_int_equal(result.burn_count, k);
	}
}

static void
test_names_severities_windows(void **state)
{
	static const struct {
		const char *long_name, *short_name;
		enum severity severity;
		int64_t long_ms;
	} pairs[SLO_PAIR_COUNT] = {
		{ "1h", "5m", SEVERITY_page, HOUR_MS },
		{ "6h", "30m", SEVERITY_page, 6 * HOUR_MS },
		{ "1d", "2h", SEVERITY_ticket, DAY_MS },
		{ "3d", "6h", SEVERITY_ticket, 3 * DAY_MS },
	};
	struct slo_result result = judge_steady("0.9", 0, 30 * DAY_MS);

	(void)state;
	for (size_t i = 0; i < SLO_PAIR_COUNT; i++) {
		const struct slo_burn *burn = &result.burns[i];

		assert_string_equal(burn->long_name, pairs[i].long_name);
		assert_string_equal(burn->short_name, pairs[i].short_name);
		assert_int_equal(burn->severity, pairs[i].severity);
		assert_int_equal(burn->long_window.until_ms, NOW_MS);
		assert_int_equal(burn->long_window.from_ms,
		    (NOW_MS - pairs[i].long_ms) / MINUTE_MS * MINUTE_MS);
	}
	assert_int_equal(slo_age_window(SLO_AGE_5M, 1).from_ms, -5 * MINUTE_MS);
	assert_int_equal(slo_age_window(SLO_AGE_5M, -1).from_ms, -6 * MINUTE_MS);
	assert_int_equal(slo_age_window(SLO_AGE_5M, 0).from_ms, -5 * MINUTE_MS);
}

/* 14.4 times 10 % is more than all events, so this pair cannot fire. */
static void
test_a_pair_that_cannot_fire(void **state)
{
	struct slo_result result = judge_steady("0.9", 1000, 30 * DAY_MS);

	(void)state;
	assert_false(result.burns[0].is_firing);
	assert_true(result.burns[1].is_firing);
}

/* A pair needs a short window of at least a slice, a budget, and a window that goes on. */
static void
test_pairs_left_out(void **state)
{
	struct line line = line_of("0.99", 1, 0);
	struct slo_result result;

	(void)state;
	line.objective.slice_ms = HOUR_MS;
	result = judge(&line);
	assert_int_equal(result.burn_count, 2);
	assert_string_equal(result.burns[0].long_name, "1d");
	line.objective.slice_ms = 30 * MINUTE_MS;
	assert_int_equal(judge(&line).burn_count, 3);
	line.objective.slice_ms = 6 * HOUR_MS + 1;
	assert_int_equal(judge(&line).burn_count, 0);
	line.objective.slice_ms = 0;
	line.judged.is_run = true;
	assert_int_equal(judge(&line).burn_count, 0);
	line.judged.is_run = false;
	line.objective.target = decimal_of("1");
	assert_int_equal(judge(&line).burn_count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_factor_is_exceeded),
		cmocka_unit_test(test_evidence_is_asked_of_the_long_window),
		cmocka_unit_test(test_minutes_of_pairs),
		cmocka_unit_test(test_unknown_of_pairs),
		cmocka_unit_test(test_groups_of_pairs),
		cmocka_unit_test(test_factors),
		cmocka_unit_test(test_names_severities_windows),
		cmocka_unit_test(test_a_pair_that_cannot_fire),
		cmocka_unit_test(test_pairs_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
