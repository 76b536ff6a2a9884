/* SPDX-License-Identifier: ISC
 *
 * query -- what an objective counts: which events, what makes one good, and what makes a
 * slice of time good. selection.h says how events are counted, slice.h what becomes of
 * slices.
 */
#ifndef SLO_QUERY_H
#define SLO_QUERY_H

#include "base/buf.h"
#include "slo/events.h"
#include "slo/reference.h"
#include "slo/slo.h"

#define SLO_MAX_GROUP 4

/* Lines of an objective, unless a user says otherwise, and the most that he may say. */
#define SLO_MAX_GROUPS 100
#define SLO_MOST_GROUPS 10000

/* What slices without events are. */
enum slo_empty { SLO_EMPTY_GOOD, SLO_EMPTY_BAD, SLO_EMPTY_EXCLUDED };

enum slo_compare { SLO_LTE, SLO_LT, SLO_GTE, SLO_GT };

struct slo_query {
	struct slo_events event;
	char *where;   /* SQL of expression.h; NULL for all events */
	char *exclude; /* NULL for none */
	char *good;    /* NULL only when counts_events */
	bool is_bad;   /* the condition in `good` selects the bad ones */
	struct slo_group group[SLO_MAX_GROUP];
	size_t group_count;
	int64_t max_groups;          /* those with the most events; the others are one */

	int64_t slice_ms;            /* 0 when events are counted, not slices */
	bool counts_events;          /* a slice is good when its count of events
	                              * compares so with limit: */
	enum slo_compare compare;
	int64_t limit;
	struct decimal slice_target; /* else a slice is good when this share of
	                              * its events is */
	bool counts_age;             /* a slice is good when the ms from the newest event to
	                              * its end compare so with limit */
	enum slo_empty empty_slices; /* else: what slices without events are */
	/* With counts_events, a slice exists only if it has such an event. */
	struct slo_events presence;
	char *presence_where;
};

void slo_query_release(struct slo_query *query);

/* Returns the operator in SQL, such as "<=". Static. */
const char *slo_compare_sql(enum slo_compare compare);

/* The span that is judged: a rolling window or a run. */
struct slo_scope {
	struct slo_window window;
	const char *run_id; /* NULL: a rolling window */
	bool is_unknown;    /* there is no such run, so that it has no window */
};

/* Appends a statement for people that lists the events to look at: bad events, with
 * slices all events that are counted, for an age the newest of them. values are those of the group;
 * each may be NULL. */
void slo_query_sql_bad(struct buf *out, const struct slo_query *query,
    const struct slo_scope *scope, const char *const *values);

#endif
