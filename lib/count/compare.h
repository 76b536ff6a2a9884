/* SPDX-License-Identifier: ISC
 *
 * compare -- whether two counts of one database agree, for the proof that what was added
 * up over time is what all rows say at once.
 */
#ifndef COUNT_COMPARE_H
#define COUNT_COMPARE_H

#include "base/buf.h"
#include "count/count.h"

/* Compares all numbers of the definitions that both counts were opened with, but for days
 * of which one lacks rows that left for an archive; *skipped becomes the number of those.
 * Returns 1 when they agree; 0 when they do not, and appends where to *out; -1 on an
 * error. */
MUST_USE int count_compare(struct count *a, struct count *b, struct buf *out,
    int64_t *skipped, struct err *err);

#endif
