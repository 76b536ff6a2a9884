/* SPDX-License-Identifier: ISC
 *
 * Finds the name before a value in text, by going back from the sign between
 * them.
 */
#include "secret/secret.h"
#include "secret/secret_text_private.h"
#include "secret/value.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_BYTES 256

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Whether text[at - 1] may be part of a name: it must not be in a value that is
 * hidden now or was when the line was read before. */
static bool
is_in_name(const struct secret_finder *finder, size_t at)
{
	return at > finder->name_floor && !(finder->text[at - 1] == ']' &&
	    at >= SECRET_MARK_LEN && secret_is_mark(finder->text + at -
	    SECRET_MARK_LEN, SECRET_MARK_LEN));
}

/* Fills *name with the quoted name that ends with the quote text[end - 1]. A name
 * with a secret value in it counts as secret, because the word that says so may
 * have been hidden. */
static void
read_quoted_name(const struct secret_finder *finder, size_t end,
    struct secret_text_name *name)
{
	size_t close = --end, start;

	name->quote = finder->text[close];
	while (end > finder->name_floor && finder->text[end - 1] == '\\')
		end--;
	name->backslash_count = close - end;
	start = end;
	while (is_in_name(finder, start) && end - start < NAME_MAX_BYTES &&
	    finder->text[start - 1] != name->quote)
		start--;
	name->holds_value = start > 0 && !is_in_name(finder, start);
	name->text = finder->text + start;
	name->len = end - start;
}

/* Adds the word before a name that is not a secret by itself, as in "API key". */
static void
add_word_before(const struct secret_finder *finder, struct secret_text_name *name)
{
	const char *floor = finder->text + finder->name_floor;
	const char *start = name->text;

	if (!((name->len == 3 && strncasecmp(start, "key", 3) == 0) ||
	    (name->len == 2 && strncasecmp(start, "id", 2) == 0) ||
	    (name->len == 6 && strncasecmp(start, "string", 6) == 0)))
		return;
	if (start - floor < 2 || start[-1] != ' ')
		return;
	start--;
	while (start > floor && is_word(start[-1]) &&
	    name->text - start < NAME_MAX_BYTES)
		start--;
	name->len += (size_t)(name->text - start);
	name->text = start;
}

void
secret_text_name_before(const struct secret_finder *finder, size_t at,
    struct secret_text_name *name)
{
	size_t end = at, start;

	memset(name, 0, sizeof(*name));
	while (end > finder->name_floor &&
	    secret_value_is_blank(finder->text[end - 1]))
		end--;
	if (end > finder->name_floor && (finder->text[end - 1] == '"' ||
	    finder->text[end - 1] == '\'')) {
		read_quoted_name(finder, end, name);
		return;
	}
	start = end;
	while (is_in_name(finder, start) && end - start < NAME_MAX_BYTES &&
	    secret_value_is_name_byte(finder->text[start - 1]))
		start--;
	name->text = finder->text + start;
	name->len = end - start;
	add_word_before(finder, name);
}
