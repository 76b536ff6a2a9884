/* SPDX-License-Identifier: ISC
 *
 * Finds pairs in text. Broken JSON cannot be parsed, so a member is recognised by
 * the colon after a quoted word, and an object by its braces. Strings are skipped
 * unless they contain JSON themselves.
 */
#include "secret/pair.h"
#include "base/require.h"
#include "secret/secret.h"
#include "secret/value.h"

#include <ctype.h>
#include <string.h>

#define NAME_MAX_BYTES 256

struct scan {
	struct secret_pairs *pairs;
	const char *text;
	size_t len;
	size_t depth;
	const char *const *hash_names;
	size_t hash_name_count;
	bool is_cut;
};

static bool
is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

/* Returns at, moved back over the blanks before text[at]. */
static size_t
skip_blanks_back(const char *text, size_t at)
{
	while (at > 0 && isspace((unsigned char)text[at - 1]))
		at--;
	return at;
}

/* Returns the role of the quoted word before the colon text[at]. */
static enum secret_role
role_before(const char *text, size_t at)
{
	size_t end = skip_blanks_back(text, at), start;
	char quote;

	if (end == 0 || !is_quote(text[end - 1]))
		return SECRET_ROLE_NONE;
	quote = text[--end];
	while (end > 0 && text[end - 1] == '\\')
		end--;
	start = end;
	while (start > 0 && end - start < 8 && isalpha((unsigned char)text[start - 1]))
		start--;
	if (start == 0 || text[start - 1] != quote)
		return SECRET_ROLE_NONE;
	return secret_pair_role(text + start, end - start);
}

/* Records the name after the colon text[at]. A name that the end of the text cuts
 * off could be any name: it is recorded only when it is a secret name already. */
static void
record_name(struct scan *scan, size_t at, enum secret_role role)
{
	size_t start = secret_value_skip_blanks(scan->text, scan->len, at + 1);
	struct secret_extent extent;
	enum secret_pair pair;

	if (secret_value_quote(scan->text, scan->len, start) == 0)
		return;
	extent = secret_value_extent(scan->text, scan->len, start,
	    SECRET_STYLE_MEMBER);
	pair = secret_pair_judge(scan->text + extent.start,
	    extent.end - extent.start, scan->hash_names, scan->hash_name_count);
	if (extent.end < scan->len || pair != SECRET_PAIR_NONE || !scan->is_cut)
		secret_pairs_name(scan->pairs, scan->depth, role, pair);
}

/* Whether text[start..end) contains a quote that a colon follows. */
static bool
holds_member(const char *text, size_t start, size_t end)
{
	const char *colon;

	while ((colon = memchr(text + start, ':', end - start)) != NULL) {
		size_t at = skip_blanks_back(text, (size_t)(colon - text));

		if (at > start && is_quote(text[at - 1]))
			return true;
		start = (size_t)(colon - text) + 1;
	}
	return false;
}

/* Returns the end of the string that begins at text[at] with a quote of opening
 * bytes, backslashes included. Returns the end of the quote alone when it opens
 * no string or when the string contains JSON. */
static size_t
skip_string(const struct scan *scan, size_t at, size_t opening)
{
	size_t before = skip_blanks_back(scan->text, at), end;

	if (before == 0 || strchr("[{,:", scan->text[before - 1]) == NULL)
		return at + opening;
	end = secret_value_skip(scan->text, scan->len, at, opening);
	return holds_member(scan->text, at + opening, end) ? at + opening : end;
}

/* Handles the sign at text[at]; returns where to continue. */
static size_t
handle_sign(struct scan *scan, size_t at)
{
	enum secret_role role;
	size_t quote;

	switch (scan->text[at]) {
	case '{':
		scan->depth++;
		return at + 1;
	case '}':
		secret_pairs_end_object(scan->pairs, scan->depth);
		if (scan->depth > 0)
			scan->depth--;
		return at + 1;
	case ':':
		role = role_before(scan->text, at);
		if (role == SECRET_ROLE_VALUE)
			secret_pairs_value(scan->pairs, scan->depth, at);
		else if (role != SECRET_ROLE_NONE)
			record_name(scan, at, role);
		return at + 1;
	default:
		quote = secret_value_quote(scan->text, scan->len, at);
		if (quote > 0)
			return skip_string(scan, at, quote);
		while (at < scan->len && scan->text[at] == '\\')
			at++;
		return at;
	}
}

void
secret_pairs_scan(struct secret_pairs *pairs, const char *text, size_t len,
    const char *const *hash_names, size_t hash_name_count, bool is_cut)
{
	static const bool is_sign[256] = { ['{'] = true, ['}'] = true,
		[':'] = true, ['"'] = true, ['\''] = true, ['`'] = true,
		['\\'] = true };
	struct scan scan = { .pairs = pairs, .text = text, .len = len,
		.hash_names = hash_names, .hash_name_count = hash_name_count,
		.is_cut = is_cut };
	size_t at = 0;

	secret_pairs_reset(pairs);
	if (len == 0 || (memchr(text, '"', len) == NULL &&
	    memchr(text, '\'', len) == NULL && memchr(text, '`', len) == NULL))
		return;
	while (at < len)
		at = is_sign[(unsigned char)text[at]] ? handle_sign(&scan, at)
		    : at + 1;
	if (is_cut)
		secret_pairs_nameless(pairs);
	secret_pairs_sort(pairs);
}

size_t
secret_pair_inner(const char *text, size_t len, size_t at, bool *is_number)
{
	static const struct {
		const char *text;
		bool is_number;
	} kinds[] = { { "stringValue", false }, { "bytesValue", false },
		{ "arrayValue", false }, { "kvlistValue", false },
		{ "intValue", true }, { "doubleValue", true },
		{ "boolValue", true } };
	size_t start, quote, end;

	*is_number = false;
	if (at >= len || text[at] != '{')
		return at;
	start = secret_value_skip_blanks(text, len, at + 1);
	quote = secret_value_quote(text, len, start);
	start += quote;
	for (size_t i = 0; quote > 0 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		end = start + strlen(kinds[i].text);
		if (end >= len || memcmp(text + start, kinds[i].text,
		    end - start) != 0 || secret_value_quote(text, len, end) != quote)
			continue;
		end = secret_value_skip_blanks(text, len, end + quote);
		if (end == len || text[end] != ':')
			continue;
		*is_number = kinds[i].is_number;
		return secret_value_skip_blanks(text, len, end + 1);
	}
	return at;
}

/* Whether a name is that of a secret header: it is secret as a header, or it is
 * secret and has a hyphen. */
static bool
is_secret_header(const char *name, size_t len)
{
	enum secret_name verdict = secret_name(name, len);

	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '-' &&
		    name[i] != '_' && name[i] != '.')
			return false;
	return verdict == SECRET_HEADER ||
	    (verdict != SECRET_NONE && memchr(name, '-', len) != NULL);
}

size_t
secret_pair_second(const char *text, size_t len, size_t at)
{
	size_t quote, second;
	struct secret_extent first;

	REQUIRE(at < len);
	at = secret_value_skip_blanks(text, len, at + 1);
	quote = secret_value_quote(text, len, at);
	if (quote == 0)
		return 0;
	first.start = first.end = at + quote;
	while (first.end < len && first.end - first.start < NAME_MAX_BYTES &&
	    secret_value_is_name_byte(text[first.end]))
		first.end++;
	if (secret_value_quote(text, len, first.end) != quote)
		return 0;
	at = secret_value_skip_blanks(text, len, first.end + quote);
	if (at == len || text[at] != ',')
		return 0;
	second = secret_value_skip_blanks(text, len, at + 1);
	quote = secret_value_quote(text, len, second);
	if (quote == 0 || !is_secret_header(text + first.start,
	    first.end - first.start))
		return 0;
	at = secret_value_skip(text, len, second, quote);
	at = secret_value_skip_blanks(text, len, at);
	return at == len || text[at] == ']' ? second : 0;
}
