/* SPDX-License-Identifier: ISC */
#include "slo/slo.h"
#include "base/require.h"

#include <string.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

static const int64_t slot_ms[SLO_SLOT_COUNT] = {
	5 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS,
	DAY_MS, 3 * DAY_MS, INT64_MAX,
};

struct pair {
	const char *long_name, *short_name;
	int64_t long_ms, short_ms;
	int budget_percent;
};

static const struct pair pairs[SLO_PAIR_COUNT] = {
	{ "1h", "5m", HOUR_MS, 5 * MINUTE_MS, 2 },
	{ "6h", "30m", 6 * HOUR_MS, 30 * MINUTE_MS, 5 },
	{ "1d", "2h", DAY_MS, 2 * HOUR_MS, 10 },
	{ "3d", "6h", 3 * DAY_MS, 6 * HOUR_MS, 10 },
};

int64_t
slo_slot_ms(int slot)
{
	REQUIRE(slot >= 0 && slot < SLO_SLOT_COUNT);
	return slot_ms[slot];
}

int
slo_slot(int64_t age_ms)
{
	int slot = 0;

	while (slot < SLO_SLOT_COUNT - 1 && age_ms >= slot_ms[slot])
		slot++;
	return slot;
}

const char *
slo_verdict_name(enum slo_verdict verdict)
{
	static const char *const names[] = {
		[SLO_PASS] = "pass", [SLO_WARN] = "warn",
		[SLO_BREACH] = "breach", [SLO_NO_DATA] = "no_data",
		[SLO_INSUFFICIENT] = "insufficient",
	};

	REQUIRE((size_t)verdict < sizeof(names) / sizeof(names[0]));
	return names[verdict];
}

const char *
slo_reason_name(enum slo_reason reason)
{
	static const char *const names[] = {
		[SLO_MET] = "met", [SLO_MISSED] = "missed",
		[SLO_BUDGET_LOW] = "budget_low", [SLO_BURNING] = "burning",
		[SLO_NO_EVENTS] = "no_events", [SLO_FEW_EVENTS] = "few_events",
		[SLO_LOW_COVERAGE] = "low_coverage",
	};

	REQUIRE((size_t)reason < sizeof(names) / sizeof(names[0]));
	return names[reason];
}

/* Counts of everything younger than until_ms. */
static struct slo_counts
sum_younger(const struct slo_tally *tally, int64_t until_ms)
{
	struct slo_counts counts = { 0 };

	for (int i = 0; i < SLO_SLOT_COUNT && slot_ms[i] <= until_ms; i++) {
		counts.good += tally->slots[i].good;
		counts.bad += tally->slots[i].bad;
		counts.excluded += tally->slots[i].excluded;
	}
	return counts;
}

static uint64_t
total_of(const struct slo_counts *counts)
{
	return (uint64_t)counts->good + (uint64_t)counts->bad;
}

/* The bad events that the target allows are allowed / unit, both integers. */
static decimal_wide
allowed_bad(uint64_t total, const struct decimal *target)
{
	return (decimal_wide)total * (decimal_unit(target) - target->units);
}

/* bad / total > factor * (1 - target). At most 64 + 30 + 29 bits: a window of
 * 9999 years has 2^33 minutes, but slo_judge cuts it. */
static bool
is_above_factor(const struct slo_counts *counts, const struct slo_burn *burn,
    const struct decimal *target)
{
	uint64_t total = total_of(counts);

	if (total == 0)
		return false;
	return (decimal_wide)counts->bad * decimal_unit(target) *
	    (decimal_wide)burn->factor_denominator >
	    allowed_bad(total, target) * (decimal_wide)burn->factor_numerator;
}

/* 100 years: longer windows burn as if they had this length. */
#define MAX_WINDOW_MINUTES (INT64_C(100) * 366 * 24 * 60)

static void
add_burns(struct slo_result *result, const struct slo_objective *objective,
    const struct slo_tally *tally, const struct slo_window *window)
{
	int64_t minutes = result->window_ms / MINUTE_MS;

	if (minutes > MAX_WINDOW_MINUTES)
		minutes = MAX_WINDOW_MINUTES;
	if (objective->target.units == decimal_unit(&objective->target))
		return;
	for (int i = 0; i < SLO_PAIR_COUNT; i++) {
		const struct pair *pair = &pairs[i];
		struct slo_burn *burn = &result->burns[result->burn_count];
		uint64_t numerator = (uint64_t)(pair->budget_percent * minutes);
		uint64_t denominator = (uint64_t)(pair->long_ms / MINUTE_MS) * 100;

		if (numerator * 10 < denominator * 9 ||
		    pair->short_ms < objective->slice_ms)
			continue;
		burn->long_name = pair->long_name;
		burn->short_name = pair->short_name;
		burn->factor_numerator = numerator;
		burn->factor_denominator = denominator;
		burn->long_counts = sum_younger(tally, pair->long_ms);
		burn->short_counts = sum_younger(tally, pair->short_ms);
		burn->is_covered = result->total > 0 &&
		    window->until_ms - tally->first_ms >= pair->long_ms;
		burn->is_firing = burn->is_covered &&
		    is_above_factor(&burn->long_counts, burn, &objective->target) &&
		    is_above_factor(&burn->short_counts, burn, &objective->target);
		result->burn_count++;
	}
}

static bool
is_burning(const struct slo_result *result)
{
	for (size_t i = 0; i < result->burn_count; i++)
		if (result->burns[i].is_firing)
			return true;
	return false;
}

/* Less than a quarter of the budget is left. A budget of zero is never low. */
static bool
is_budget_low(const struct slo_result *result, const struct decimal *target)
{
	decimal_wide budget = allowed_bad(result->total, target);
	decimal_wide spent = (decimal_wide)result->counts.bad *
	    decimal_unit(target);

	return (budget - spent) * 4 < budget;
}

static void
set_verdict(struct slo_result *result, enum slo_verdict verdict,
    enum slo_reason reason)
{
	result->verdict = verdict;
	result->reason = reason;
}

void
slo_judge(struct slo_result *result, const struct slo_objective *objective,
    const struct slo_tally *tally, const struct slo_window *window,
    bool is_whole)
{
	memset(result, 0, sizeof(*result));
	result->counts = sum_younger(tally, INT64_MAX);
	result->total = total_of(&result->counts);
	result->window_ms = window->until_ms - window->from_ms;
	if (result->window_ms <= 0)
		result->window_ms = 1;
	if (result->total > 0 || result->counts.excluded > 0)
		result->covered_ms = is_whole ? result->window_ms
		    : tally->last_ms - tally->first_ms;
	add_burns(result, objective, tally, window);
	if (result->total == 0)
		set_verdict(result, SLO_NO_DATA, SLO_NO_EVENTS);
	else if (result->total < (uint64_t)objective->min_events)
		set_verdict(result, SLO_INSUFFICIENT, SLO_FEW_EVENTS);
	else if (decimal_compare((uint64_t)result->covered_ms,
	    (uint64_t)result->window_ms, &objective->min_coverage) < 0)
		set_verdict(result, SLO_INSUFFICIENT, SLO_LOW_COVERAGE);
	else if (decimal_compare((uint64_t)result->counts.good, result->total,
	    &objective->target) >= 0)
		set_verdict(result, SLO_PASS, SLO_MET);
	else if (result->counts.bad < objective->min_bad_events)
		set_verdict(result, SLO_INSUFFICIENT, SLO_FEW_EVENTS);
	else
		set_verdict(result, SLO_BREACH, SLO_MISSED);
	if (result->verdict == SLO_PASS && is_burning(result))
		set_verdict(result, SLO_WARN, SLO_BURNING);
	else if (result->verdict == SLO_PASS &&
	    is_budget_low(result, &objective->target))
		set_verdict(result, SLO_WARN, SLO_BUDGET_LOW);
}

static bool
print_ratio(char *out, decimal_wide numerator, decimal_wide denominator)
{
	out[0] = '\0';
	if (denominator == 0)
		return false;
	decimal_print_ratio(out, numerator, denominator);
	return true;
}

bool
slo_print_sli(char *out, const struct slo_result *result)
{
	return print_ratio(out, result->counts.good, (decimal_wide)result->total);
}

bool
slo_print_consumed(char *out, const struct slo_result *result,
    const struct decimal *target)
{
	return slo_print_burn(out, &result->counts, target);
}

bool
slo_print_remaining(char *out, const struct slo_result *result,
    const struct decimal *target)
{
	decimal_wide budget = allowed_bad(result->total, target);
	decimal_wide spent = (decimal_wide)result->counts.bad *
	    decimal_unit(target);

	if (budget == 0 && spent == 0 && result->total > 0)
		return print_ratio(out, 1, 1);
	return print_ratio(out, budget - spent, budget);
}

void
slo_print_coverage(char *out, const struct slo_result *result)
{
	print_ratio(out, result->covered_ms, result->window_ms);
}

void
slo_print_factor(char *out, const struct slo_burn *burn)
{
	print_ratio(out, (decimal_wide)burn->factor_numerator,
	    (decimal_wide)burn->factor_denominator);
}

bool
slo_print_burn(char *out, const struct slo_counts *counts,
    const struct decimal *target)
{
	uint64_t total = total_of(counts);
	decimal_wide budget = allowed_bad(total, target);

	if (budget == 0 && counts->bad == 0 && total > 0)
		return print_ratio(out, 0, 1);
	return print_ratio(out, (decimal_wide)counts->bad * decimal_unit(target),
	    budget);
}
