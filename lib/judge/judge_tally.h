/* SPDX-License-Identifier: ISC
 *
 * judge_tally -- counts the lines of one objective.
 */
#ifndef JUDGE_JUDGE_TALLY_H
#define JUDGE_JUDGE_TALLY_H

#include "judge/counting.h"

/* Counts. The caller releases *out in every case. */
MUST_USE int judge_tally(struct judge_tallies *out,
    const struct judge_counting *counting, struct err *err);
void judge_tallies_release(struct judge_tallies *tallies);

#endif
