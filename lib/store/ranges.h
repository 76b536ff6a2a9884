/* SPDX-License-Identifier: ISC
 *
 * ranges -- a set of integers as half-open ranges, ordered, never touching each
 * other: what has been taken of a source. Adding at the end, the usual case,
 * costs nothing more than a comparison.
 */
#ifndef STORE_RANGES_H
#define STORE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
	int64_t from, until;
};

struct ranges {
	struct range *items; /* owned */
	size_t count, size;
};

/* Whether a range contains value. */
bool ranges_have(const struct ranges *ranges, int64_t value);

/* Adds [from, until) and merges it with the ranges that it touches. An empty range
 * changes nothing. */
void ranges_add(struct ranges *ranges, int64_t from, int64_t until);

/* Returns the index of the first range whose end is at or after value: it contains
 * value, touches it, or begins after it. Returns count when there is none. */
size_t ranges_find(const struct ranges *ranges, int64_t value);

/* Frees the memory; the set is empty afterwards. */
void ranges_release(struct ranges *ranges);

#endif
