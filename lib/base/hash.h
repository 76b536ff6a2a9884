/* SPDX-License-Identifier: ISC
 *
 * hash -- a quick hash of short texts for tables in memory. An author of the
 * texts can make them collide, so a collision may cost time only.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* FNV-1a with 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv, section 2). The
 * low bits do not depend on the high ones: a caller that needs fewer bits folds
 * both halves together (section 3). */
uint64_t hash_fnv1a(const char *text, size_t len);

#endif
