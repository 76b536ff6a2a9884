/* SPDX-License-Identifier: ISC
 *
 * Decides by its key whether a value is hidden. Decisions are remembered, because
 * the lines of one producer have the same keys in the same order.
 */
#include "secret/redact_private.h"
#include "base/hash.h"

#include <string.h>

static bool
is_identity(const char *name, size_t len)
{
	return (len == 4 && memcmp(name, "type", 4) == 0) ||
	    (len == 6 && memcmp(name, "origin", 6) == 0) ||
	    (len == 8 && memcmp(name, "producer", 8) == 0);
}

/* Makes name and len those of the name without its escapes. */
static void
undo_escapes(struct redactor *redactor, const char **name, size_t *len)
{
	if (*len == 0 || memchr(*name, '\\', *len) == NULL)
		return;
	buf_reset(&redactor->plain);
	plain_unescape(*name, *len, &redactor->plain);
	*name = redactor->plain.data;
	*len = redactor->plain.len;
}

/* Returns what the words of a name say about its value. */
static enum redact_verdict
verdict_of_words(struct redactor *redactor, const char *name, size_t len)
{
	undo_escapes(redactor, &name, &len);
	switch (secret_name(name, len)) {
	case SECRET_NONE:
		break;
	case SECRET_UNLESS_NUMBER:
		return REDACT_HIDE_UNLESS_NUMBER;
	case SECRET_VALUE:
	case SECRET_HEADER:
		return REDACT_HIDE;
	}
	return REDACT_SEARCH;
}

static struct redact_judged
judge_key(struct redactor *redactor, size_t start, size_t end, bool is_top)
{
	const char *name = redactor->text + start;
	size_t len = end - start;
	struct redact_judged judged;

	undo_escapes(redactor, &name, &len);
	judged.role = secret_pair_role(name, len);
	if (is_top && is_identity(name, len))
		judged.verdict = REDACT_LEAVE;
	else if (secret_is_listed((const char *const *)redactor->hash_keys,
	    redactor->hash_key_count, name, len))
		judged.verdict = REDACT_HASH;
	else
		judged.verdict = verdict_of_words(redactor, redactor->text + start,
		    end - start);
	return judged;
}

/* Judges a key in which something may have to be hidden. The verdict is that of
 * the key as rewritten, so that it is the same when the line is read again. */
static struct redact_judged
judge_unusual_key(struct redactor *redactor, size_t start, size_t end, bool is_top)
{
	struct redact_judged judged = judge_key(redactor, start, end, is_top);
	size_t hidden = redactor->work.len + start - redactor->copied_bytes;
	int count = redactor->count;
	struct buf left = BUF_EMPTY;

	redact_search(redactor, start, end, false);
	if (count == redactor->count || judged.verdict == REDACT_LEAVE ||
	    judged.verdict == REDACT_HASH)
		return judged;
	buf_add(&left, redactor->work.data + hidden,
	    redactor->work.len - hidden);
	buf_add(&left, redactor->text + redactor->copied_bytes,
	    end - redactor->copied_bytes);
	judged.verdict = verdict_of_words(redactor, left.data, left.len);
	buf_release(&left);
	return judged;
}

/* Returns the entry of the key name[0..len), a free one, or one to overwrite. A
 * key is stored in one of the few entries from its hash on. */
static uint8_t
find_entry(const struct redactor *redactor, const char *name, size_t len,
    bool is_top)
{
	uint64_t hash = hash_fnv1a(name, len);
	uint8_t first = (uint8_t)(is_top ? hash : hash >> 8);

	for (uint8_t i = 0; i < REDACT_KEY_PROBES; i++) {
		uint8_t at = (uint8_t)(first + i);
		const struct redact_key *key = &redactor->keys[at];

		if (at != REDACT_KEY_START && (key->len == 0 ||
		    (key->len == len + 2 && key->is_top == is_top &&
		    memcmp(key->text, name, len) == 0)))
			return at;
	}
	return first == REDACT_KEY_START ? REDACT_KEY_START + 1 : first;
}

struct redact_judged
redact_take_key(struct redactor *redactor, size_t start, size_t end, bool is_top,
    bool may_remember, uint8_t *place)
{
	const char *name = redactor->text + start;
	size_t len = end - start;
	struct redact_key *key;
	uint8_t at;

	if (redact_has_sign(redactor, start, end))
		return judge_unusual_key(redactor, start, end, is_top);
	if (!may_remember || len == 0 || len + 2 > REDACT_KEY_MAX)
		return judge_key(redactor, start, end, is_top);
	at = find_entry(redactor, name, len, is_top);
	redactor->keys[*place].next = at;
	*place = at;
	key = &redactor->keys[at];
	if (key->len != len + 2 || key->is_top != is_top ||
	    memcmp(key->text, name, len) != 0) {
		struct redact_judged judged = judge_key(redactor, start, end, is_top);

		key->len = (uint8_t)(len + 2);
		key->verdict = (uint8_t)judged.verdict;
		key->role = (uint8_t)judged.role;
		key->is_top = is_top;
		memcpy(key->text, name, len + 2);
	}
	return (struct redact_judged){ key->verdict, key->role };
}
