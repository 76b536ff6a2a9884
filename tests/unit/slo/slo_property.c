/* SPDX-License-Identifier: ISC
 *
 * Random lines agree with a plain reference, which knows no shortcuts: it tries every
 * number of unknown events that may be bad, and judges each in exact fractions.
 */
#include "tests/unit/slo/exact.h"
#include "tests/unit/slo/slo_line.h"

#define MAX_COUNT 60

/* What one world, in which all is known, says: a reason of no verdict, or met or missed. */
static enum verdict_reason
reason_in_world(const struct line *line, int64_t good, int64_t bad, int64_t bad_minutes)
{
	const struct slo_objective *objective = &line->objective;
	const struct slo_case *judged = &line->judged;
	const struct slo_tally *tally = &line->tally;
	struct evidence_rate rate = evidence_rate_allowed(&objective->target);
	int64_t n = good + bad, window_ms = judged->window.until_ms - judged->window.from_ms;
	bool is_young = judged->window.from_ms < tally->begin_ms, is_tie;
	int64_t needed;

	if (n < objective->min_events)
		return VERDICT_REASON_few_events;
	if (!judged->is_run && (decimal_wide)(tally->last_ms - tally->first_ms) *
	    decimal_unit(&objective->min_coverage) <
	    (decimal_wide)window_ms * objective->min_coverage.units)
		return VERDICT_REASON_low_coverage;
	if (!judged->is_run && objective->max_silence_ms > 0 &&
	    judged->window.until_ms - tally->newest_ms > objective->max_silence_ms)
		return VERDICT_REASON_silent;
	/* good / n >= target */
	if ((decimal_wide)good * rate.denominator >=
	    (decimal_wide)n * (rate.denominator - rate.numerator))
		return VERDICT_REASON_met;
	if (bad < objective->min_bad_events)
		return VERDICT_REASON_few_events;
	if (judged->line_count == 1 && (judged->is_run || !is_young))
		return VERDICT_REASON_missed;
	if (rate.numerator == 0)
		return VERDICT_REASON_missed;
	needed = exact_bad_needed(&rate, n, judged->line_count, &is_tie);
	if (needed == 0 || bad < needed)
		return VERDICT_REASON_evidence;
	if (judged->is_rolling && objective->slice_ms == 0 &&
	    bad_minutes < objective->min_bad_minutes)
		return VERDICT_REASON_evidence;
	return VERDICT_REASON_missed;
}

static bool
pair_fires(const struct line *line, const char *long_name, int64_t budget_percent,
    const struct slo_counts *of_long, const struct slo_counts *of_short)
{
	const struct slo_objective *objective = &line->objective;
	struct evidence_rate rate = evidence_rate_allowed(&objective->target);
	int64_t hours = long_name[1] == 'd' ? 24 * (long_name[0] - '0') : long_name[0] - '0';
	/* factor = percent / 100 * window / long, in minutes */
	int64_t above = budget_percent * (30 * 24 * 60), below = 100 * hours * 60;
	int64_t n = of_long->good + of_long->bad + of_long->unknown, needed;
	bool is_tie;
	const struct slo_counts *both[2] = { of_long, of_short };

	for (int i = 0; i < 2; i++) {
		int64_t all = both[i]->good + both[i]->bad + both[i]->unknown;

		if (all == 0 || !((decimal_wide)both[i]->bad * below * rate.denominator >
		    (decimal_wide)all * above * rate.numerator))
			return false;
	}
	needed = exact_bad_needed(&rate, n, line->judged.line_count, &is_tie);
	return needed > 0 && of_long->bad >= needed && (objective->slice_ms > 0 ||
	    of_long->bad_minutes >= objective->min_bad_minutes);
}

/* Fails when the pairs differ; returns whether any fires. */
static bool
compare_pairs(const struct line *line, const struct slo_result *result)
{
	static const struct {
		const char *name;
		int64_t percent, short_ms;
		int of_long, of_short;
	} pairs[] = { { "1h", 2, 5 * MINUTE_MS, 2, 0 }, { "6h", 5, 30 * MINUTE_MS, 4, 1 },
		{ "1d", 10, 2 * HOUR_MS, 5, 3 }, { "3d", 10, 6 * HOUR_MS, 6, 4 } };
	bool is_firing = false;
	size_t count = 0;

	for (size_t i = 0; i < 4; i++) {
		bool fires;

		if (line->judged.is_run || pairs[i].short_ms < line->objective.slice_ms ||
		    evidence_rate_allowed(&line->objective.target).numerator == 0)
			continue;
		fires = pair_fires(line, pairs[i].name, pairs[i].percent,
		    &line->tally.ages[pairs[i].of_long],
		    &line->tally.ages[pairs[i].of_short]);
		assert_true(count < result->burn_count);
		assert_string_equal(result->burns[count].long_name, pairs[i].name);
		assert_int_equal(result->burns[count].is_firing, fires);
		is_firing = is_firing || fires;
		count++;
	}
	assert_int_equal(result->burn_count, count);
	return is_firing;
}

static struct slo_counts
random_counts(void)
{
	struct slo_counts counts = {
		.good = (int64_t)random_below(MAX_COUNT),
		.bad = (int64_t)random_below(1 + random_below(MAX_COUNT)),
		.unknown = (int64_t)random_below(3) > 0 ? 0 : (int64_t)random_below(9),
		.excluded = (int64_t)random_below(5),
	};

	if (random_below(10) == 0)
		counts.good = counts.bad = 0;
	counts.archived = (int64_t)random_below((uint64_t)counts.unknown + 1);
	counts.bad_minutes = (int64_t)random_below((uint64_t)counts.bad + 1);
	if (counts.bad_minutes > 5 || counts.bad_minutes == 0)
		counts.bad_minutes = counts.bad;
	return counts;
}

/* A target that people choose, and at times one whose edge the counts hit. */
static struct decimal
line_target(void)
{
	static const char *const usual[] = { "0.5", "0.9", "0.95", "0.99", "0.999", "0.9999",
		"0.75", "0.8" };

	if (random_below(12) == 0)
		return decimal_of("1");
	return random_below(4) == 0 ? random_target() : decimal_of(usual[random_below(8)]);
}

static struct line
random_line(void)
{
	struct line line = line_of("0.9", 0, 0);
	struct slo_objective *objective = &line.objective;
	struct slo_tally *tally = &line.tally;

	objective->target = line_target();
	objective->min_events = random_below(4) == 0 ? (int64_t)random_below(30) : 1;
	objective->min_bad_events = random_below(4) == 0 ? (int64_t)random_below(6) : 0;
	objective->min_coverage = decimal_of(random_below(4) == 0 ? "0.4" : "0");
	objective->min_bad_minutes = (int64_t)random_below(4) + 1;
	objective->max_silence_ms = random_below(4) == 0 ? HOUR_MS : 0;
	objective->slice_ms = random_below(4) == 0 ? HOUR_MS / 2 : 0;
	tally->window = random_counts();
	for (int i = 0; i < SLO_AGE_COUNT; i++)
		tally->ages[i] = random_counts();
	tally->has_events = true;
	tally->first_ms = NOW_MS - (int64_t)random_below(30) * DAY_MS;
	tally->last_ms = tally->newest_ms = random_below(2) == 0 ? NOW_MS
	    : tally->first_ms + (int64_t)random_below((uint64_t)(NOW_MS - tally->first_ms) + 1);
	tally->begin_ms = random_below(2) == 0 ? tally->first_ms : NOW_MS - 31 * DAY_MS;
	line.judged.is_run = random_below(4) == 0;
	line.judged.is_rolling = !line.judged.is_run && random_below(4) > 0;
	line.judged.line_count = random_below(2) == 0 ? 1 : 1 + random_below(50);
	return line;
}

/* The verdict of all worlds together. */
static void
judge_plainly(const struct line *line, bool is_firing, enum verdict *verdict,
    enum verdict_reason *reason)
{
	const struct slo_counts *counts = &line->tally.window;
	struct evidence_rate rate = evidence_rate_allowed(&line->objective.target);
	int64_t known = counts->good + counts->bad;
	bool all_met = true, all_missed = true;
	enum verdict_reason best;

	for (int64_t more = 0; more <= counts->unknown; more++) {
		enum verdict_reason one = reason_in_world(line,
		    counts->good + counts->unknown - more, counts->bad + more,
		    counts->bad_minutes + more);

		all_met = all_met && one == VERDICT_REASON_met;
		all_missed = all_missed && one == VERDICT_REASON_missed;
	}
	best = reason_in_world(line, counts->good + counts->unknown, counts->bad,
	    counts->bad_minutes);
	*reason = counts->archived > 0 ? VERDICT_REASON_archived
	    : counts->unknown > 0 ? VERDICT_REASON_unknown : VERDICT_REASON_no_events;
	*verdict = VERDICT_insufficient;
	if (known == 0) {
		*verdict = VERDICT_no_data;
	} else if (all_missed) {
		*verdict = VERDICT_breach;
		*reason = VERDICT_REASON_missed;
	} else if (!all_met) {
		if (best != VERDICT_REASON_met)
			*reason = best;
	} else if (is_firing) {
		*verdict = VERDICT_warn;
		*reason = VERDICT_REASON_burning;
	/* (allowed - bad) / allowed < 1 / 4 */
	} else if ((decimal_wide)counts->bad * 4 * rate.denominator >
	    (decimal_wide)3 * known * rate.numerator) {
		*verdict = VERDICT_warn;
		*reason = VERDICT_REASON_budget_low;
	} else {
		*verdict = VERDICT_pass;
		*reason = VERDICT_REASON_met;
	}
}

static void
test_lines_agree_with_the_reference(void **state)
{
	size_t seen[WORD_LIST_COUNT][16] = { { 0 } };

	(void)state;
	random_start();
	for (int round = 0; round < 20000; round++) {
		struct line line = random_line();
		struct slo_result result = judge(&line);
		enum verdict verdict;
		enum verdict_reason reason;

		judge_plainly(&line, compare_pairs(&line, &result), &verdict, &reason);
		if (result.verdict != verdict || result.reason != reason)
			fail_msg("round %d: %s, %s instead of %s, %s", round,
			    verdict_word(result.verdict),
			    verdict_reason_word(result.reason), verdict_word(verdict),
			    verdict_reason_word(reason));
		seen[WORD_LIST_VERDICT][verdict]++;
		seen[WORD_LIST_VERDICT_REASON][reason]++;
	}
	/* The lines are of all kinds. */
	for (int list = 0; list < WORD_LIST_COUNT; list++)
		for (size_t i = 1; i < word_lists[list].count; i++)
			if ((list == WORD_LIST_VERDICT ||
			    list == WORD_LIST_VERDICT_REASON) && seen[list][i] < 50)
				fail_msg("%s: only %zu", word_text(
				    (enum word_list_kind)list, i), seen[list][i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_agree_with_the_reference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
