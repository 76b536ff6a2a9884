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
	struct range *items; /* ours */
	size_t count, size;
};

bool ranges_have(const struct ranges *ranges, int64_t value);

/* Adds [from, until); merges what it touches. An empty range adds nothing. */
void ranges_add(struct ranges *ranges, int64_t from, int64_t until);

/* The index of the first range that ends at or behind value (so that it holds
 * value, begins behind it, or touches it); count when there is none. */
size_t ranges_find(const struct ranges *ranges, int64_t value);

/* Frees the memory; the set is empty then. */
void ranges_release(struct ranges *ranges);

#endif
