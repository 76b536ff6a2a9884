/* SPDX-License-Identifier: ISC */
#include "slo/proof.h"
#include "slo/evidence.h"

struct slo_proof
slo_proof_of(const struct slo_counts *counts, const struct decimal *target,
    int64_t min_bad_minutes, size_t line_count)
{
	decimal_wide all = slo_counts_all(counts);
	struct slo_proof proof = {
		.n = all > INT64_MAX ? INT64_MAX : (int64_t)all,
		.bad = counts->bad,
		.bad_minutes = counts->bad_minutes,
	};

	proof.bad_needed = evidence_bad_needed(target, proof.n, (int64_t)line_count);
	/* A target of 1 allows no bad event, not even one that was tried again. */
	if (target->units == decimal_unit(target))
		min_bad_minutes = 0;
	proof.is_shown = proof.bad_needed > 0 && proof.bad >= proof.bad_needed &&
	    proof.bad_minutes >= min_bad_minutes;
	return proof;
}
