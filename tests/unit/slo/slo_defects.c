/* SPDX-License-Identifier: ISC
 *
 * What other evaluators get wrong, with the true answers: weighting by time instead of by
 * event, ratios of nothing, first bursts, windows that are not full, single failures,
 * binary fractions.
 */
#include "tests/unit/slo/slo_line.h"

static void
assert_numbers(const struct line *line, const char *sli, const char *consumed)
{
	struct slo_result result = judge(line);
	char text[DECIMAL_TEXT_SIZE];

	slo_print_sli(text, &result);
	assert_string_equal(text, sli);
	slo_print_consumed(text, &result, &line->objective.target);
	assert_string_equal(text, consumed);
}

/* 23 hours of one request a minute, then an hour of 1000 a minute with 5 % errors: a mean
 * over time would show 0.2 % of errors, but 3000 of 61380 requests failed. */
static void
test_uneven_traffic(void **state)
{
	struct line line = line_of("0.999", 0, 0);

	(void)state;
	add_events(&line, DAY_MS, 23 * 60, 0, 0);
	add_events(&line, HOUR_MS, 57000, 3000, 60);
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	assert_numbers(&line, "0.951124144672", "48.875855327468");
	assert_int_equal(judge(&line).total, 61380);
}

/* 20 idle minutes in 12 hours are no events, and not 0 of 0. */
static void
test_idle_minutes(void **state)
{
	struct line line = line_of("0.999", 0, 0);
	char text[DECIMAL_TEXT_SIZE];
	struct slo_result result;

	(void)state;
	add_events(&line, 12 * HOUR_MS, 700, 0, 0);
	result = expect(&line, VERDICT_pass, VERDICT_REASON_met);
	assert_numbers(&line, "1", "0");
	/* The hour of a pair without events has no rate, and fires nothing. */
	assert_false(slo_print_burn(text, &result.burns[0].long_counts,
	    &line.objective.target));
	assert_false(slo_is_firing(&result));
	assert_false(slo_print_burn(text, &result.burns[0].short_counts,
	    &line.objective.target));
	assert_int_equal(result.burns[0].proof.bad_needed, 0);
}

/* A series of errors that first appears at 50 has no rise for who looks at rises. */
static void
test_first_burst(void **state)
{
	struct line line = line_of("0.999", 0, 0);
	struct slo_result result;

	(void)state;
	add_events(&line, 59 * MINUTE_MS, 60, 0, 0);
	add_events(&line, 3 * MINUTE_MS, 0, 50, 3);
	line.tally.begin_ms = NOW_MS - 3 * MINUTE_MS;
	result = expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	assert_true(slo_is_firing_as(&result, SEVERITY_page));
	assert_numbers(&line, "0.545454545454", "454.545454545454");
}

/* A service of three minutes: 1 % of errors pages nobody, 100 % does. */
static void
test_three_minutes_old(void **state)
{
	struct line line = line_of("0.999", 0, 0);
	struct slo_result result;

	(void)state;
	add_events(&line, 3 * MINUTE_MS, 297, 3, 3);
	line.tally.begin_ms = NOW_MS - 3 * MINUTE_MS;
	result = expect(&line, VERDICT_insufficient, VERDICT_REASON_evidence);
	assert_false(slo_is_firing(&result));
	assert_int_equal(result.proof.bad_needed, 5);
	line = line_of("0.999", 0, 0);
	add_events(&line, 3 * MINUTE_MS, 0, 300, 3);
	line.tally.begin_ms = NOW_MS - 3 * MINUTE_MS;
	result = expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	assert_true(slo_is_firing_as(&result, SEVERITY_page));
	/* Half of 18 requests is more than bad luck, too. */
	line = line_of("0.99", 0, 0);
	add_events(&line, 3 * MINUTE_MS, 9, 9, 3);
	line.tally.begin_ms = NOW_MS - 3 * MINUTE_MS;
	result = expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	assert_true(slo_is_firing_as(&result, SEVERITY_page));
	/* A first request that fails is not. */
	line = line_of("0.99", 0, 0);
	add_events(&line, 0, 0, 1, 1);
	line.tally.begin_ms = NOW_MS;
	result = expect(&line, VERDICT_insufficient, VERDICT_REASON_evidence);
	assert_false(slo_is_firing(&result));
}

/* One request a minute, or an hour, and one failure: it burns fast, and means nothing. */
static void
test_one_failure(void **state)
{
	static const struct {
		const char *target;
		int64_t apart_ms;
	} cases[] = {
		{ "0.999", MINUTE_MS }, { "0.99999", MINUTE_MS }, { "0.999999999", 1 },
		{ "0.99", HOUR_MS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct line line = line_of(cases[i].target, 0, 0);
		struct slo_result result;

		for (int64_t age = 5 * cases[i].apart_ms; age <= 3 * DAY_MS;
		    age += cases[i].apart_ms > 1 ? cases[i].apart_ms : DAY_MS)
			add_events(&line, age, 1, 0, 0);
		add_events(&line, 2 * MINUTE_MS, 0, 1, 1);
		result = judge(&line);
		assert_false(slo_is_firing(&result));
		assert_int_equal(result.burns[0].long_counts.bad, 1);
	}
}

/* A steady 2 % of errors at 99.9 % burns 20 times too fast, to the last digit. */
static void
test_exact_decimals(void **state)
{
	struct line line = line_of("0.999", 0, 0);
	char text[DECIMAL_TEXT_SIZE];
	struct slo_result result;

	(void)state;
	for (int64_t age = 0; age < 3 * DAY_MS; age += MINUTE_MS)
		add_events(&line, age, 98, 2, 1);
	result = judge(&line);
	for (size_t i = 0; i < SLO_PAIR_COUNT; i++) {
		slo_print_burn(text, &result.burns[i].long_counts, &line.objective.target);
		assert_string_equal(text, "20");
		slo_print_burn(text, &result.burns[i].short_counts, &line.objective.target);
		assert_string_equal(text, "20");
		assert_true(result.burns[i].is_firing);
	}
	slo_print_factor(text, &result.burns[0]);
	assert_string_equal(text, "14.4");
	decimal_print(text, &line.objective.target);
	assert_string_equal(text, "0.999");
	assert_numbers(&line, "0.98", "20");
	/* A rate that is exactly the factor does not exceed it. */
	line = line_of("0.999", 0, 0);
	add_events(&line, 0, 100000 - 1440, 1440, 5);
	assert_false(judge(&line).burns[0].is_firing);
	assert_true(judge(&line).burns[1].is_firing);
	add_events(&line, 0, 0, 1, 1);
	assert_true(judge(&line).burns[0].is_firing);
	/* 7 of 10 is exactly 0.7, in doubles it is less. */
	line = line_of("0.7", 7, 3);
	expect(&line, VERDICT_warn, VERDICT_REASON_budget_low);
	line = line_of("0.700000001", 7, 3);
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uneven_traffic),
		cmocka_unit_test(test_idle_minutes),
		cmocka_unit_test(test_first_burst),
		cmocka_unit_test(test_three_minutes_old),
		cmocka_unit_test(test_one_failure),
		cmocka_unit_test(test_exact_decimals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
