/* SPDX-License-Identifier: ISC */
#include "io/key_table.h"
#include "base/hash.h"

#include <string.h>

/* Places where a key may stand, one behind the other. */
#define PROBES 4

static bool
is_key(const struct key_table_entry *entry, const struct json_member *member)
{
	return entry->version != 0 && entry->key_len == member->key_len &&
	    memcmp(entry->key, member->key, member->key_len) == 0;
}

static void
take(struct key_table *table, struct key_table_entry *entry,
    const struct json_member *member)
{
	memcpy(entry->key, member->key, member->key_len);
	entry->key_len = (unsigned char)member->key_len;
	entry->next = 0;
	if (++table->version == 0)
		table->version = 1;
	entry->version = table->version;
}

/* The number of the key, for which another may have to give way. */
static int
look_up(struct key_table *table, const struct json_member *member)
{
	unsigned int first = (unsigned int)hash_fnv1a(member->key,
	    member->key_len) % KEY_TABLE_SIZE;

	for (unsigned int i = 0; i < PROBES; i++) {
		unsigned int at = (first + i) % KEY_TABLE_SIZE;

		if (table->entries[at].version == 0)
			take(table, &table->entries[at], member);
		if (is_key(&table->entries[at], member))
			return (int)at;
	}
	take(table, &table->entries[first], member);
	return (int)first;
}

int
key_table_find(struct key_table *table, const struct json_member *member,
    int *previous)
{
	int guess = table->entries[*previous].next;

	if (member->key_len > KEY_TABLE_KEY_BYTES)
		return -1;
	if (!is_key(&table->entries[guess], member)) {
		guess = look_up(table, member);
		table->entries[*previous].next = (unsigned char)guess;
	}
	*previous = guess;
	return guess;
}
