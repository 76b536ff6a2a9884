/* SPDX-License-Identifier: ISC */
#include "base/arena.h"
#include "base/mem.h"
#include "base/require.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A larger allocation gets a block of its own, which a reset frees. */
#define BLOCK_BYTES (256 << 10)

struct arena_block {
	struct arena_block *next;
	size_t size;
	alignas(max_align_t) char bytes[];
};

static struct arena_block *
new_block(size_t size)
{
	struct arena_block *block = mem_resize(NULL, 1, sizeof(*block) + size);

	block->next = NULL;
	block->size = size;
	return block;
}

static void
use_block(struct arena *arena, struct arena_block *block)
{
	arena->current = block;
	arena->used = 0;
	arena->size = block->size;
}

/* Makes a block that has room the current one: the next block if it is large
 * enough, else a new one in front of it. */
static void
go_to_block_for(struct arena *arena, size_t bytes)
{
	struct arena_block *current = arena->current;
	struct arena_block *block = current != NULL ? current->next
	    : arena->blocks;

	if (block == NULL || block->size < bytes) {
		struct arena_block *next = block;

		block = new_block(bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES);
		block->next = next;
		if (current != NULL)
			current->next = block;
		else
			arena->blocks = block;
	}
	use_block(arena, block);
}

void *
arena_take(struct arena *arena, size_t bytes)
{
	size_t step = alignof(max_align_t);
	void *taken;

	REQUIRE(bytes <= SIZE_MAX - step);
	bytes = (bytes + step - 1) / step * step;
	if (arena->current == NULL || bytes > arena->size - arena->used)
		go_to_block_for(arena, bytes);
	taken = arena->current->bytes + arena->used;
	arena->used += bytes;
	arena->taken_bytes += bytes;
	return taken;
}

char *
arena_copy(struct arena *arena, const void *bytes, size_t len)
{
	char *copy = arena_take(arena, len);

	if (len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

void
arena_reset(struct arena *arena)
{
	struct arena_block **link = &arena->blocks;

	while (*link != NULL) {
		struct arena_block *block = *link;

		if (block->size == BLOCK_BYTES) {
			link = &block->next;
			continue;
		}
		*link = block->next;
		free(block);
	}
	arena->current = NULL;
	arena->used = arena->size = arena->taken_bytes = 0;
}

void
arena_release(struct arena *arena)
{
	while (arena->blocks != NULL) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->next;
		free(block);
	}
	memset(arena, 0, sizeof(*arena));
}
