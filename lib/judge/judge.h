/* SPDX-License-Identifier: ISC
 *
 * slo_judge -- counts the events of each objective in a database and judges
 * them. It only reads.
 */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include "db/db.h"
#include "judge/objectives.h"

/* One line of the answer: an objective for one group. */
struct slo_line {
	const struct slo_item *item;      /* borrowed from the set */
	char *values[SLO_MAX_GROUP];      /* of the group; NULL is NULL */
	bool has_group;                   /* false when no event was found */
	struct slo_scope scope;           /* run_id borrowed */
	struct slo_result result;
};

struct slo_lines {
	struct slo_line *items;
	size_t count;
};

/* When to judge. */
struct slo_time {
	int64_t at_ms;      /* end of rolling windows; later events of a run do
	                     * not count */
	int64_t window_ms;  /* replaces the window of every SLO; 0: keeps them */
	const char *run_id; /* NULL: rolling windows */
	bool is_unknown;    /* the run has no events: every line is no_data */
	struct slo_window run_window;
};

/* Looks the run up in all event tables and fills in run_window and is_unknown.
 * "latest" is the newest (run.h) as of at_ms; *name becomes the run's own name
 * ("latest" when there is none). It is the caller's. */
MUST_USE int slo_judge_run(struct db *db, const char *run,
    struct slo_time *time, char **name, struct err *err);

/* Judges all objectives; lines come in the order of the set, then by group. They
 * are the caller's, for slo_lines_release, after errors too. */
MUST_USE int slo_judge_all(struct db *db, const struct slo_set *set,
    const struct slo_time *time, struct slo_lines *lines, struct err *err);

void slo_lines_release(struct slo_lines *lines);

/* The exit code for the lines together: NO, NO_DATA or YES. */
int slo_lines_exit_code(const struct slo_lines *lines);

#endif
