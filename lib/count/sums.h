/* SPDX-License-Identifier: ISC
 *
 * sums -- the counts of a definition in windows that end at one time, for each group.
 * Whole days come from days, the rest from hours and minutes; the last minute comes from
 * rows when it holds events after the end.
 */
#ifndef COUNT_SUMS_H
#define COUNT_SUMS_H

#include "base/number_map.h"
#include "count/count.h"

#define COUNT_MAX_WINDOWS 8

/* All windows end at until_ms, which belongs to them. They begin at whole minutes from 0 on
 * and not after until_ms, in ascending order. */
struct count_windows {
	int64_t from_ms[COUNT_MAX_WINDOWS];
	size_t count;
	int64_t until_ms;
};

struct count_group_sums {
	int64_t group_no;
	struct count_cell cells[COUNT_MAX_WINDOWS]; /* by window */
	int64_t archived; /* of the unknown events of each window: they left for an archive,
	                   * and may be after until_ms */
};

struct count_sums {
	struct count_group_sums *items; /* owned; in no order */
	size_t count;
	struct number_map by_group; /* group_no to items */
};

/* Sums a definition; the caller releases *out in every case. Groups without events in the
 * windows are left out. */
MUST_USE int count_sum(struct count *count, size_t which,
    const struct count_windows *windows, struct count_sums *out, struct err *err);
void count_sums_release(struct count_sums *sums);

/* Returns the sums of a group, or NULL. */
const struct count_group_sums *count_sums_find(const struct count_sums *sums,
    int64_t group_no);

#endif
