/* SPDX-License-Identifier: ISC
 *
 * tally -- exact percentiles of whole numbers (milliseconds, mostly). It keeps
 * a count for each value, in pages allocated on demand, so its size grows with
 * the spread of the values and not with their number.
 */
#ifndef FETCH_TALLY_H
#define FETCH_TALLY_H

#include <stddef.h>
#include <stdint.h>

#define TALLY_MAX_VALUE ((INT64_C(1) << 28) - 1) /* 3 days in ms */

struct tally {
	int64_t **pages;
	size_t page_count;
	int64_t total;
};

/* Counts one value. Values below 0 count as 0, those above TALLY_MAX_VALUE as
 * TALLY_MAX_VALUE. */
void tally_add(struct tally *tally, int64_t value);

/* Counts an infinite value, which is larger than every other. */
void tally_add_endless(struct tally *tally);

/* Returns the nearest-rank percentile: the least value that at least `percent`
 * (1 to 100) of 100 values do not exceed; -1 when there are no values or it is
 * an infinite one. */
int64_t tally_percentile(const struct tally *tally, int percent);

/* Frees its memory; the tally is empty then. */
void tally_release(struct tally *tally);

#endif
