/* SPDX-License-Identifier: ISC */
#include "json/key_table.h"
#include "base/hash.h"

int
key_table_put(struct key_table *table, const char *key, size_t len)
{
	struct key_table_entry *entry;
	uint64_t hash;
	size_t at;

	if (len > KEY_TABLE_KEY_BYTES)
		return -1;
	hash = hash_fnv1a(key, len);
	at = (size_t)(hash ^ hash >> 32) % KEY_TABLE_SIZE;
	/* Ends, because at least half of the entries are free. */
	for (entry = &table->entries[at]; entry->is_used;
	    entry = &table->entries[at]) {
		if (entry->key_len == len && memcmp(entry->key, key, len) == 0)
			return (int)at;
		at = (at + 1) % KEY_TABLE_SIZE;
	}
	if (table->count == KEY_TABLE_SIZE / 2)
		return -1;
	table->count++;
	memcpy(entry->key, key, len);
	entry->key_len = (unsigned char)len;
	entry->is_used = true;
	return (int)at;
}
