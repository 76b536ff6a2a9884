/* SPDX-License-Identifier: ISC
 *
 * tim -- clocks, and text for them. Wall-clock times are milliseconds since
 * the epoch, UTC (`_ms`); durations come from the monotonic clock (`_ns`).
 */
#ifndef BASE_TIM_H
#define BASE_TIM_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define TIM_MS_PER_DAY 86400000
/* The end of year 9999: later times have no four-digit year. */
#define TIM_MAX_MS INT64_C(253402300799999)

/* The wall clock in ms; the value of TEL_NOW_MS when that is set to an integer
 * (tests set the clock so). */
int64_t tim_now_ms(void);

/* The same by the clock that stamps files, whatever TEL_NOW_MS says. */
int64_t tim_file_ms(void);

/* The monotonic clock in ns, for durations and deadlines; never set by tests. */
int64_t tim_monotonic_ns(void);

/* "2015-05-17T10:05:03.000Z"; size of out is at least TIM_TEXT_SIZE. */
#define TIM_TEXT_SIZE 32
void tim_print(char *out, int64_t at_ms);

/* "2015-05-17", the UTC day; size of out is at least TIM_TEXT_SIZE. */
void tim_print_day(char *out, int64_t at_ms);

/* A time as people write it: "now", an age ("-30m", "-7d"), ms since the epoch
 * (more than 8 digits), "2015-05-17", "2015-05-17T10:05[:03[.123]]" with an
 * optional Z or +02:00 (none means UTC; a blank may stand for the T). A leap
 * second, :60, is the first second of the next minute. Returns 0, or -1 when it
 * is none of these or lies before 1970 or after 9999. */
MUST_USE int tim_parse(const char *text, int64_t now_ms, int64_t *out_ms);

#endif
