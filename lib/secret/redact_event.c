/* SPDX-License-Identifier: ISC */
#include "secret/redact_event.h"
#include "base/mem.h"
#include "json/key_table.h"
#include "secret/secret.h"
#include "secret/pair.h"

#include <stdlib.h>
#include <string.h>

/* What is known of a key that has a number. */
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

/* Bits that all bytes of a text share: it is harmless, and has no hyphen. */
enum { OK = 1, NO_HYPHEN = 2, PLAIN = OK | NO_HYPHEN };

/* Text of these alone holds no address, no NAME=value, no header, no escape. The
 * z is not among them because of the word authorization, which needs no sign
 * behind it. */
static const unsigned char kinds[256] = {
#define FIVE(c) [c] = PLAIN, [c + 1] = PLAIN, [c + 2] = PLAIN, \
	[c + 3] = PLAIN, [c + 4] = PLAIN
	FIVE('a'), FIVE('f'), FIVE('k'), FIVE('p'), FIVE('u'),
	FIVE('A'), FIVE('F'), FIVE('K'), FIVE('P'), FIVE('U'),
	FIVE('0'), FIVE('5'),
#undef FIVE
	['_'] = PLAIN, ['.'] = PLAIN, ['/'] = PLAIN, [','] = PLAIN,
	[' '] = PLAIN, ['-'] = OK,
};

/* A hyphen must not begin an option, as in --password. */
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
	unsigned int shared = PLAIN;
	size_t i = 0;

	/* No branch for each byte: most texts are harmless to their end. */
	for (; i + 8 <= len; i += 8)
		shared &= (unsigned int)(kinds[bytes[i]] & kinds[bytes[i + 1]] &
		    kinds[bytes[i + 2]] & kinds[bytes[i + 3]] &
		    kinds[bytes[i + 4]] & kinds[bytes[i + 5]] &
		    kinds[bytes[i + 6]] & kinds[bytes[i + 7]]);
	for (; i < len; i++)
		shared &= kinds[bytes[i]];
	return (shared & OK) != 0 &&
	    ((shared & NO_HYPHEN) != 0 || !has_option(text, len));
}

/* Keys whose members belong together are not clean: what one says of the other is
 * not looked at here. */
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
