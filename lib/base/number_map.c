/* SPDX-License-Identifier: ISC */
#include "base/number_map.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct number_map_entry {
	int64_t number;
	size_t index; /* plus 1; 0: free */
};

/* Fibonacci hashing (Knuth, The Art of Computer Programming, vol. 3, section 6.4). */
static size_t
probe(const struct number_map *map, int64_t number)
{
	uint64_t hash = (uint64_t)number * UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(hash >> 32) & (map->size - 1);

	while (map->entries[i].index != 0 && map->entries[i].number != number)
		i = (i + 1) & (map->size - 1);
	return i;
}

static void
grow(struct number_map *map)
{
	struct number_map old = *map;

	map->size = old.size > 0 ? old.size * 2 : 16;
	map->entries = mem_new(map->size, sizeof(*map->entries));
	for (size_t i = 0; i < old.size; i++)
		if (old.entries[i].index != 0)
			map->entries[probe(map, old.entries[i].number)] = old.entries[i];
	free(old.entries);
}

size_t
number_map_add(struct number_map *map, int64_t number, size_t next)
{
	size_t i;

	if (map->count * 2 >= map->size)
		grow(map);
	i = probe(map, number);
	if (map->entries[i].index == 0) {
		map->entries[i] = (struct number_map_entry){ number, next + 1 };
		map->count++;
	}
	return map->entries[i].index - 1;
}

size_t
number_map_find(const struct number_map *map, int64_t number)
{
	if (map->size == 0)
		return NUMBER_MAP_NONE;
	return map->entries[probe(map, number)].index - 1;
}

void
number_map_release(struct number_map *map)
{
	free(map->entries);
	memset(map, 0, sizeof(*map));
}
