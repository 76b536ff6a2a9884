/* SPDX-License-Identifier: ISC
 *
 * needed -- how many bad events are evidence of a missed objective, by
 * whole numbers alone.
 */
#ifndef TESTS_PROPERTY_NEEDED_H
#define TESTS_PROPERTY_NEEDED_H

#include <stdint.h>

/* alpha is 1 / (NEEDED_ODDS * lines). */
#define NEEDED_ODDS 10000

/* Returns the least k of at least 2 with P(X >= k) < alpha, where X of n events are bad at
 * the rate part / whole; 0 where no k up to n is enough. At the rate 0 each bad event is
 * enough, so it returns 1, and 0 for n = 0. part is from 0 to whole, whole from 1 to
 * 1e9, n from 0 to 1e9, lines from 1 to 1e5. */
int64_t needed_bad(int64_t n, int64_t part, int64_t whole, int64_t lines);

/* Returns P(X >= bad), to be shown. */
long double needed_tail(int64_t n, int64_t bad, int64_t part, int64_t whole);

#endif
