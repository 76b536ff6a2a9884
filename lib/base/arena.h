/* SPDX-License-Identifier: ISC
 *
 * arena -- memory that is given back all at once, as a batch needs it until the
 * next batch. An allocation costs a comparison and an addition. An arena of
 * zeros is empty and ready.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks, *current; /* ours */
	size_t used, size;  /* of the current block */
	size_t taken_bytes; /* since the last reset, each size rounded up */
};

/* Returns memory of that size, aligned for any type, not zeroed, valid until
 * the next reset. Never NULL. */
void *arena_take(struct arena *arena, size_t bytes);

/* Returns a copy of len bytes, valid until the next reset. */
char *arena_copy(struct arena *arena, const void *bytes, size_t len);

/* Ends the use of all memory that was taken. Blocks of the usual size are kept
 * for the next time. */
void arena_reset(struct arena *arena);

/* Frees the memory; the arena may be used again. */
void arena_release(struct arena *arena);

#endif
