/* SPDX-License-Identifier: ISC
 *
 * judge -- an independent judge of objectives. It is naive by intention: it looks at each
 * event for each window, and calculates with whole numbers and fractions.
 *
 * The rules are those of slo-eval(1). Where it is silent, it reads them so:
 *
 *   coverage   from the first to the last event in the window that meets `where`, shared
 *              by until_ms - from_ms, with excluded and unknown ones; 1 for a run
 *   limits     are asked in the order min_events (n with unknown ones), min_coverage,
 *              max_silence, the target, min_bad_events, evidence
 *   budget     budget_low is asked of known events, as budgets are printed
 *   silence    is that of the line's own events that meet `where`
 *   presence   the first event is the first of both types; a group has a line where
 *              either has an event
 *   empty      counts slices without events also where they are bad or excluded
 *   no group   one line without a group is judged, as that of an SLO without groups
 *   excluded   a slice whose events are all excluded is excluded
 *   other      groups are ranked by their events in the window that meet `where`, also
 *              excluded ones; `other` is judged as one group, and is not one of
 *              max_groups
 *   archived   a slice that a departure touches is unknown; of what has left, the first and
 *              the last row may be the first and the newest event
 *   pairs      are left out where their factor would be below 0.9; one below 1 becomes 1
 *   runs       have no burn pairs, and are never too silent; their slices are those of
 *              the UTC clock that have any part of the run, and the first event of
 *              the type is that of the run
 */
#ifndef TESTS_PROPERTY_JUDGE_H
#define TESTS_PROPERTY_JUDGE_H

#include "tests/property/model.h"

/* Rows that are in an archive which is not at hand. Times include both ends. */
struct departure {
	enum type type;
	int64_t rows, first_ms, last_ms;
};

/* What can be known: events, in any order, and what left. */
struct scene {
	const struct event *const *events;
	size_t count;
	const struct departure *departures;
	size_t departure_count;
};

/* When run_id is not NULL, the run is judged. */
struct when {
	int64_t at_ms;
	const char *run_id;
};

struct counts {
	int64_t good, bad, unknown, excluded, empty;
	int64_t archived;    /* of unknown */
	int64_t bad_minutes; /* different minutes with bad events; of events only */
};

enum verdict { PASS, WARN, BREACH, NO_DATA, INSUFFICIENT };

enum reason {
	MET, MISSED, BUDGET_LOW, BURNING, NO_EVENTS, FEW_EVENTS, LOW_COVERAGE, EVIDENCE,
	UNKNOWN, ARCHIVED, SILENT
};

struct burn {
	const char *long_name, *short_name, *severity;
	int64_t factor_part, factor_whole;
	struct counts long_counts, short_counts;
	int64_t needed; /* 0: never */
	bool is_firing;
};

#define BURN_COUNT 4

struct line {
	const struct slo *slo;
	const struct objective *objective;
	bool has_group, is_other;
	struct value group[GROUP_MAX];
	bool is_run;
	bool is_unknown_run; /* it has no event, and thus no window */
	int64_t from_ms, until_ms;
	int64_t line_count; /* of the objective */
	struct counts counts;
	int64_t needed;     /* 0: never */
	int64_t covered_ms, coverage_ms; /* their share */
	bool has_events;
	int64_t silent_ms;  /* of no meaning without events */
	struct burn burns[BURN_COUNT];
	int burn_count;
	enum verdict verdict;
	enum reason reason;
};

struct lines {
	struct line *items;
	size_t count;
};

/* Appends the lines of the SLO, in no order of use. The caller frees items; the lines
 * point into slo and scene. */
void judge_slo(struct lines *lines, const struct slo *slo, const struct scene *scene,
    const struct when *when);

const char *judge_verdict_name(enum verdict verdict);
const char *judge_reason_name(enum reason reason);

#endif
