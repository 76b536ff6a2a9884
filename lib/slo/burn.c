/* SPDX-License-Identifier: ISC */
#include "slo/burn.h"

#define MINUTE_MS INT64_C(60000)
#define MAX_WINDOW_MINUTES (INT64_C(100) * 366 * 24 * 60)

static const struct pair {
	enum slo_age long_age, short_age;
	enum severity severity;
	int64_t budget_percent; /* of the budget, spent in the long window */
} pairs[SLO_PAIR_COUNT] = {
	{ SLO_AGE_1H, SLO_AGE_5M, SEVERITY_page, 2 },
	{ SLO_AGE_6H, SLO_AGE_30M, SEVERITY_page, 5 },
	{ SLO_AGE_1D, SLO_AGE_2H, SEVERITY_ticket, 10 },
	{ SLO_AGE_3D, SLO_AGE_6H, SEVERITY_ticket, 10 },
};

/* Whether bad / all > factor * (1 - target). Counts of 63 bits, a target of 30 and a
 * factor of 29 make at most 124 bits. */
static bool
is_above_factor(const struct slo_counts *counts, const struct slo_burn *burn,
    const struct decimal *target)
{
	return (decimal_wide)counts->bad * decimal_unit(target) * burn->factor_denominator >
	    slo_allowed(slo_counts_all(counts), target) * burn->factor_numerator;
}

/* Sets the factor, budget_percent * window / long. Returns false when the pair is left out
 * because of it. */
static bool
set_factor(struct slo_burn *burn, const struct pair *pair, int64_t window_ms)
{
	int64_t minutes = window_ms / MINUTE_MS;

	if (minutes > MAX_WINDOW_MINUTES)
		minutes = MAX_WINDOW_MINUTES;
	burn->factor_numerator = pair->budget_percent * minutes;
	burn->factor_denominator = slo_age_ms((int)pair->long_age) / MINUTE_MS * 100;
	if (burn->factor_numerator * 10 < burn->factor_denominator * 9)
		return false;
	if (burn->factor_numerator < burn->factor_denominator)
		burn->factor_numerator = burn->factor_denominator;
	return true;
}

size_t
slo_burns_of(struct slo_burn burns[SLO_PAIR_COUNT], const struct slo_burn_rule *rule,
    const struct slo_counts ages[SLO_AGE_COUNT], int64_t until_ms)
{
	size_t count = 0;

	if (rule->target.units == decimal_unit(&rule->target))
		return 0;
	for (size_t i = 0; i < SLO_PAIR_COUNT; i++) {
		const struct pair *pair = &pairs[i];
		struct slo_burn *burn = &burns[count];

		if (slo_age_ms((int)pair->short_age) < rule->slice_ms ||
		    !set_factor(burn, pair, rule->window_ms))
			continue;
		burn->long_name = slo_age_name((int)pair->long_age);
		burn->short_name = slo_age_name((int)pair->short_age);
		burn->severity = pair->severity;
		burn->long_window = slo_age_window((int)pair->long_age, until_ms);
		burn->long_counts = ages[pair->long_age];
		burn->short_counts = ages[pair->short_age];
		burn->proof = slo_proof_of(&burn->long_counts, &rule->target,
		    rule->slice_ms > 0 ? 0 : rule->min_bad_minutes, rule->line_count);
		burn->is_firing = burn->proof.is_shown &&
		    is_above_factor(&burn->long_counts, burn, &rule->target) &&
		    is_above_factor(&burn->short_counts, burn, &rule->target);
		count++;
	}
	return count;
}
