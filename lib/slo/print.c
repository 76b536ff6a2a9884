/* SPDX-License-Identifier: ISC */
#include "slo/print.h"
#include "slo/evidence.h"

#include <stdio.h>

static bool
print_ratio(char *out, decimal_wide numerator, decimal_wide denominator)
{
	out[0] = '\0';
	if (denominator == 0)
		return false;
	decimal_print_ratio(out, numerator, denominator);
	return true;
}

/* bad events as a share of those that are allowed among total ones. */
static bool
print_spent(char *out, int64_t bad, decimal_wide total, const struct decimal *target)
{
	decimal_wide budget = slo_allowed(total, target);

	if (budget == 0 && bad == 0 && total > 0)
		return print_ratio(out, 0, 1);
	return print_ratio(out, (decimal_wide)bad * decimal_unit(target), budget);
}

bool
slo_print_sli(char *out, const struct slo_result *result)
{
	return print_ratio(out, result->counts.good, slo_counts_known(&result->counts));
}

bool
slo_print_consumed(char *out, const struct slo_result *result,
    const struct decimal *target)
{
	return print_spent(out, result->counts.bad, slo_counts_known(&result->counts),
	    target);
}

bool
slo_print_remaining(char *out, const struct slo_result *result,
    const struct decimal *target)
{
	decimal_wide total = slo_counts_known(&result->counts);
	decimal_wide budget = slo_allowed(total, target);
	decimal_wide spent = (decimal_wide)result->counts.bad * decimal_unit(target);

	if (budget == 0 && spent == 0 && total > 0)
		return print_ratio(out, 1, 1);
	return print_ratio(out, budget - spent, budget);
}

void
slo_print_coverage(char *out, const struct slo_result *result)
{
	print_ratio(out, result->covered_ms, result->window_ms);
}

bool
slo_print_silent(char *out, const struct slo_result *result)
{
	return print_ratio(out, result->silent_ms, result->silent_ms < 0 ? 0 : 1000);
}

void
slo_print_factor(char *out, const struct slo_burn *burn)
{
	print_ratio(out, burn->factor_numerator, burn->factor_denominator);
}

bool
slo_print_burn(char *out, const struct slo_counts *counts,
    const struct decimal *target)
{
	return print_spent(out, counts->bad, slo_counts_all(counts), target);
}

void
slo_print_alpha(char *out, const struct slo_result *result)
{
	print_ratio(out, 1, (decimal_wide)EVIDENCE_ODDS * (decimal_wide)result->line_count);
}

void
slo_print_chance(char *out, const struct slo_proof *proof,
    const struct decimal *target)
{
	struct evidence_rate rate = evidence_rate_allowed(target);

	snprintf(out, DECIMAL_TEXT_SIZE, "%.6Lg",
	    evidence_tail(&rate, proof->bad, proof->n));
}

int64_t
slo_allowed_count(int64_t n, const struct decimal *target)
{
	return (int64_t)(slo_allowed(n, target) / decimal_unit(target));
}
