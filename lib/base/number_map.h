/* SPDX-License-Identifier: ISC
 *
 * number_map -- numbers to indexes of an array: a hash table with open addressing.
 */
#ifndef BASE_NUMBER_MAP_H
#define BASE_NUMBER_MAP_H

#include <stddef.h>
#include <stdint.h>

/* A struct of zeros is empty. */
struct number_map {
	struct number_map_entry *entries; /* owned */
	size_t size, count;
};

/* Returns the index of a number. One that is new gets the index `next`, so that a caller
 * who sees `next` appends to its array. */
size_t number_map_add(struct number_map *map, int64_t number, size_t next);

#define NUMBER_MAP_NONE ((size_t)-1)

/* Returns the index of a number, or NUMBER_MAP_NONE. */
size_t number_map_find(const struct number_map *map, int64_t number);

/* Frees the memory; the map is empty afterwards. */
void number_map_release(struct number_map *map);

#endif
