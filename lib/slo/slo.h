/* SPDX-License-Identifier: ISC
 *
 * slo -- the arithmetic of service level objectives: from counts to a verdict,
 * an error budget and burn rates. No clock, no database, no doubles.
 *
 * Counts are of events, or of slices of time. "p95 <= T" is the target 0.95 on
 * "value <= T": by nearest rank the 95th percentile of n values is the
 * ceil(0.95 n)-th smallest, so it is at most T exactly when at least 95 % of
 * the values are.
 */
#ifndef SLO_SLO_H
#define SLO_SLO_H

#include "slo/decimal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rolling windows hold events with from_ms < ts_ms <= until_ms; the window of a
 * run goes from its first event to its last. */
struct slo_window {
	int64_t from_ms;
	int64_t until_ms;
};

/* The ages whose counts are kept apart: the long and short windows of the
 * burn-rate pairs, ascending, then everything older. Each slot holds events
 * older than those of the one before; slo_slot_ms of the last is INT64_MAX. */
#define SLO_SLOT_COUNT 8
int64_t slo_slot_ms(int slot);

/* The slot of an event that is age_ms older than the end of the window. */
MUST_USE int slo_slot(int64_t age_ms);

struct slo_counts {
	int64_t good;
	int64_t bad;
	int64_t excluded;
};

struct slo_tally {
	struct slo_counts slots[SLO_SLOT_COUNT];
	int64_t first_ms; /* of all counted, excluded ones too; */
	int64_t last_ms;  /* meaningless when all counts are 0 */
};

struct slo_objective {
	struct decimal target;         /* 1 allows no bad event */
	int64_t min_events;            /* with fewer the verdict is insufficient */
	int64_t min_bad_events;        /* with fewer a miss is insufficient */
	struct decimal min_coverage;
	int64_t slice_ms;              /* 0 when events are counted */
};

enum slo_verdict {
	SLO_PASS,
	SLO_WARN,
	SLO_BREACH,
	SLO_NO_DATA,
	SLO_INSUFFICIENT
};

/* What decided the verdict. */
enum slo_reason {
	SLO_MET,
	SLO_MISSED,
	SLO_BUDGET_LOW,   /* met, less than a quarter of the budget is left */
	SLO_BURNING,      /* met, a pair of burn rates fires */
	SLO_NO_EVENTS,
	SLO_FEW_EVENTS,
	SLO_LOW_COVERAGE
};

const char *slo_verdict_name(enum slo_verdict verdict);
const char *slo_reason_name(enum slo_reason reason);

/* One row of the table of Google's "Site Reliability Workbook", chapter 5, and
 * the row of one day that is common beside it: budget_percent of the budget
 * spent in long_ms is a burn rate of budget_percent * window / long. */
#define SLO_PAIR_COUNT 4
struct slo_burn {
	const char *long_name;  /* "1h" */
	const char *short_name; /* "5m" */
	uint64_t factor_numerator, factor_denominator;
	struct slo_counts long_counts, short_counts;
	bool is_covered;        /* the data reach back to the start of long */
	bool is_firing;
};

struct slo_result {
	enum slo_verdict verdict;
	enum slo_reason reason;
	struct slo_counts counts;
	uint64_t total; /* good + bad */
	int64_t covered_ms, window_ms; /* coverage_ratio; window_ms is above 0 */
	struct slo_burn burns[SLO_PAIR_COUNT];
	size_t burn_count;
};

/* Judges one group. is_whole says that there is nothing outside the window (a
 * run), so that its coverage is 1. A pair is left out when its factor would be
 * below 0.9 (it would warn within the budget), when its short window is shorter
 * than a slice, and when the target is 1. */
void slo_judge(struct slo_result *result, const struct slo_objective *objective,
    const struct slo_tally *tally, const struct slo_window *window,
    bool is_whole);

/* Each writes a number as text; out has at least DECIMAL_TEXT_SIZE bytes. Without
 * events, or without a budget to divide by, out is "" and the result false. */
bool slo_print_sli(char *out, const struct slo_result *result);
bool slo_print_consumed(char *out, const struct slo_result *result,
    const struct decimal *target);
bool slo_print_remaining(char *out, const struct slo_result *result,
    const struct decimal *target);
void slo_print_coverage(char *out, const struct slo_result *result);
void slo_print_factor(char *out, const struct slo_burn *burn);
/* Writes the share of bad events as a multiple of the share that the target
 * allows. */
bool slo_print_burn(char *out, const struct slo_counts *counts,
    const struct decimal *target);

#endif
