/* SPDX-License-Identifier: ISC */
#include "io/unknown_keys.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define MAX_KEYS 256
#define OTHERS "(others)"

struct unknown_key {
	char *type, *key;
	int64_t count;
};

struct unknown_keys {
	struct db_statement *add;
	struct unknown_key items[MAX_KEYS];
	size_t count;
};

int
unknown_keys_open(struct unknown_keys **out, struct db *db, struct err *err)
{
	struct unknown_keys *keys = mem_new(1, sizeof(*keys));

	if (db_prepare(db, &keys->add, "INSERT INTO unknown_keys (type, key,"
	    " seen_count) VALUES (?1, ?2, ?3) ON CONFLICT (type, key) DO UPDATE"
	    " SET seen_count = seen_count + excluded.seen_count", err) < 0) {
		unknown_keys_close(keys);
		return -1;
	}
	*out = keys;
	return 0;
}

void
unknown_keys_close(struct unknown_keys *keys)
{
	if (keys == NULL)
		return;
	unknown_keys_forget(keys);
	db_finalize(keys->add);
	free(keys);
}

void
unknown_keys_count(struct unknown_keys *keys, const char *type, const char *key,
    size_t key_len)
{
	struct unknown_key *item;

	for (size_t i = 0; i < keys->count; i++) {
		item = &keys->items[i];
		if (strlen(item->key) == key_len &&
		    memcmp(item->key, key, key_len) == 0 &&
		    strcmp(item->type, type) == 0) {
			item->count++;
			return;
		}
	}
	if (keys->count == MAX_KEYS) {
		keys->items[MAX_KEYS - 1].count++;
		return;
	}
	item = &keys->items[keys->count++];
	item->type = mem_text(type);
	item->key = keys->count == MAX_KEYS ? mem_text(OTHERS)
	    : mem_text_of(key, key_len);
	item->count = 1;
}

int
unknown_keys_write(struct unknown_keys *keys, struct err *err)
{
	for (size_t i = 0; i < keys->count; i++) {
		const struct unknown_key *item = &keys->items[i];

		db_bind_text(keys->add, 1, item->type, strlen(item->type));
		db_bind_text(keys->add, 2, item->key, strlen(item->key));
		db_bind_integer(keys->add, 3, item->count);
		if (db_execute(keys->add, err) < 0)
			return -1;
	}
	unknown_keys_forget(keys);
	return 0;
}

void
unknown_keys_forget(struct unknown_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++) {
		free(keys->items[i].type);
		free(keys->items[i].key);
	}
	keys->count = 0;
}
