/* SPDX-License-Identifier: ISC
 *
 * Judges the names in objects such as {"name": "password", "value": "x"}, where a
 * name and its value are two members. Decisions are remembered, as in
 * redact_key.c.
 */
#include "secret/redact_private.h"
#include "base/hash.h"

#include <string.h>

static enum secret_pair
pair_of_name(struct redactor *redactor, const char *name, size_t len)
{
	if (len > 0 && memchr(name, '\\', len) != NULL) {
		buf_reset(&redactor->plain);
		plain_unescape(name, len, &redactor->plain);
		name = redactor->plain.data;
		len = redactor->plain.len;
	}
	return secret_pair_judge(name, len,
	    (const char *const *)redactor->hash_keys,
	    redactor->hash_key_count);
}

enum secret_pair
redact_judge_name(struct redactor *redactor, size_t start, size_t end)
{
	const char *text = redactor->text + start;
	size_t len = end - start;
	struct redact_name *name;
	uint64_t hash;

	if (len < 3 || len + 1 > REDACT_KEY_MAX)
		return pair_of_name(redactor, text, len);
	hash = hash_fnv1a(text, len);
	name = &redactor->names[(hash ^ hash >> 32) % REDACT_NAME_COUNT];
	if (name->len != len + 1 || memcmp(name->text, text, len + 1) != 0) {
		name->pair = (uint8_t)pair_of_name(redactor, text, len);
		name->len = (uint8_t)(len + 1);
		memcpy(name->text, text, len + 1);
	}
	return name->pair;
}
