/* SPDX-License-Identifier: ISC
 *
 * slice -- what becomes of a slice of time: good, bad, unknown, excluded, or not counted.
 *
 * A slice is good when its share of good events reaches the target of slices, or when
 * their number, or the age of the newest of them at the end of the slice, compares so with
 * a limit. It is unknown when that depends on unknown events.
 */
#ifndef SLO_SLICE_H
#define SLO_SLICE_H

#include "slo/query.h"

enum slo_slice_state {
	SLO_SLICE_ABSENT, /* there was nothing to judge, so it is not counted */
	SLO_SLICE_GOOD,
	SLO_SLICE_BAD,
	SLO_SLICE_UNKNOWN,
	SLO_SLICE_EXCLUDED
};

/* What is known of a slice. */
struct slo_slice {
	int64_t good, bad, unknown, excluded; /* events */
	int64_t present;      /* events that show that the slice exists */
	int64_t until_ms;     /* the end, which belongs to the next slice */
	int64_t newest_ms;    /* of the newest matching event before the end; -1: never */
	bool is_before_first; /* it ends before the first event of the type */
	bool is_after_newest; /* it begins after the newest event of the type */
	bool is_archived;     /* events that are not counted may lie in it; for the age, in
	                       * the time that the limit allows before its end */
};

/* Returns the state of a slice, and whether it is one without events. */
enum slo_slice_state slo_slice_state(const struct slo_query *query,
    const struct slo_slice *slice, bool *is_empty);

#endif
