/* SPDX-License-Identifier: ISC
 *
 * matches -- the events of an SLO: which of them count as what, and their groups.
 */
#ifndef TESTS_PROPERTY_MATCHES_H
#define TESTS_PROPERTY_MATCHES_H

#include "tests/property/judge.h"

enum state { STATE_GOOD, STATE_BAD, STATE_UNKNOWN, STATE_EXCLUDED, STATE_PRESENCE };

/* An event that meets `where`. */
struct match {
	int64_t ts_ms;
	enum state state;
	struct value group[GROUP_MAX];
	int group_no; /* index of groups; that of `other`, or -1 outside of the window */
};

struct group {
	struct value values[GROUP_MAX];
	int64_t event_count; /* in the window */
	bool is_other;
};

struct matches {
	const struct slo *slo;
	const struct scene *scene;
	struct match *items; /* by ts_ms */
	size_t count;
	bool has_first, has_newest;   /* events of the type, whatever `where` says */
	int64_t first_ms, newest_ms;  /* newest: at or before until_ms */
	int64_t from_ms, until_ms;    /* the window */
	bool is_run, is_unknown_run;  /* an unknown one has no event */
	struct group *groups;         /* none without `group` */
	size_t group_count;
};

/* Reads the scene; matches_release frees what it made. */
void matches_read(struct matches *matches, const struct slo *slo,
    const struct scene *scene, const struct when *when);
void matches_release(struct matches *matches);

/* Returns the quotient, rounded down also below 0. */
int64_t matches_divide(int64_t number, int64_t by);

/* Returns ms rounded down to a whole minute, also below 0. */
int64_t matches_minute(int64_t ms);

#endif
