/* SPDX-License-Identifier: ISC
 *
 * Each verdict and each reason, one condition at a time.
 */
#include "tests/unit/slo/slo_line.h"

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
		struct line line;

		for (size_t i = 0; i < count; i++) {
			values[i] = random_below(20);
			good += values[i] <= limit;
		}
		qsort(values, count, sizeof(values[0]), ascending);
		rank = (quantiles[q].percent * count + 99) / 100;
		line = line_of(quantiles[q].target, good, (int64_t)count - good);
		assert_int_equal(values[rank - 1] <= limit,
		    judge(&line).verdict != VERDICT_breach);
	}
}

static void
test_full_window_is_accounting(void **state)
{
	static const struct {
		const char *target;
		int64_t good, bad;
		enum verdict verdict;
		enum verdict_reason reason;
	} cases[] = {
		{ "0.9", 0, 0, VERDICT_no_data, VERDICT_REASON_no_events },
		{ "0.9", 100, 0, VERDICT_pass, VERDICT_REASON_met },
		/* A quarter of the budget is left, and a little less. */
		{ "0.9", 370, 30, VERDICT_pass, VERDICT_REASON_met },
		{ "0.9", 369, 31, VERDICT_warn, VERDICT_REASON_budget_low },
		{ "0.9", 90, 10, VERDICT_warn, VERDICT_REASON_budget_low },
		{ "0.9", 899, 101, VERDICT_breach, VERDICT_REASON_missed },
		/* One bad event more than is allowed is a breach without evidence. */
		{ "0.999", 998, 1, VERDICT_breach, VERDICT_REASON_missed },
		{ "0.999", 999, 1, VERDICT_warn, VERDICT_REASON_budget_low },
		{ "1", 899, 0, VERDICT_pass, VERDICT_REASON_met },
		{ "1", INT64_MAX, 1, VERDICT_breach, VERDICT_REASON_missed },
		{ "0", 0, 5, VERDICT_warn, VERDICT_REASON_budget_low },
		{ "0", 1, 3, VERDICT_pass, VERDICT_REASON_met },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct line line = line_of(cases[i].target, cases[i].good, cases[i].bad);

		expect(&line, cases[i].verdict, cases[i].reason);
		/* So it is for a run as a whole, whatever began when. */
		line.judged.is_run = true;
		line.judged.is_rolling = false;
		line.tally.begin_ms = INT64_MAX;
		expect(&line, cases[i].verdict, cases[i].reason);
	}
}

static void
test_limits_of_users(void **state)
{
	struct line line = line_of("0.9", 5, 0);

	(void)state;
	line.tally.window.excluded = 50;
	line.objective.min_events = 6;
	expect(&line, VERDICT_insufficient, VERDICT_REASON_few_events);
	line.objective.min_events = 5;
	expect(&line, VERDICT_pass, VERDICT_REASON_met);
	line.objective.min_coverage = decimal_of("0.5");
	line.tally.first_ms = NOW_MS - 15 * DAY_MS;
	expect(&line, VERDICT_pass, VERDICT_REASON_met);
	line.tally.first_ms++;
	expect(&line, VERDICT_insufficient, VERDICT_REASON_low_coverage);
	line.judged.is_run = true;
	expect(&line, VERDICT_pass, VERDICT_REASON_met);
	line.tally.window.bad = 5;
	line.objective.min_bad_events = 6;
	expect(&line, VERDICT_insufficient, VERDICT_REASON_few_events);
	line.objective.min_bad_events = 5;
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
}

static void
test_silence(void **state)
{
	struct line line = line_of("0.9", 5, 0);
	char text[DECIMAL_TEXT_SIZE];
	struct slo_result result;

	(void)state;
	line.tally.newest_ms = line.tally.last_ms = NOW_MS - HOUR_MS - 1;
	result = expect(&line, VERDICT_pass, VERDICT_REASON_met);
	assert_true(slo_print_silent(text, &result));
	assert_string_equal(text, "3600.001");
	line.objective.max_silence_ms = HOUR_MS + 1;
	expect(&line, VERDICT_pass, VERDICT_REASON_met);
	line.objective.max_silence_ms = HOUR_MS;
	expect(&line, VERDICT_insufficient, VERDICT_REASON_silent);
	/* What came missed the objective, but nobody knows what did not come. */
	line.tally.window.bad = 5;
	expect(&line, VERDICT_insufficient, VERDICT_REASON_silent);
	/* A run that has ended is silent. */
	line.judged.is_run = true;
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	line.judged.is_run = false;
	line.tally.newest_ms = -1;
	result = expect(&line, VERDICT_insufficient, VERDICT_REASON_silent);
	assert_false(slo_print_silent(text, &result));
	assert_string_equal(text, "");
}

/* A miss of a window that the events do not fill yet needs evidence. At 99.9 %, 60 events
 * need 3 bad ones. */
static void
test_evidence_of_young_windows(void **state)
{
	struct line line = line_of("0.999", 58, 2);

	(void)state;
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	line.tally.begin_ms = line.judged.window.from_ms;
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	line.tally.begin_ms++;
	expect(&line, VERDICT_insufficient, VERDICT_REASON_evidence);
	line.tally.window = (struct slo_counts){ .good = 57, .bad = 3, .bad_minutes = 3 };
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	/* In two minutes they may be one failure that was tried again. */
	line.tally.window.bad_minutes = 2;
	expect(&line, VERDICT_insufficient, VERDICT_REASON_evidence);
	line.objective.min_bad_minutes = 2;
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	line.objective.min_bad_minutes = 3;
	line.judged.is_rolling = false;
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	line.judged.is_rolling = true;
	line.objective.slice_ms = MINUTE_MS;
	line.tally.window.bad_minutes = 0;
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	/* 2 of 2 at 99 % is a tie. */
	line = line_of("0.99", 0, 2);
	line.tally.begin_ms = NOW_MS;
	line.objective.min_bad_minutes = 1;
	expect(&line, VERDICT_insufficient, VERDICT_REASON_evidence);
	assert_int_equal(judge(&line).proof.bad_needed, 0);
}

/* Of several groups one is always the worst, so each shares alpha and needs evidence, in a
 * run too. */
static void
test_evidence_of_groups(void **state)
{
	struct line line = line_of("0.999", 1431, 9);

	(void)state;
	line.judged.line_count = 2;
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	line.judged.line_count = 10;
	assert_int_equal(judge(&line).proof.bad_needed, 10);
	expect(&line, VERDICT_insufficient, VERDICT_REASON_evidence);
	line.judged.line_count = 1;
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	line = line_of("0.999", 58, 2);
	line.judged.is_run = true;
	line.judged.is_rolling = false;
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	line.judged.line_count = 2;
	expect(&line, VERDICT_insufficient, VERDICT_REASON_evidence);
	/* A run has no rule of minutes. */
	line.tally.window = (struct slo_counts){ .good = 56, .bad = 4, .bad_minutes = 1 };
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	line.judged.is_run = false;
	line.judged.is_rolling = true;
	expect(&line, VERDICT_insufficient, VERDICT_REASON_evidence);
}

/* With a target of 1 every bad event is evidence. */
static void
test_target_of_one(void **state)
{
	struct line line = line_of("1", 1, 1);
	struct slo_result result;

	(void)state;
	line.tally.begin_ms = NOW_MS;
	line.judged.line_count = 100;
	result = expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	assert_int_equal(result.proof.bad_needed, 1);
	assert_int_equal(result.burn_count, 0);
	line.tally.window = (struct slo_counts){ .good = 1, .unknown = 1 };
	expect(&line, VERDICT_insufficient, VERDICT_REASON_unknown);
}

/* Unknown events count as good for a breach, as bad for a pass. */
static void
test_unknown_is_judged_both_ways(void **state)
{
	static const struct {
		int64_t good, bad, unknown, archived;
		enum verdict verdict;
		enum verdict_reason reason;
	} cases[] = {
		/* 0.9 of 100: 10 may be bad. */
		{ 90, 5, 5, 0, VERDICT_pass, VERDICT_REASON_met },
		{ 89, 5, 6, 0, VERDICT_insufficient, VERDICT_REASON_unknown },
		{ 89, 5, 6, 1, VERDICT_insufficient, VERDICT_REASON_archived },
		{ 0, 10, 90, 0, VERDICT_insufficient, VERDICT_REASON_unknown },
		{ 0, 11, 89, 0, VERDICT_breach, VERDICT_REASON_missed },
		{ 0, 11, 89, 89, VERDICT_breach, VERDICT_REASON_missed },
		{ 0, 0, 100, 0, VERDICT_no_data, VERDICT_REASON_unknown },
		{ 0, 0, 100, 1, VERDICT_no_data, VERDICT_REASON_archived },
		{ 1, 0, 99, 99, VERDICT_insufficient, VERDICT_REASON_archived },
		/* Budgets speak of known events: a third is left of 3. With the unknown one
		 * bad, hardly any of 3.1 would be. */
		{ 28, 2, 1, 0, VERDICT_pass, VERDICT_REASON_met },
		{ 26, 3, 0, 0, VERDICT_breach, VERDICT_REASON_missed },
		{ 27, 3, 0, 0, VERDICT_warn, VERDICT_REASON_budget_low },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct line line = line_of("0.9", cases[i].good, cases[i].bad);

		line.tally.window.unknown = cases[i].unknown;
		line.tally.window.archived = cases[i].archived;
		expect(&line, cases[i].verdict, cases[i].reason);
	}
}

/* Not met even with the unknown ones good, but insufficient for its own reason. */
static void
test_unknown_keeps_the_reason_of_a_miss(void **state)
{
	struct line line = line_of("0.999", 50, 2);

	(void)state;
	line.tally.window.unknown = 8;
	line.tally.begin_ms = NOW_MS;
	expect(&line, VERDICT_insufficient, VERDICT_REASON_evidence);
	line.tally.begin_ms = 0;
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	line.objective.min_bad_events = 3;
	expect(&line, VERDICT_insufficient, VERDICT_REASON_few_events);
	/* Unknown ones are events: they make up the number, and evidence counts them. */
	line.objective.min_events = 60;
	expect(&line, VERDICT_insufficient, VERDICT_REASON_few_events);
	line.objective.min_bad_events = 0;
	expect(&line, VERDICT_breach, VERDICT_REASON_missed);
	assert_int_equal(judge(&line).proof.n, 60);
	assert_int_equal(judge(&line).total, 52);
	line.objective.min_events = 61;
	expect(&line, VERDICT_insufficient, VERDICT_REASON_few_events);
}

/* A line that is met, with an hour of bad events in the end when it burns. */
static struct slo_result
burning(bool is_burning, enum severity severity)
{
	struct line line = line_of("0.99", 100000, 0);

	if (is_burning)
		add_events(&line, severity == SEVERITY_page ? 1 : 100 * MINUTE_MS,
		    0, 100, 100);
	if (severity == SEVERITY_ticket)
		add_events(&line, 100 * MINUTE_MS, 2000, 0, 0);
	return judge(&line);
}

static void
test_exit_codes(void **state)
{
	struct line line = line_of("0.9", 90, 10);
	struct slo_result low = expect(&line, VERDICT_warn, VERDICT_REASON_budget_low);
	struct slo_result page = burning(true, SEVERITY_page);
	struct slo_result ticket = burning(true, SEVERITY_ticket);
	struct slo_result fine = burning(false, SEVERITY_page), other;
	const struct {
		const struct slo_result *result;
		int codes[SLO_FAIL_ON_WARN + 1];
	} cases[] = {
		{ &fine, { EXIT_YES, EXIT_YES, EXIT_YES } },
		{ &low, { EXIT_YES, EXIT_YES, EXIT_NO } },
		{ &page, { EXIT_YES, EXIT_NO, EXIT_NO } },
		{ &ticket, { EXIT_YES, EXIT_YES, EXIT_NO } },
		{ &other, { EXIT_NO_DATA, EXIT_NO, EXIT_NO } },
	};

	(void)state;
	assert_true(slo_is_firing_as(&page, SEVERITY_page));
	assert_false(slo_is_firing_as(&ticket, SEVERITY_page));
	assert_true(slo_is_firing_as(&ticket, SEVERITY_ticket));
	assert_true(slo_is_firing(&ticket));
	assert_false(slo_is_firing(&fine));
	assert_int_equal(ticket.reason, VERDICT_REASON_burning);
	assert_int_equal(page.verdict, VERDICT_warn);
	/* A page counts whatever the verdict is. */
	other = page;
	other.verdict = VERDICT_insufficient;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int on = SLO_FAIL_ON_BREACH; on <= SLO_FAIL_ON_WARN; on++)
			assert_int_equal(slo_exit_code(cases[i].result,
			    (enum slo_fail_on)on), cases[i].codes[on]);
	for (int on = SLO_FAIL_ON_BREACH; on <= SLO_FAIL_ON_WARN; on++) {
		other = fine;
		other.verdict = VERDICT_breach;
		assert_int_equal(slo_exit_code(&other, (enum slo_fail_on)on), EXIT_NO);
		other.verdict = VERDICT_no_data;
		assert_int_equal(slo_exit_code(&other, (enum slo_fail_on)on),
		    EXIT_NO_DATA);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest_rank),
		cmocka_unit_test(test_full_window_is_accounting),
		cmocka_unit_test(test_limits_of_users),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_evidence_of_young_windows),
		cmocka_unit_test(test_evidence_of_groups),
		cmocka_unit_test(test_target_of_one),
		cmocka_unit_test(test_unknown_is_judged_both_ways),
		cmocka_unit_test(test_unknown_keeps_the_reason_of_a_miss),
		cmocka_unit_test(test_exit_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
