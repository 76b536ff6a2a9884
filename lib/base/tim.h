/* SPDX-License-Identifier: ISC
 *
 * tim -- clocks, and times as text. Wall-clock times are milliseconds since the
 * epoch, UTC (`_ms`); durations come from the monotonic clock (`_ns`).
 */
#ifndef BASE_TIM_H
#define BASE_TIM_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define TIM_MS_PER_DAY 86400000
/* The end of year 9999: later times have no four-digit year. */
#define TIM_MAX_MS INT64_C(253402300799999)

/* Returns the time of the wall clock, or the value of TEL_NOW_MS when that is
 * an integer: so tests set the clock. */
int64_t tim_now_ms(void);

/* Returns the time of the clock that stamps files, whatever TEL_NOW_MS says. */
int64_t tim_file_ms(void);

/* Returns the time of the monotonic clock, for durations and deadlines; tests
 * cannot set it. */
int64_t tim_monotonic_ns(void);

/* Writes "2015-05-17T10:05:03.000Z"; out has at least TIM_TEXT_SIZE bytes. A
 * time before 1970 or after 9999 becomes the nearest within. */
#define TIM_TEXT_SIZE 32
void tim_print(char *out, int64_t at_ms);

/* Writes the UTC day, "2015-05-17"; the rest as for tim_print. */
void tim_print_day(char *out, int64_t at_ms);

/* Reads a time as people write it: "now", an age ("-30m", "-7d"), ms since the
 * epoch (more than 8 digits), "2015-05-17", "2015-05-17T10:05[:03[.123]]" with
 * an optional Z or +02:00 (without one it is UTC; a blank may replace the T). A
 * leap second, :60, is the first second of the next minute. Returns 0, or -1
 * when the text is none of these, or the time is before 1970 or after 9999. */
MUST_USE int tim_parse(const char *text, int64_t now_ms, int64_t *out_ms);

#endif
