/* SPDX-License-Identifier: ISC
 *
 * tally -- the numbers of a window, of events or of slices of time.
 */
#ifndef TESTS_PROPERTY_TALLY_H
#define TESTS_PROPERTY_TALLY_H

#include "tests/property/matches.h"

/* The group that stands for all events. */
#define TALLY_ALL (-1)

/* Counts events with from_ms <= ts_ms <= until_ms, or slices that lie in there, of a
 * group or of TALLY_ALL. */
void tally_window(struct counts *counts, const struct matches *matches, int group_no,
    const struct objective *objective, int64_t from_ms, int64_t until_ms);

/* Whether good events of all are at least the share of the target. */
bool tally_reaches(int64_t good, int64_t all, const struct decimal_text *target);

/* Returns 10^scale. */
int64_t tally_unit(const struct decimal_text *decimal);

#endif
