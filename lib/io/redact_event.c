/* SPDX-License-Identifier: ISC */
#include "io/redact_event.h"
#include "base/mem.h"
#include "tel/secret.h"

#include <stdlib.h>
#include <string.h>

/* Members that are remembered by their place, and the longest of their keys:
 * producers write their keys in the same order each time. */
#define MAX_PLACES 64
#define MAX_KEY_BYTES 32

struct place {
	char key[MAX_KEY_BYTES];
	size_t key_len;
	bool is_known, is_clean;
};

struct redact_event {
	const char *const *hash_keys;
	size_t hash_key_count;
	struct place places[MAX_PLACES];
};

struct redact_event *
redact_event_open(const char *const *hash_keys, size_t hash_key_count)
{
	struct redact_event *event = mem_new(1, sizeof(*event));

	event->hash_keys = hash_keys;
	event->hash_key_count = hash_key_count;
	return event;
}

void
redact_event_close(struct redact_event *event)
{
	free(event);
}

/* Text of these alone holds no address, no NAME=value, no header, no escape. The
 * z is not among them because of the word authorization, which needs no sign
 * behind it; and a hyphen must not begin an option, as in --password. */
static bool
is_harmless(const char *text, size_t len)
{
	static const bool harmless[256] = {
#define RANGE(c) [c] = true, [c + 1] = true, [c + 2] = true, [c + 3] = true, \
	[c + 4] = true
		RANGE('a'), RANGE('f'), RANGE('k'), RANGE('p'), RANGE('u'),
		RANGE('A'), RANGE('F'), RANGE('K'), RANGE('P'), RANGE('U'),
		RANGE('0'), RANGE('5'),
#undef RANGE
		['_'] = true, ['.'] = true, ['/'] = true, [','] = true,
		['-'] = true, [' '] = true,
	};

	for (size_t i = 0; i < len; i++) {
		if (!harmless[(unsigned char)text[i]])
			return false;
		if (text[i] == '-' && (i == 0 || text[i - 1] == ' ' ||
		    text[i - 1] == '-'))
			return false;
	}
	return true;
}

/* Keys whose members belong together: what one says of the other is not looked
 * at here. */
static bool
is_of_pair(const char *key, size_t len)
{
	static const char *const names[] = { "key", "name", "k", "header",
		"field", "value", "values", "val", "v" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len && memcmp(names[i], key, len) == 0)
			return true;
	return false;
}

static bool
is_clean_key(const struct redact_event *event, const char *key, size_t len)
{
	for (size_t i = 0; i < event->hash_key_count; i++)
		if (strlen(event->hash_keys[i]) == len &&
		    memcmp(event->hash_keys[i], key, len) == 0)
			return false;
	return is_harmless(key, len) && !is_of_pair(key, len) &&
	    secret_name(key, len) == SECRET_NONE;
}

static bool
is_clean_member(struct redact_event *event, const struct json_member *member,
    size_t i)
{
	struct place *place;

	if (i >= MAX_PLACES || member->key_len > MAX_KEY_BYTES)
		return is_clean_key(event, member->key, member->key_len);
	place = &event->places[i];
	if (!place->is_known || place->key_len != member->key_len ||
	    memcmp(place->key, member->key, member->key_len) != 0) {
		memcpy(place->key, member->key, member->key_len);
		place->key_len = member->key_len;
		place->is_clean = is_clean_key(event, member->key,
		    member->key_len);
		place->is_known = true;
	}
	return place->is_clean;
}

bool
redact_event_is_clean(struct redact_event *event,
    const struct json_object *object)
{
	for (size_t i = 0; i < object->count; i++) {
		const struct json_member *member = &object->members[i];

		if (!is_clean_member(event, member, i) ||
		    member->type == JSON_NESTED)
			return false;
		if (member->type == JSON_TEXT &&
		    !is_harmless(member->text, member->text_len))
			return false;
	}
	return true;
}
