/* SPDX-License-Identifier: ISC
 *
 * last_minute -- the part of a minute up to a time, from rows and, where they left, from the
 * archive: a base counts whole minutes. It is needed where events are later than the end of
 * the windows.
 */
#ifndef COUNT_LAST_MINUTE_H
#define COUNT_LAST_MINUTE_H

#include "count/count.h"

/* Called for each group with events after until_ms in its minute: cell has those up to
 * until_ms, and as unknown ones those that left for an archive which does not give them
 * back: `archived` of them. */
typedef int last_minute_visitor(void *context, int64_t group_no,
    const struct count_cell *cell, int64_t archived);

MUST_USE int count_last_minute(struct count *count, size_t which, int64_t until_ms,
    last_minute_visitor *visit, void *context, struct err *err);

#endif
