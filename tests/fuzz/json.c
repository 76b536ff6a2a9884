/* SPDX-License-Identifier: ISC
 *
 * json -- any bytes as a line of input: no crash, no read beyond the padding, and
 * an object that is accepted is as the header promises.
 */
#include "base/mem.h"
#include "json/json.h"
#include "json/key_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LEN 65536

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static void
check_member(const struct json_object *object, const struct json_member *member,
    const char *line, size_t len)
{
	char *key = mem_text_of(member->key, member->key_len);
	const struct json_member *found;

	need(member->raw >= line && member->raw_len > 0 &&
	    member->raw + member->raw_len <= line + len);
	if (strlen(key) == member->key_len) {
		found = json_find(object, key);
		need(found >= member && found < object->members + object->count);
	}
	if (member->type == JSON_TEXT) {
		/* Every byte of an unescaped text can be read. */
		char *copy = mem_text_of(member->text, member->text_len);

		need(member->raw[0] == '"' && member->text_len <= member->raw_len);
		free(copy);
	}
	if (member->type == JSON_BOOLEAN)
		need(member->integer == 0 || member->integer == 1);
	free(key);
}

/* Checks that two ways of reading the line found the same value. */
static void
check_same(const struct json_member *a, const struct json_member *b)
{
	need(a->key_len == b->key_len && a->type == b->type &&
	    a->raw_len == b->raw_len &&
	    memcmp(a->key, b->key, a->key_len) == 0 &&
	    memcmp(a->raw, b->raw, a->raw_len) == 0);
	if (a->type == JSON_TEXT)
		need(a->text_len == b->text_len &&
		    memcmp(a->text, b->text, a->text_len) == 0);
	if (a->type == JSON_INTEGER || a->type == JSON_BOOLEAN)
		need(a->integer == b->integer);
	if (a->type == JSON_REAL) {
		/* 0.0 equals -0.0. */
		need(a->real == b->real);
		need(!signbit(a->real) == !signbit(b->real));
	}
}

/* Adds a nested value to the object, so that simdjson alone reads it. The other
 * members must stay the same. */
static void
check_nested(const struct json_object *object, const char *line, size_t len)
{
	static const char more[] = "\"\":[]}";
	struct json_parser *parser = json_open(MAX_LEN + sizeof(more));
	struct json_object other;
	struct json_error error;
	char *longer = mem_new(len + sizeof(more) + JSON_PADDING, 1);
	size_t end = len;

	while (line[end - 1] != '}')
		end--;
	memcpy(longer, line, end - 1);
	if (object->count > 0)
		longer[end - 1] = ',';
	memcpy(longer + strlen(longer), more, sizeof(more));
	end += strlen(more) - (object->count > 0 ? 0 : 1);
	need(json_read(parser, longer, end, &other, &error) == 0);
	need(other.count == object->count + 1 &&
	    other.has_inexact == object->has_inexact);
	for (size_t i = 0; i < object->count; i++)
		check_same(&object->members[i], &other.members[i]);
	free(longer);
	json_close(parser);
}

static void
check_number(const struct key_table *keys, const struct json_member *member)
{
	const struct key_table_entry *entry = member->key_number < 0 ? NULL
	    : &keys->entries[member->key_number];

	need(entry != NULL ? entry->is_used && entry->key_len ==
	    member->key_len && memcmp(entry->key, member->key,
	    member->key_len) == 0 : member->key_len > KEY_TABLE_KEY_BYTES ||
	    keys->count == KEY_TABLE_SIZE / 2);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct key_table keys;
	struct json_parser *parser;
	struct json_object object;
	struct json_error error;
	char *line;

	if (len > MAX_LEN)
		return 0;
	parser = json_open(MAX_LEN);
	json_number_keys(parser, &keys);
	/* Memory of the exact size: a sanitizer sees reads beyond the padding. */
	line = mem_new(len + JSON_PADDING, 1);
	if (len > 0)
		memcpy(line, bytes, len);
	if (json_read(parser, line, len, &object, &error) == 0) {
		for (size_t i = 0; i < object.count; i++) {
			check_member(&object, &object.members[i], line, len);
			check_number(&keys, &object.members[i]);
		}
		check_nested(&object, line, len);
	} else {
		need(error.offset <= len && error.words != NULL);
	}
	free(line);
	json_close(parser);
	return 0;
}
