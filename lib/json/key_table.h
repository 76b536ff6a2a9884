/* SPDX-License-Identifier: ISC
 *
 * key_table -- numbers the keys of JSON members, so that callers can keep data
 * about a key in an array. Producers write the same keys in nearly the same
 * order each time, so the table remembers which key came next, and a look-up
 * mostly takes one comparison.
 */
#ifndef JSON_KEY_TABLE_H
#define JSON_KEY_TABLE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every number is below this. */
#define KEY_TABLE_SIZE 512
/* Longer keys get no number, nor do new keys once the table is half full:
 * callers must look those up each time. */
#define KEY_TABLE_KEY_BYTES 40
/* The number that precedes the first key of an object. */
#define KEY_TABLE_START KEY_TABLE_SIZE

struct key_table_entry {
	char key[KEY_TABLE_KEY_BYTES];
	unsigned char key_len;
	bool is_used;
	uint16_t next; /* the number of the key that followed it last time */
};

/* A table of zeros is empty. */
struct key_table {
	struct key_table_entry entries[KEY_TABLE_SIZE + 1];
	unsigned int count;
};

/* Returns the number of a key, which never changes, and adds a new key to the
 * table. Returns -1 for a key that gets no number. */
MUST_USE int key_table_put(struct key_table *table, const char *key,
    size_t len);

/* Whether two texts of len bytes are equal. Most keys are so short that a call
 * of memcmp would take longer than the comparison. */
static inline bool
key_table_is_same(const char *a, const char *b, size_t len)
{
	uint64_t x, y, z, w;

	if (len < sizeof(x)) {
		for (size_t i = 0; i < len; i++)
			if (a[i] != b[i])
				return false;
		return true;
	}
	for (size_t i = 0; i + sizeof(x) < len; i += sizeof(x)) {
		memcpy(&x, a + i, sizeof(x));
		memcpy(&y, b + i, sizeof(y));
		if (x != y)
			return false;
	}
	memcpy(&z, a + len - sizeof(z), sizeof(z));
	memcpy(&w, b + len - sizeof(w), sizeof(w));
	return z == w;
}

/* Returns the number of the next key of an object, as key_table_put does.
 * *previous is the number of the key before it, KEY_TABLE_START for the first
 * key; it becomes the returned number unless that is -1. */
MUST_USE static inline int
key_table_find(struct key_table *table, const char *key, size_t len,
    int *previous)
{
	int number = table->entries[*previous].next;
	const struct key_table_entry *guess = &table->entries[number];

	if (guess->key_len != len || !guess->is_used ||
	    !key_table_is_same(guess->key, key, len)) {
		number = key_table_put(table, key, len);
		if (number < 0)
			return -1;
		table->entries[*previous].next = (uint16_t)number;
	}
	*previous = number;
	return number;
}

#ifdef __cplusplus
}
#endif

#endif
