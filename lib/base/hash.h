/* SPDX-License-Identifier: ISC
 *
 * hash -- quick hashes for tables in memory and for finding accidents. An author of the
 * texts can make them collide, so a collision may cost time only.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* FNV-1a with 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv, section 2). The
 * low bits do not depend on the high ones: a caller that needs fewer bits folds
 * both halves together (section 3). */
uint64_t hash_fnv1a(const char *text, size_t len);

/* Returns a hash of the words that went into `hash` and of one more: multiplies by 2^64
 * over the golden ratio (Knuth, The Art of Computer Programming 3, 6.4) and folds the high
 * bits into the low ones. */
static inline uint64_t
hash_mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

/* Adds bytes, eight at a time, the last ones filled up with zeros. Their number is not part
 * of the hash. */
static inline uint64_t
hash_mix_bytes(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	uint64_t word;

	for (; len >= sizeof(word); len -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		hash = hash_mix(hash, word);
	}
	if (len > 0) {
		word = 0;
		memcpy(&word, at, len);
		hash = hash_mix(hash, word);
	}
	return hash;
}

#endif
