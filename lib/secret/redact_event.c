/* SPDX-License-Identifier: ISC */
#include "secret/redact_event.h"
#include "base/mem.h"
#include "json/key_table.h"
#include "secret/secret.h"
#include "secret/pair.h"

#include <stdlib.h>
#include <string.h>

/* What is known about a key that has a number in the key table. */
enum verdict { UNKNOWN, CLEAN, UNCLEAN };

struct redact_event {
	const char *const *hash_keys;
	size_t hash_key_count;
	unsigned char verdicts[KEY_TABLE_SIZE]; /* enum verdict */
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

/* Bits of a byte. A text is harmless, or without hyphens, if all its bytes
 * are. */
enum { HARMLESS = 1, NO_HYPHEN = 2, BOTH = HARMLESS | NO_HYPHEN };

/* Text of only these bytes has no address, no NAME=value, no header and no
 * escape. z is missing because of the word authorization, which needs no sign
 * after it. */
static const unsigned char kinds[256] = {
#define FIVE(c) [c] = BOTH, [c + 1] = BOTH, [c + 2] = BOTH, \
	[c + 3] = BOTH, [c + 4] = BOTH
	FIVE('a'), FIVE('f'), FIVE('k'), FIVE('p'), FIVE('u'),
	FIVE('A'), FIVE('F'), FIVE('K'), FIVE('P'), FIVE('U'),
	FIVE('0'), FIVE('5'),
#undef FIVE
	['_'] = BOTH, ['.'] = BOTH, ['/'] = BOTH, [','] = BOTH,
	[' '] = BOTH, ['-'] = HARMLESS,
};

/* Whether a hyphen may begin an option, as in --password. */
static bool
has_option(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '-' && (i == 0 || text[i - 1] == ' ' ||
		    text[i - 1] == '-'))
			return true;
	return false;
}

static bool
is_harmless(const char *text, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;
	unsigned int shared = BOTH;
	size_t i = 0;

	/* No branch per byte: most texts are harmless to the end. */
	for (; i + 8 <= len; i += 8)
		shared &= (unsigned int)(kinds[bytes[i]] & kinds[bytes[i + 1]] &
		    kinds[bytes[i + 2]] & kinds[bytes[i + 3]] &
		    kinds[bytes[i + 4]] & kinds[bytes[i + 5]] &
		    kinds[bytes[i + 6]] & kinds[bytes[i + 7]]);
	for (; i < len; i++)
		shared &= kinds[bytes[i]];
	return (shared & HARMLESS) != 0 &&
	    ((shared & NO_HYPHEN) != 0 || !has_option(text, len));
}

/* Keys of names and their values (secret/pair.h) are not clean: what the name
 * says about the value is not examined here. */
static bool
is_clean_key(const struct redact_event *event, const char *key, size_t len)
{
	return is_harmless(key, len) &&
	    secret_pair_role(key, len) == SECRET_ROLE_NONE &&
	    secret_name(key, len) == SECRET_NONE &&
	    !secret_is_listed(event->hash_keys, event->hash_key_count, key, len);
}

static bool
is_clean_member(struct redact_event *event, const struct json_member *member)
{
	unsigned char *verdict;

	if (member->key_number < 0)
		return is_clean_key(event, member->key, member->key_len);
	verdict = &event->verdicts[member->key_number];
	if (*verdict == UNKNOWN)
		*verdict = is_clean_key(event, member->key, member->key_len)
		    ? CLEAN : UNCLEAN;
	return *verdict == CLEAN;
}

bool
redact_event_is_clean(struct redact_event *event,
    const struct json_object *object)
{
	for (size_t i = 0; i < object->count; i++) {
		const struct json_member *member = &object->members[i];

		if (!is_clean_member(event, member) ||
		    member->type == JSON_NESTED)
			return false;
		if (member->type == JSON_TEXT &&
		    !is_harmless(member->text, member->text_len))
			return false;
	}
	return true;
}
