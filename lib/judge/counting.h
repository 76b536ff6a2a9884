/* SPDX-License-Identifier: ISC
 *
 * counting -- what is counted for the lines of an objective, from which counts, and what
 * they do not have because it left for an archive.
 */
#ifndef JUDGE_COUNTING_H
#define JUDGE_COUNTING_H

#include "judge/groups.h"

/* What is counted, from which counts. All is borrowed. */
struct judge_counting {
	struct count *count;
	const struct slo_query *query;
	struct slo_window window;
	bool is_run; /* nothing of the counts lies outside of the window */
	/* Places of definitions in count: what the query counts, the events that show that
	 * slices exist, all events of the type, and all of the type of `presence`. */
	size_t matching, presence, type, presence_type;
	int64_t lost; /* events of a run that left for an archive */
};

/* The lines of an objective, and what was counted for each. */
struct judge_tallies {
	struct judge_groups groups;
	struct slo_tally *items; /* owned; groups.count */
	int64_t first_ms;  /* of the type, or of that of `presence`; INT64_MAX: no events */
	int64_t newest_ms; /* of the type up to the end of the window, -1 without */
	int64_t later_count; /* events of the type after the end */
};

/* Whether rows of the type may have left for an archive from a window; with NULL, whether
 * rows of it left at known times. */
bool judge_counting_touches(const struct slo_events *events,
    const struct departure *departure, const struct slo_window *window);

/* Adds to counts the events of a window that left for an archive and that the definition,
 * which is one of these events, has not counted. */
void judge_counting_archived(const struct judge_counting *counting, size_t which,
    const struct slo_events *events, const struct slo_window *window,
    struct slo_counts *counts);

#endif
