/* SPDX-License-Identifier: ISC */
#include "json/flat.h"
#include "base/json_number.h"

#include <string.h>

/* Reads a string without escapes, the text between the quotes. There is no
 * other quote in it, since a token would begin there. */
static bool
read_text(const char *begin, const char *end, const char **text, size_t *len)
{
	if (*begin != '"' || end - begin < 2 || end[-1] != '"')
		return false;
	*text = begin + 1;
	*len = (size_t)(end - begin) - 2;
	return true;
}

bool
json_read_number(struct json_member *member)
{
	switch (json_number_read(member->raw, member->raw_len,
	    &member->integer, &member->real)) {
	case JSON_NUMBER_INTEGER:
		member->type = JSON_INTEGER;
		return true;
	case JSON_NUMBER_REAL:
		member->type = JSON_REAL;
		return true;
	case JSON_NUMBER_BIG:
		member->type = JSON_BIG;
		return true;
	case JSON_NUMBER_NONE:
		break;
	}
	return false;
}

bool
json_is_inexact(const struct json_member *member)
{
	return member->type == JSON_BIG || (member->type == JSON_INTEGER &&
	    (member->integer > JSON_EXACT_MAX ||
	    member->integer < -JSON_EXACT_MAX));
}

static bool
is_literal(const struct json_member *member, const char *word, size_t len)
{
	return member->raw_len == len && memcmp(member->raw, word, len) == 0;
}

static bool
read_value(const char *begin, const char *end, struct json_member *out)
{
	out->raw = begin;
	out->raw_len = (size_t)(end - begin);
	switch (*begin) {
	case '"':
		out->type = JSON_TEXT;
		return read_text(begin, end, &out->text, &out->text_len);
	case 't':
	case 'f':
		out->type = JSON_BOOLEAN;
		out->integer = *begin == 't';
		return is_literal(out, "true", 4) || is_literal(out, "false", 5);
	case 'n':
		out->type = JSON_NULL;
		return is_literal(out, "null", 4);
	default:
		return json_read_number(out);
	}
}

/* The tokens of a member: key, colon, value, and the comma or brace after it. */
enum { KEY, COLON, VALUE, NEXT, MEMBER_TOKENS };

static bool
read_member(const char *line, const uint32_t *places, struct json_member *out)
{
	const char *key = line + places[KEY], *colon = line + places[COLON];
	const char *value = line + places[VALUE];

	return *colon == ':' &&
	    read_text(key, json_token_end(key, colon), &out->key, &out->key_len) &&
	    read_value(value, json_token_end(value, line + places[NEXT]), out);
}

int
json_flat_read(const char *line, size_t len, const uint32_t *places,
    size_t token_count, struct key_table *keys, struct json_member *members,
    struct json_object *object)
{
	int previous = KEY_TABLE_START;
	struct json_member *member = members;

	object->has_inexact = false;
	if (token_count < 1 + MEMBER_TOKENS || line[places[0]] != '{' ||
	    memchr(line, '\\', len) != NULL)
		return 0;
	for (size_t i = 1; i + MEMBER_TOKENS <= token_count;
	    i += MEMBER_TOKENS, member++) {
		char next = line[places[i + NEXT]];

		if (!read_member(line, places + i, member))
			return 0;
		member->key_number = keys == NULL ? -1 : key_table_find(keys,
		    member->key, member->key_len, &previous);
		object->has_inexact |= json_is_inexact(member);
		if (next == '}' && i + MEMBER_TOKENS == token_count) {
			object->members = members;
			object->count = (size_t)(member + 1 - members);
			return 1;
		}
		if (next != ',')
			return 0;
	}
	return 0;
}
