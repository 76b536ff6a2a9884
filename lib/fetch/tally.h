/* SPDX-License-Identifier: ISC
 *
 * tally -- exact percentiles of whole numbers (milliseconds, mostly). It keeps
 * a count for each value, in pages made when they are needed, so its size grows
 * with the spread of the values and not with how many there are.
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

/* Counts one value; below 0 it counts as 0, above TALLY_MAX_VALUE as that. */
void tally_add(struct tally *tally, int64_t value);

/* Counts one that has no end: it is larger than every value. */
void tally_add_endless(struct tally *tally);

/* The nearest-rank percentile: the least value that at least percent of 100
 * values (1..100) do not exceed. -1 when there is none, or it
 * is one without an end. */
int64_t tally_percentile(const struct tally *tally, int percent);

/* Frees its memory; the tally is empty then. */
void tally_release(struct tally *tally);

#endif
