/* SPDX-License-Identifier: ISC
 *
 * slice_cells -- the events in each slice of time of each line of an objective, for as many
 * slices at a time as there is memory for.
 */
#ifndef JUDGE_SLICE_CELLS_H
#define JUDGE_SLICE_CELLS_H

#include "judge/counting.h"

struct slice_cells {
	int64_t slice_ms;
	size_t chunk;         /* slices at a time, from a multiple of it on */
	int64_t first, count; /* numbers of those that were read, since the epoch */
	/* By line and slice, at line * chunk + slice: */
	struct count_cell *matching; /* owned */
	struct count_cell *presence; /* of events that show that slices exist; NULL: none */
	size_t *touched;      /* where there are events of either, in any order; owned */
	size_t touched_count;
	/* Of slice_cells.c: */
	const struct number_map *lines; /* by number of a group; borrowed */
	struct count_cell *target;      /* which of both is being read */
	bool *is_touched;
};

/* Makes room. What counting and groups say is borrowed. The caller gives *out to
 * slice_cells_close. */
void slice_cells_open(struct slice_cells *out, const struct judge_counting *counting,
    const struct judge_groups *groups);
void slice_cells_close(struct slice_cells *cells);

/* Reads count slices from number `first` on, at most chunk, in place of those before. */
MUST_USE int slice_cells_read(struct slice_cells *cells,
    const struct judge_counting *counting, int64_t first, int64_t count, struct err *err);

#endif
