/* SPDX-License-Identifier: ISC
 *
 * slices -- the slices of time of an objective: those of the UTC clock that lie in the
 * window and are over. Of a run also those that its ends cut, because nothing of it lies
 * outside.
 */
#ifndef JUDGE_SLICES_H
#define JUDGE_SLICES_H

#include "judge/counting.h"

/* Puts counts of slices in place of those of events in the tallies. */
MUST_USE int judge_slices(struct judge_tallies *tallies,
    const struct judge_counting *counting, struct err *err);

#endif
