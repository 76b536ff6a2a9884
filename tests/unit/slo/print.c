/* SPDX-License-Identifier: ISC */
#include "tests/unit/slo/slo_line.h"

static void
assert_budget(const char *target, int64_t good, int64_t bad, const char *consumed,
    const char *remaining)
{
	struct line line = line_of(target, good, bad);
	struct slo_result result = judge(&line);
	char text[DECIMAL_TEXT_SIZE];

	assert_int_equal(slo_print_consumed(text, &result, &line.objective.target),
	    consumed[0] != '\0');
	assert_string_equal(text, consumed);
	assert_int_equal(slo_print_remaining(text, &result, &line.objective.target),
	    remaining[0] != '\0');
	assert_string_equal(text, remaining);
}

static void
test_budget(void **state)
{
	(void)state;
	/* 20 160 minutes at 95 %: a budget of 1008 slices. */
	assert_budget("0.95", 20160 - 1008, 1008, "1", "0");
	/* 24 000 requests a day for two weeks at 95 %: 16 800 may fail. */
	assert_budget("0.95", 336000 - 16800, 16800, "1", "0");
	assert_budget("0.95", 336000 - 4200, 4200, "0.25", "0.75");
	assert_budget("0.999", 980, 20, "20", "-19");
	assert_budget("0.999", 0, 0, "", "");
	assert_budget("1", 5, 0, "0", "1");
	assert_budget("1", 5, 1, "", "");
	/* The largest counts. */
	assert_budget("0.999999999", INT64_MAX, INT64_MAX, "500000000", "-499999999");
}

/* The ratios of a line speak of known events, those of a pair of unknown ones too. */
static void
test_unknown_events(void **state)
{
	struct line line = line_of("0.9", 90, 10);
	char text[DECIMAL_TEXT_SIZE];
	struct slo_result result;

	(void)state;
	line.tally.window.unknown = 100;
	result = judge(&line);
	assert_int_equal(result.total, 100);
	assert_true(slo_print_sli(text, &result));
	assert_string_equal(text, "0.9");
	assert_true(slo_print_consumed(text, &result, &line.objective.target));
	assert_string_equal(text, "1");
	assert_true(slo_print_burn(text, &line.tally.window, &line.objective.target));
	assert_string_equal(text, "0.5");
}

static void
test_no_events(void **state)
{
	struct line line = line_of("0.9", 0, 0);
	char text[DECIMAL_TEXT_SIZE];
	struct slo_result result = judge(&line);

	(void)state;
	assert_false(slo_print_sli(text, &result));
	assert_string_equal(text, "");
	assert_false(slo_print_burn(text, &line.tally.window, &line.objective.target));
	assert_string_equal(text, "");
	slo_print_coverage(text, &result);
	assert_string_equal(text, "0");
	assert_false(result.has_proof);
}

static void
test_coverage(void **state)
{
	struct line line = line_of("0.9", 1, 0);
	char text[DECIMAL_TEXT_SIZE];
	struct slo_result result;

	(void)state;
	line.tally.first_ms = NOW_MS - 12 * DAY_MS;
	line.tally.last_ms = NOW_MS - 3 * DAY_MS;
	result = judge(&line);
	slo_print_coverage(text, &result);
	assert_string_equal(text, "0.3");
	/* Excluded and unknown events cover it, too. */
	line.tally.window = (struct slo_counts){ .excluded = 1 };
	result = judge(&line);
	slo_print_coverage(text, &result);
	assert_string_equal(text, "0.3");
	line.judged.is_run = true;
	line.judged.window = (struct slo_window){ NOW_MS, NOW_MS };
	result = judge(&line);
	slo_print_coverage(text, &result);
	assert_string_equal(text, "1");
}

static void
test_evidence(void **state)
{
	struct line line = line_of("0.99", 9, 9);
	char text[DECIMAL_TEXT_SIZE];
	struct slo_result result = judge(&line);

	(void)state;
	slo_print_alpha(text, &result);
	assert_string_equal(text, "0.0001");
	slo_print_chance(text, &result.proof, &line.objective.target);
	assert_string_equal(text, "4.4822e-14");
	line.judged.line_count = 40;
	result = judge(&line);
	slo_print_alpha(text, &result);
	assert_string_equal(text, "0.0000025");
	line.objective.target = decimal_of("1");
	slo_print_chance(text, &result.proof, &line.objective.target);
	assert_string_equal(text, "0");
	line = line_of("0.99", 18, 0);
	result = judge(&line);
	slo_print_chance(text, &result.proof, &line.objective.target);
	assert_string_equal(text, "1");
}

static void
test_allowed(void **state)
{
	struct decimal target = decimal_of("0.999");

	(void)state;
	assert_int_equal(slo_allowed_count(0, &target), 0);
	assert_int_equal(slo_allowed_count(999, &target), 0);
	assert_int_equal(slo_allowed_count(1000, &target), 1);
	assert_int_equal(slo_allowed_count(43200, &target), 43);
	target = decimal_of("0");
	assert_int_equal(slo_allowed_count(INT64_MAX, &target), INT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_unknown_events),
		cmocka_unit_test(test_no_events),
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
