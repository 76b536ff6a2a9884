/* SPDX-License-Identifier: ISC
 *
 * slo -- the verdict on a service level objective: from counts to a verdict with its
 * reason, and to an exit code. No clock, no database, no doubles where anything is decided.
 *
 * Counts are of events, or of slices of time. "p95 <= T" is the target 0.95 on "value <=
 * T": by nearest rank the 95th percentile of n values is the ceil(0.95 n)-th smallest, so
 * it is at most T exactly when at least 95 % of the values are.
 *
 * Of an unknown event it is not known whether it is good: its condition is NULL, or it has
 * left for an archive. An objective is met only if it would be with all of them bad, and
 * missed only if it would be with all of them good. Since each of both verdicts stays when
 * more events turn out good or more turn out bad, those two ways to count speak for all.
 */
#ifndef SLO_SLO_H
#define SLO_SLO_H

#include "slo/burn.h"

/* In so many different minutes events have to be bad, unless a user says otherwise. */
#define SLO_MIN_BAD_MINUTES 3

struct slo_objective {
	struct decimal target;  /* 1 allows no bad event */
	/* For verdicts, not for pairs: with fewer events, and missed with fewer bad ones, it
	 * is insufficient, as it is when they cover less of the window. */
	int64_t min_events;
	int64_t min_bad_events;
	struct decimal min_coverage;
	int64_t min_bad_minutes; /* for evidence */
	int64_t max_silence_ms;  /* without an event for longer it is insufficient; 0: never */
	int64_t slice_ms;        /* 0 when events are counted */
};

/* How a line is judged. */
struct slo_case {
	struct slo_window window;
	bool is_run;       /* nothing lies outside of the window: its coverage is 1, it is
	                    * never too young or too silent, and it has no burn pairs */
	bool is_rolling;   /* the window moves with the time of the judgement; not of a run */
	size_t line_count; /* of the objective in this judgement, 1 or more */
};

struct slo_result {
	enum verdict verdict;
	enum verdict_reason reason;
	struct slo_counts counts;
	int64_t total;          /* good + bad; INT64_MAX when it is more */
	bool has_proof;         /* there is anything that could be evidence: proof.n > 0 */
	struct slo_proof proof;
	size_t line_count;      /* that share alpha */
	bool is_young;          /* the window began before the first event */
	int64_t covered_ms, window_ms; /* covered_ms of window_ms, which is above 0 */
	int64_t silent_ms;      /* from the newest event to the end of the window; -1: none */
	struct slo_burn burns[SLO_PAIR_COUNT];
	size_t burn_count;
};

/* Judges one line.
 *
 * A miss needs evidence when the window began before the first event, so that it says
 * little, and when the line is one of several, one of which is always the worst. A run or
 * a full window as a whole is accounting: it is missed when more events are bad than are
 * allowed. Minutes with bad events are asked for only of events in a rolling window. */
void slo_judge(struct slo_result *result, const struct slo_objective *objective,
    const struct slo_tally *tally, const struct slo_case *judged);

/* Whether any pair is firing, or any of that severity. */
bool slo_is_firing(const struct slo_result *result);
bool slo_is_firing_as(const struct slo_result *result, enum severity severity);

/* What ends with EXIT_NO, beside the word itself all before it. */
enum slo_fail_on {
	SLO_FAIL_ON_BREACH, /* a breach; pairs do not count */
	SLO_FAIL_ON_PAGE,   /* a firing pair of severity page, whatever the verdict */
	SLO_FAIL_ON_WARN    /* a verdict of warn */
};

/* Returns the exit code of one line: EXIT_NO, EXIT_NO_DATA when there is no verdict, else
 * EXIT_YES. */
MUST_USE int slo_exit_code(const struct slo_result *result, enum slo_fail_on fail_on);

#endif
