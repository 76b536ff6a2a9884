/* SPDX-License-Identifier: ISC */
#include "store/unknown_keys.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define MAX_KEYS 256

/* A count for each type of value. */
enum value_kind {
	VALUE_INTEGER, VALUE_REAL, VALUE_TEXT, VALUE_BOOLEAN, VALUE_NESTED,
	VALUE_NULL, VALUE_KIND_COUNT
};

struct unknown_key {
	char *type, *key;
	int64_t count;
	int64_t kinds[VALUE_KIND_COUNT];
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
	    " seen_count, integer_count, real_count, text_count, boolean_count,"
	    " nested_count, null_count)"
	    " VALUES (:type, :key, :seen_count, :integer_count, :real_count,"
	    " :text_count, :boolean_count, :nested_count, :null_count)"
	    " ON CONFLICT (type, key) DO UPDATE"
	    " SET seen_count = seen_count + excluded.seen_count,"
	    " integer_count = integer_count + excluded.integer_count,"
	    " real_count = real_count + excluded.real_count,"
	    " text_count = text_count + excluded.text_count,"
	    " boolean_count = boolean_count + excluded.boolean_count,"
	    " nested_count = nested_count + excluded.nested_count,"
	    " null_count = null_count + excluded.null_count", err) < 0) {
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

static enum value_kind
kind_of(enum json_type type)
{
	switch (type) {
	case JSON_INTEGER:
	case JSON_BIG:
		return VALUE_INTEGER;
	case JSON_REAL:
		return VALUE_REAL;
	case JSON_TEXT:
		return VALUE_TEXT;
	case JSON_BOOLEAN:
		return VALUE_BOOLEAN;
	case JSON_NESTED:
		return VALUE_NESTED;
	case JSON_NULL:
		break;
	}
	return VALUE_NULL;
}

static void
count_one(struct unknown_key *item, enum json_type type)
{
	item->count++;
	item->kinds[kind_of(type)]++;
}

void
unknown_keys_count(struct unknown_keys *keys, const char *type,
    const struct row_unknown *unknown)
{
	struct unknown_key *item;

	for (size_t i = 0; i < keys->count; i++) {
		item = &keys->items[i];
		if (strlen(item->key) == unknown->key_len &&
		    memcmp(item->key, unknown->key, unknown->key_len) == 0 &&
		    strcmp(item->type, type) == 0) {
			count_one(item, unknown->type);
			return;
		}
	}
	if (keys->count == MAX_KEYS) {
		count_one(&keys->items[MAX_KEYS - 1], unknown->type);
		return;
	}
	item = &keys->items[keys->count++];
	memset(item, 0, sizeof(*item));
	item->type = mem_text(type);
	item->key = keys->count == MAX_KEYS ? mem_text(UNKNOWN_KEYS_OTHERS)
	    : mem_text_of(unknown->key, unknown->key_len);
	count_one(item, unknown->type);
}

int
unknown_keys_write(struct unknown_keys *keys, struct err *err)
{
	for (size_t i = 0; i < keys->count; i++) {
		const struct unknown_key *item = &keys->items[i];
		const int64_t *kinds = item->kinds;

		DB_BIND(keys->add, db_value_text(":type", item->type),
		    db_value_text(":key", item->key),
		    db_value_integer(":seen_count", item->count),
		    db_value_integer(":integer_count", kinds[VALUE_INTEGER]),
		    db_value_integer(":real_count", kinds[VALUE_REAL]),
		    db_value_integer(":text_count", kinds[VALUE_TEXT]),
		    db_value_integer(":boolean_count", kinds[VALUE_BOOLEAN]),
		    db_value_integer(":nested_count", kinds[VALUE_NESTED]),
		    db_value_integer(":null_count", kinds[VALUE_NULL]));
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
