/* SPDX-License-Identifier: ISC
 *
 * proof -- whether the bad events of a window are evidence of a missed target. They must
 * be so many that chance does not explain them (evidence.h), and they must lie in several
 * minutes, because retries of one thing are one failure.
 */
#ifndef SLO_PROOF_H
#define SLO_PROOF_H

#include "slo/counted.h"

#include <stddef.h>

struct slo_proof {
	int64_t n;           /* good, bad and unknown ones; unknown count as good */
	int64_t bad;
	int64_t bad_needed;  /* the least bad ones that are evidence; 0: no number is */
	int64_t bad_minutes; /* different minutes with a bad one; 0 for slices */
	bool is_shown;       /* the bad ones are evidence */
};

/* Returns what the counts prove. min_bad_minutes is 0 where there is no rule of minutes.
 * line_count is 1 or more: the lines that share alpha. */
struct slo_proof slo_proof_of(const struct slo_counts *counts,
    const struct decimal *target, int64_t min_bad_minutes, size_t line_count);

#endif
