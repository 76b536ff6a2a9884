/* SPDX-License-Identifier: ISC
 *
 * burn -- pairs of burn rates: whether the error budget is being spent so fast that
 * somebody has to look. A burn rate is the share of bad events as a multiple of the share
 * that the target allows.
 *
 * The pairs are those of Google's "Site Reliability Workbook", chapter 5, and the pair of
 * one day that is common beside them. Each has a factor, the burn rate that spends a
 * certain part of the budget in its long window, and fires when both its windows burn
 * faster: the long one shows that it matters, the short one that it has not ended.
 * Besides, the bad events of the long window must be evidence (proof.h), so that one
 * failure among few events fires nothing.
 */
#ifndef SLO_BURN_H
#define SLO_BURN_H

#include "slo/proof.h"
#include "tel/word.h"

#define SLO_PAIR_COUNT 4

struct slo_burn {
	const char *long_name;  /* "1h" */
	const char *short_name; /* "5m" */
	enum severity severity;
	int64_t factor_numerator, factor_denominator;
	struct slo_window long_window;
	struct slo_counts long_counts, short_counts;
	struct slo_proof proof; /* of the long window */
	bool is_firing;
};

/* Which pairs there are, and when they fire. */
struct slo_burn_rule {
	struct decimal target;
	int64_t window_ms;       /* of the objective: for how long its budget has to last */
	int64_t slice_ms;        /* 0 when events are counted */
	int64_t min_bad_minutes; /* ignored for slices */
	size_t line_count;       /* that share alpha, 1 or more */
};

/* Fills burns with the pairs that there are, and returns their number. A pair is left out
 * when its short window is shorter than a slice; when its factor is below 0.9, because it
 * would fire within the budget; and when the target is 1, which has no budget. A factor of
 * 0.9 to 1 becomes 1. A window of more than 100 years is taken as 100. */
size_t slo_burns_of(struct slo_burn burns[SLO_PAIR_COUNT], const struct slo_burn_rule *rule,
    const struct slo_counts ages[SLO_AGE_COUNT], int64_t until_ms);

#endif
