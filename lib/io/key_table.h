/* SPDX-License-Identifier: ISC
 *
 * key_table -- keys of JSON members, each with a number by which others keep what
 * they know of it. Producers write the same keys in nearly the same order each
 * time, so the table remembers which key came next and mostly compares once.
 */
#ifndef IO_KEY_TABLE_H
#define IO_KEY_TABLE_H

#include "io/json.h"

/* Numbers are below this. */
#define KEY_TABLE_SIZE 256
/* Longer keys have no number. */
#define KEY_TABLE_KEY_BYTES 40

struct key_table_entry {
	char key[KEY_TABLE_KEY_BYTES];
	unsigned char key_len;
	unsigned char next;   /* the number of the key that came behind it */
	unsigned int version; /* changes with the key; 0: free */
};

/* Zeros are an empty table. */
struct key_table {
	struct key_table_entry entries[KEY_TABLE_SIZE];
	unsigned int version;
};

/* The number of the member's key, or -1 when it has none. *previous is that of the
 * member before, and 0 at first; it becomes that of this one. What others keep
 * under a number holds as long as the version of the entry stays. */
int key_table_find(struct key_table *table, const struct json_member *member,
    int *previous);

#endif
