/* SPDX-License-Identifier: ISC */
#include "slo/slo.h"
#include "base/require.h"

#include <string.h>

/* Whether total events, bad of which are bad, meet the target. total is above 0. */
static bool
is_met(decimal_wide total, decimal_wide bad, const struct decimal *target)
{
	return bad * decimal_unit(target) <= slo_allowed(total, target);
}

/* Whether less than a quarter of the budget is left, of events that are known. A budget
 * of zero is never low. */
static bool
is_budget_low(const struct slo_counts *counts, const struct decimal *target)
{
	decimal_wide budget = slo_allowed(slo_counts_known(counts), target);
	decimal_wide spent = (decimal_wide)counts->bad * decimal_unit(target);

	return (budget - spent) * 4 < budget;
}

static bool
is_shorter_than(int64_t covered_ms, int64_t window_ms, const struct decimal *share)
{
	return decimal_compare((uint64_t)covered_ms, (uint64_t)window_ms, share) < 0;
}

static void
set_verdict(struct slo_result *result, enum verdict verdict, enum verdict_reason reason)
{
	result->verdict = verdict;
	result->reason = reason;
}

static void
set_insufficient(struct slo_result *result, enum verdict_reason reason)
{
	set_verdict(result, VERDICT_insufficient, reason);
}

static void
set_no_data(struct slo_result *result)
{
	enum verdict_reason reason = VERDICT_REASON_no_events;

	if (result->counts.archived > 0)
		reason = VERDICT_REASON_archived;
	else if (result->counts.unknown > 0)
		reason = VERDICT_REASON_unknown;
	set_verdict(result, VERDICT_no_data, reason);
}

/* More events are bad than are allowed, even if all unknown ones are good. */
static void
set_missed(struct slo_result *result, const struct slo_objective *objective,
    const struct slo_case *judged)
{
	bool needs_evidence = result->is_young || judged->line_count > 1;

	if (result->counts.bad < objective->min_bad_events)
		set_insufficient(result, VERDICT_REASON_few_events);
	else if (needs_evidence && !result->proof.is_shown)
		set_insufficient(result, VERDICT_REASON_evidence);
	else
		set_verdict(result, VERDICT_breach, VERDICT_REASON_missed);
}

/* Few enough events are bad, even if all unknown ones are. */
static void
set_met(struct slo_result *result, const struct slo_objective *objective)
{
	if (slo_is_firing(result))
		set_verdict(result, VERDICT_warn, VERDICT_REASON_burning);
	else if (is_budget_low(&result->counts, &objective->target))
		set_verdict(result, VERDICT_warn, VERDICT_REASON_budget_low);
	else
		set_verdict(result, VERDICT_pass, VERDICT_REASON_met);
}

static void
judge_counts(struct slo_result *result, const struct slo_objective *objective,
    const struct slo_case *judged)
{
	const struct slo_counts *counts = &result->counts;
	decimal_wide all = slo_counts_all(counts);

	if (slo_counts_known(counts) == 0)
		set_no_data(result);
	else if (all < objective->min_events)
		set_insufficient(result, VERDICT_REASON_few_events);
	else if (is_shorter_than(result->covered_ms, result->window_ms,
	    &objective->min_coverage))
		set_insufficient(result, VERDICT_REASON_low_coverage);
	else if (objective->max_silence_ms > 0 && !judged->is_run &&
	    (result->silent_ms < 0 || result->silent_ms > objective->max_silence_ms))
		set_insufficient(result, VERDICT_REASON_silent);
	else if (!is_met(all, counts->bad, &objective->target))
		set_missed(result, objective, judged);
	else if (is_met(all, (decimal_wide)counts->bad + counts->unknown,
	    &objective->target))
		set_met(result, objective);
	else
		set_insufficient(result, counts->archived > 0 ? VERDICT_REASON_archived
		    : VERDICT_REASON_unknown);
}

static void
set_times(struct slo_result *result, const struct slo_tally *tally,
    const struct slo_case *judged)
{
	const struct slo_window *window = &judged->window;

	result->window_ms = window->until_ms - window->from_ms;
	if (result->window_ms <= 0)
		result->window_ms = 1;
	if (tally->has_events)
		result->covered_ms = judged->is_run ? result->window_ms
		    : tally->last_ms - tally->first_ms;
	result->silent_ms = tally->newest_ms < 0 ? -1
	    : window->until_ms - tally->newest_ms;
	result->is_young = !judged->is_run && window->from_ms < tally->begin_ms;
}

void
slo_judge(struct slo_result *result, const struct slo_objective *objective,
    const struct slo_tally *tally, const struct slo_case *judged)
{
	const struct slo_burn_rule rule = {
		.target = objective->target,
		.window_ms = judged->window.until_ms - judged->window.from_ms,
		.slice_ms = objective->slice_ms,
		.min_bad_minutes = objective->min_bad_minutes,
		.line_count = judged->line_count,
	};
	bool has_minutes = judged->is_rolling && objective->slice_ms == 0;
	decimal_wide known = slo_counts_known(&tally->window);

	REQUIRE(judged->line_count >= 1);
	memset(result, 0, sizeof(*result));
	result->counts = tally->window;
	result->total = known > INT64_MAX ? INT64_MAX : (int64_t)known;
	result->line_count = judged->line_count;
	result->proof = slo_proof_of(&tally->window, &objective->target,
	    has_minutes ? objective->min_bad_minutes : 0, judged->line_count);
	result->has_proof = result->proof.n > 0;
	set_times(result, tally, judged);
	if (!judged->is_run)
		result->burn_count = slo_burns_of(result->burns, &rule, tally->ages,
		    judged->window.until_ms);
	judge_counts(result, objective, judged);
}

bool
slo_is_firing_as(const struct slo_result *result, enum severity severity)
{
	for (size_t i = 0; i < result->burn_count; i++)
		if (result->burns[i].is_firing && result->burns[i].severity == severity)
			return true;
	return false;
}

bool
slo_is_firing(const struct slo_result *result)
{
	return slo_is_firing_as(result, SEVERITY_page) ||
	    slo_is_firing_as(result, SEVERITY_ticket);
}

int
slo_exit_code(const struct slo_result *result, enum slo_fail_on fail_on)
{
	if (result->verdict == VERDICT_breach ||
	    (fail_on >= SLO_FAIL_ON_WARN && result->verdict == VERDICT_warn) ||
	    (fail_on >= SLO_FAIL_ON_PAGE && slo_is_firing_as(result, SEVERITY_page)))
		return EXIT_NO;
	if (result->verdict == VERDICT_no_data || result->verdict == VERDICT_insufficient)
		return EXIT_NO_DATA;
	return EXIT_YES;
}
