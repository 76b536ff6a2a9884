/* SPDX-License-Identifier: ISC
 *
 * count_value -- what is kept of the values that events of a group have: how many there are,
 * their sum, the last one, and how many are at most as large as each of some bounds. Pure.
 *
 * Sums of integers are exact up to 2^63. The others are summed with a second double for
 * what rounding loses (Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation
 * endlicher Summen", 1974), so that the order of events changes a sum by less than 1e-15 of
 * the sum of their sizes.
 */
#ifndef COUNT_COUNT_VALUE_H
#define COUNT_COUNT_VALUE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

#define COUNT_MAX_BOUNDS 63

/* A value of an event, from SQLite. */
struct count_number {
	bool is_whole; /* then whole is the value, else real */
	int64_t whole;
	double real;
};

struct count_value {
	int64_t count;   /* of values */
	int64_t unknown; /* events without one */
	int64_t whole_sum;
	double real_sum, lost; /* of what is not in whole_sum */
	/* Of events with a value; the last is the one with the latest time and then the
	 * highest id. */
	int64_t first_ms, last_ms, last_id;
	double last;
	/* buckets[i] counts values above bound i - 1 and at most bound i; the one after the
	 * last bound has those above all. */
	int64_t buckets[COUNT_MAX_BOUNDS + 1];
};

/* Bounds of buckets, finite, in ascending order. */
struct count_bounds {
	double items[COUNT_MAX_BOUNDS];
	size_t count;
};

/* Reads bounds from a text: "0.5,1,2.5"; "" has none. Returns 0, or -1 when it is anything
 * else. */
MUST_USE int count_bounds_parse(struct count_bounds *out, const char *text);

/* Adds the value of an event; NULL is an event without one, as is a value that is not
 * finite. */
void count_value_add(struct count_value *value, const struct count_bounds *bounds,
    const struct count_number *number, int64_t ts_ms, int64_t id);

/* Adds what is kept of other events. */
void count_value_merge(struct count_value *value, const struct count_value *other);

/* Returns the sum of the values, rounded once. */
double count_value_sum(const struct count_value *value);

/* Appends the bytes of a value with so many bounds, and reads them again. EXIT_DATA when they
 * are no such bytes. */
void count_value_write(struct buf *out, const struct count_value *value,
    size_t bound_count);
/* Sets how many bounds the value in so many bytes has. Returns 0, or -1 when it is none. */
MUST_USE int count_value_bound_count(size_t len, size_t *bound_count);
MUST_USE int count_value_read(struct count_value *out, const void *bytes, size_t len,
    size_t bound_count, struct err *err);

#endif
