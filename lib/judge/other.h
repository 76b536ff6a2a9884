/* SPDX-License-Identifier: ISC
 *
 * other -- the line of the groups past the limit. Their events add up, but not the
 * minutes with bad events, which may be the same ones.
 */
#ifndef JUDGE_OTHER_H
#define JUDGE_OTHER_H

#include "judge/counting.h"

/* Sets the bad_minutes of the last line, which is that of the others, in all its windows.
 * sums are those of the windows, of every group. */
MUST_USE int judge_other_minutes(struct judge_tallies *tallies,
    const struct judge_counting *counting, const struct count_windows *windows,
    const struct count_sums *sums, struct err *err);

#endif
