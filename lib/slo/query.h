/* SPDX-License-Identifier: ISC
 *
 * query -- how the events of an objective are counted: the SQL that does it,
 * and what its rows mean.
 *
 * An event that meets `where` is excluded if it meets `exclude`, else good if
 * it meets `good`, else bad. A condition that is NULL is not met. With slices,
 * the events of each slice of time are counted first, and the slices are good,
 * bad or without data. One statement does all this; it returns a row for each
 * group and age, or group and slice.
 */
#ifndef SLO_QUERY_H
#define SLO_QUERY_H

#include "base/buf.h"
#include "slo/events.h"
#include "slo/reference.h"
#include "slo/slo.h"

#define SLO_MAX_GROUP 4

/* Counts by age: slot i has the events that are younger than slo_age_ms(i) and no younger
 * slot has; the last slot has all that are older. */
#define SLO_SLOT_COUNT (SLO_AGE_COUNT + 1)
struct slo_slots {
	struct slo_counts slots[SLO_SLOT_COUNT];
	int64_t first_ms; /* of all counted, excluded ones too; */
	int64_t last_ms;  /* meaningless when all counts are 0 */
};

/* The slot of an event that is age_ms older than the end of the window. */
MUST_USE int slo_slot(int64_t age_ms);

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
	/* SQL around the name of a table in FROM, which leaves out rows of other runs
	 * that a condition would leave out anyway; NULL: none. */
	const char *before_table, *after_table;
};

/* Appends the statement. Its parameters are :from_ms and :until_ms of the window, and
 * :run_id if there is one. Its columns are those of the
 * group, followed by SLO_ROW_COUNT more. All rows of a group are adjacent. */
void slo_query_sql(struct buf *out, const struct slo_query *query,
    const struct slo_scope *scope);

/* The columns of a row after those of the group. */
enum { SLO_ROW_SLOT, SLO_ROW_GOOD, SLO_ROW_BAD, SLO_ROW_BAD_MINUTES, SLO_ROW_EXCLUDED,
	SLO_ROW_FIRST, SLO_ROW_LAST, SLO_ROW_COUNT };

/* Adds a row to the slots of its group. */
void slo_query_add(const struct slo_query *query, const struct slo_scope *scope,
    struct slo_slots *slots, const int64_t row[SLO_ROW_COUNT]);

/* Appends a statement for people that lists the events to look at: bad events,
 * or with slices all events that are counted. values are those of the group;
 * each may be NULL. */
void slo_query_sql_bad(struct buf *out, const struct slo_query *query,
    const struct slo_scope *scope, const char *const *values);

#endif
