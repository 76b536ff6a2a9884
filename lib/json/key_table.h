/* SPDX-License-Identifier: ISC
 *
 * key_table -- keys of JSON members, each with a number by which others keep what
 * they know of it. Producers write the same keys in nearly the same order each
 * time, so the table remembers which key came next and mostly compares once.
 */
#ifndef JSON_KEY_TABLE_H
#define JSON_KEY_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Numbers are below this. */
#define KEY_TABLE_SIZE 512
/* Longer keys have no number, nor have keys that come when the table is half
 * full: what is known of them has to be found out each time. */
#define KEY_TABLE_KEY_BYTES 40
/* What stands before the first key of an object. */
#define KEY_TABLE_START KEY_TABLE_SIZE

struct key_table_entry {
	char key[KEY_TABLE_KEY_BYTES];
	unsigned char key_len;
	bool is_used;
	uint16_t next; /* the number of the key that came behind it last */
};

/* Zeros are an empty table. */
struct key_table {
	struct key_table_entry entries[KEY_TABLE_SIZE + 1];
	unsigned int count;
};

/* The number of a key, which is put into the table if it is new; or -1. It stays
 * the same. */
int key_table_put(struct key_table *table, const char *key, size_t len);

/* Whether two texts of that length are the same. A call of memcmp would take
 * longer than the comparison of most keys. */
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

/* The number of the key behind *previous, as key_table_put has it. *previous is
 * KEY_TABLE_START at first and becomes this number, if there is one. */
static inline int
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
