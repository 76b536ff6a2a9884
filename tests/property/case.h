/* SPDX-License-Identifier: ISC
 *
 * case -- cases made by hand, for the tests of the judge.
 */
#ifndef TESTS_PROPERTY_CASE_H
#define TESTS_PROPERTY_CASE_H

#include "tests/property/judge.h"

/* The end of windows, 40 s after a whole minute. */
#define CASE_NOW INT64_C(1780000000000)

/* No status: the request was not answered. */
#define CASE_NO_STATUS 0

#define CASE_EVENT_MOST 70000

/* Events, an SLO of one objective that counts requests with a status from 500 on as bad,
 * over 30 days, and its judgement. */
struct test_case {
	struct event *events;
	size_t count;
	struct departure departures[2];
	size_t departure_count;
	struct slo slo;
	int64_t at_ms;
	const char *run;
	struct lines lines;
};

/* case_end frees what the others made. */
void case_start(struct test_case *test, const char *target);
void case_end(struct test_case *test);

/* Adds a request to a host; returns it, so that more of it can be set. */
struct event *case_request(struct test_case *test, int64_t ts_ms, int status,
    const char *host);

/* Adds a breaker of a host that opened. */
struct event *case_open(struct test_case *test, int64_t ts_ms, const char *host);

/* Sets the method to Timeslices. */
void case_slices(struct test_case *test, int64_t slice_ms, const char *target);

void case_window(struct test_case *test, int64_t window_ms);

/* Groups by host. */
void case_group(struct test_case *test);

/* Judges, and returns the only line; the lines of the last judgement are gone. */
const struct line *case_judge(struct test_case *test);

/* Judges, and returns the line of the host; NULL: that of other. */
const struct line *case_judge_host(struct test_case *test, const char *host);

/* Whether it has this verdict and reason. Prints what it has, if not. */
bool case_is(const struct line *line, enum verdict verdict, enum reason reason);

/* Returns the names of the long windows of the pairs that fire, as "1h 6h". */
const char *case_firing(const struct line *line);

/* Whether bad events burn the budget of the line exactly part / whole times as fast as
 * the target allows. */
bool case_burns(const struct line *line, const struct counts *counts, int64_t part,
    int64_t whole);

/* The decimal of a text. */
struct decimal_text case_decimal(const char *text);

#endif
