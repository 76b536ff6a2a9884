/* SPDX-License-Identifier: ISC
 *
 * archive_times -- counts the rows of some times that left for an archive, from there:
 * of a minute, of which a base knows only the whole.
 */
#ifndef COUNT_ARCHIVE_TIMES_H
#define COUNT_ARCHIVE_TIMES_H

#include "count/count_private.h"

/* Adds to base, which has nothing of the definitions of count, the archived rows with times
 * from from_ms to last_ms. Definitions that have not counted all that left of these times
 * get nothing. Returns 1, also when nothing left; 0 when the archive cannot be read: base
 * then says nothing; -1 on an error. */
MUST_USE int count_archive_times(struct count_base *base, struct count *count,
    int64_t from_ms, int64_t last_ms, struct err *err);

#endif
