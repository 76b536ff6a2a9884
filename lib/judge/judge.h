/* SPDX-License-Identifier: ISC
 *
 * judge -- counts the events of each objective in a database and judges the
 * objectives. It only reads.
 */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include "count/count.h"
#include "judge/objectives.h"
#include "store/run.h"
#include "store/run_left.h"

/* One line of the answer: an objective for one group. */
struct judge_line {
	const struct judge_set_item *item;      /* borrowed from the set */
	char *values[SLO_MAX_GROUP];      /* of the group; NULL is NULL */
	bool has_group;                   /* false when no event was found */
	bool is_other;                    /* the sum of groups past the limit of groups; */
	size_t other_count;               /* so many, at least */
	struct slo_scope scope;           /* run_id borrowed */
	struct slo_result result;
};

/* What is known of a type of events that was judged. */
struct judge_type {
	const struct slo_events *events; /* borrowed from the set */
	int64_t newest_ms;   /* of its events up to the end of the windows; -1: none */
	int64_t later_count; /* of its events after that */
};

struct judge_lines {
	struct judge_line *items;
	size_t count;
	struct judge_type *types; /* each once */
	size_t type_count;
};

/* When to judge. */
struct judge_time {
	int64_t at_ms;      /* end of rolling windows; of a run, events after it do
	                     * not count */
	int64_t window_ms;  /* replaces the window of every SLO; 0: keeps them */
	const char *run_id; /* NULL: rolling windows */
	bool is_unknown;    /* the run has no events: every line is no_data */
	struct slo_window run_window;
	struct run_from run_from;
	struct run_left left; /* events of the run that are not in the database any more */
};

/* Looks up a run in all event tables and sets run_window, is_unknown and left, whose
 * archive the caller frees.
 * "latest" is the newest run (run.h) as of at_ms. *name becomes the name of
 * that run, or "latest" when there is none; the caller frees it. */
MUST_USE int judge_run(struct db *db, const char *run,
    struct judge_time *time, char **name, struct err *err);

/* How to count. */
struct judge_options {
	struct count_options counts;
	/* Told of counts that are done without, */
	void (*warn)(void *context, const char *text);
	void *warn_context;
	void (*tell)(const char *text); /* and of what was counted */
};

/* Compares the counts file with what the rows say. Returns 1 when they agree, 0 when they
 * do not, or the file is damaged, and it is to be deleted; -1 on an error. */
MUST_USE int judge_recount(struct db *db, const struct judge_set *set,
    const struct judge_options *options, struct err *err);

/* Judges all objectives. Lines are in the order of the set, and within an
 * objective by group. The caller releases them, after errors too. */
MUST_USE int judge_all(struct db *db, const struct judge_set *set,
    const struct judge_time *time, const struct judge_options *options,
    struct judge_lines *lines, struct err *err);

void judge_lines_release(struct judge_lines *lines);

/* Returns the exit code for the lines: EXIT_NO when it is that of any line, else
 * EXIT_NO_DATA when it is that of any, or when no line counts, else EXIT_YES. A line of an
 * optional objective without data does not count. */
MUST_USE int judge_lines_exit_code(const struct judge_lines *lines,
    enum slo_fail_on fail_on);

#endif
