/* SPDX-License-Identifier: ISC
 *
 * slo_line -- for the tests of lib/slo: what is judged, made from a few numbers.
 */
#ifndef TESTS_UNIT_SLO_SLO_LINE_H
#define TESTS_UNIT_SLO_SLO_LINE_H

#include "slo/print.h"
#include "tests/unit/random.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define NOW_MS INT64_C(1700000000000)

struct line {
	struct slo_objective objective;
	struct slo_tally tally;
	struct slo_case judged;
};

static inline struct decimal
decimal_of(const char *text)
{
	struct decimal decimal;

	assert_int_equal(decimal_parse(text, 0, &decimal), 0);
	return decimal;
}

/* A rolling window of 30 days, full of old events, each bad one in a minute of its own. */
static inline struct line
line_of(const char *target, int64_t good, int64_t bad)
{
	struct line line = {
		.objective = { .target = decimal_of(target), .min_events = 1,
		    .min_bad_minutes = SLO_MIN_BAD_MINUTES },
		.tally = { .window = { .good = good, .bad = bad, .bad_minutes = bad },
		    .has_events = good > 0 || bad > 0, .first_ms = NOW_MS - 30 * DAY_MS,
		    .last_ms = NOW_MS, .begin_ms = NOW_MS - 40 * DAY_MS,
		    .newest_ms = good > 0 || bad > 0 ? NOW_MS : -1 },
		.judged = { .window = { NOW_MS - 30 * DAY_MS, NOW_MS }, .is_rolling = true,
		    .line_count = 1 },
	};

	return line;
}

static inline struct slo_result
judge(const struct line *line)
{
	struct slo_result result;

	slo_judge(&result, &line->objective, &line->tally, &line->judged);
	return result;
}

/* Fails unless the line has that verdict, for that reason; returns its result. */
static inline struct slo_result
expect(const struct line *line, enum verdict verdict, enum verdict_reason reason)
{
	struct slo_result result = judge(line);

	if (result.verdict != verdict || result.reason != reason)
		fail_msg("%s, %s instead of %s, %s", verdict_word(result.verdict),
		    verdict_reason_word(result.reason), verdict_word(verdict),
		    verdict_reason_word(reason));
	return result;
}

/* Adds events of an age to the window and to all windows of the ages that they lie in. */
static inline void
add_events(struct line *line, int64_t age_ms, int64_t good, int64_t bad,
    int64_t bad_minutes)
{
	struct slo_tally *tally = &line->tally;

	for (int i = -1; i < SLO_AGE_COUNT; i++) {
		struct slo_counts *counts = i < 0 ? &tally->window : &tally->ages[i];

		if (i >= 0 && slo_age_ms(i) < age_ms)
			continue;
		counts->good += good;
		counts->bad += bad;
		counts->bad_minutes += bad_minutes;
	}
	if (!tally->has_events || NOW_MS - age_ms < tally->first_ms)
		tally->first_ms = NOW_MS - age_ms;
	if (!tally->has_events || NOW_MS - age_ms > tally->newest_ms)
		tally->last_ms = tally->newest_ms = NOW_MS - age_ms;
	tally->has_events = true;
}

#endif
