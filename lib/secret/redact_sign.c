/* SPDX-License-Identifier: ISC
 *
 * Looks quickly for the bytes of which every secret in text has one. Most texts
 * have none of them and need no search.
 */
#include "secret/redact_private.h"

#include <ctype.h>
#include <string.h>

bool
redact_has_sign(const struct redactor *redactor, size_t start, size_t end)
{
	enum { ALWAYS = 1, HYPHEN = 2 };
	static const unsigned char signs[256] = { ['@'] = ALWAYS, [':'] = ALWAYS,
		['='] = ALWAYS, ['z'] = ALWAYS, ['Z'] = ALWAYS, ['%'] = ALWAYS,
		['\\'] = ALWAYS, ['\''] = ALWAYS, ['-'] = HYPHEN };
	const char *text = redactor->text;
	int wanted = redactor->has_hyphen ? ALWAYS | HYPHEN : ALWAYS;

	if (!redactor->has_sign)
		return end - start > 3 &&
		    memchr(text + start, ':', end - start) != NULL;
	while (start < end && (signs[(unsigned char)text[start]] & wanted) == 0)
		start++;
	return start < end;
}

/* Whether an option or a private key may begin somewhere: its first hyphen
 * precedes another one, or is between a blank or quote and a letter. */
static bool
has_hyphen(const char *text, size_t len)
{
	const char *end = text + len;
	const char *at = text;

	while ((at = memchr(at, '-', (size_t)(end - at))) != NULL) {
		bool is_first = at > text && (at[-1] == ' ' || at[-1] == '"' ||
		    at[-1] == '\'');

		if (at + 1 < end && (at[1] == '-' ||
		    (is_first && isalpha((unsigned char)at[1]))))
			return true;
		at++;
	}
	return false;
}

void
redact_look_for_signs(struct redactor *redactor)
{
	static const char signs[] = "@=%\\zZ'";

	redactor->has_hyphen = redactor->len > 0 &&
	    memchr(redactor->text, ' ', redactor->len) != NULL &&
	    has_hyphen(redactor->text, redactor->len);
	redactor->has_sign = redactor->has_hyphen;
	for (size_t i = 0; signs[i] != '\0' && !redactor->has_sign; i++)
		redactor->has_sign = redactor->len > 0 &&
		    memchr(redactor->text, signs[i], redactor->len) != NULL;
}
