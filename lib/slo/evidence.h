/* SPDX-License-Identifier: ISC
 *
 * evidence -- how many bad events show that an objective is missed, instead of being the
 * bad luck of few events. A service that just meets a target of 99 % has a bad event
 * among the first three in 3 % of all cases, and its users were promised no better.
 *
 * The question is a one-sided test of the rate 1 - target: are so many bad events, or
 * more, rarer than alpha in a service that meets its target? Events are taken as
 * independent. alpha is shared by the lines that one judgement looks at, so that a
 * report of many groups is not more often wrong than a report of one.
 */
#ifndef SLO_EVIDENCE_H
#define SLO_EVIDENCE_H

#include "slo/decimal.h"

#include <stdint.h>

/* alpha is 1 / (EVIDENCE_ODDS * number of lines). */
#define EVIDENCE_ODDS 10000

/* The probability numerator / denominator of a bad event, from 0 to 1. */
struct evidence_rate {
	int64_t numerator, denominator;
};

/* Returns 1 - target: the rate of bad events that only just meets the target. */
struct evidence_rate evidence_rate_allowed(const struct decimal *target);

/* Returns the least number of bad events among total ones that is evidence of a missed
 * target: the least k of at least 2 with P(X >= k) < alpha, for X bad events of total
 * ones at the rate 1 - target. Returns 0 where not even total bad events are evidence,
 * so that 0 means never. A single bad event misses a target of 1, for which 1 is
 * returned (0 if total is 0).
 *
 * A tail that equals alpha is no evidence, as for 2 of 2 at 99 %. So that rounding never
 * decides that, a tail within 1e-15 of alpha counts as equal; up to 1e9 events the error
 * is below half of this, where a long double has 64 bits or more. Both are relative.
 *
 * total is 0 or more, line_count 1 or more. The time grows with the root of the expected
 * bad events: at 99.9 % it is 2 us up to 1e6 events and 30 us for 1e9, at 50 % 1 ms. */
MUST_USE int64_t evidence_bad_needed(const struct decimal *target, int64_t total,
    int64_t line_count);

/* Returns P(X >= bad), for X bad events of total ones at a rate: how often so many are
 * bad by chance. It is for people, as %.6Lg; compare counts with evidence_bad_needed
 * instead. Below the least long double, 1e-4932 or so, it is 0. total is 0 or more. */
MUST_USE long double evidence_tail(const struct evidence_rate *rate, int64_t bad,
    int64_t total);

#endif
