/* SPDX-License-Identifier: ISC */
#include "tel/secret_text.h"
#include "tel/secret.h"
#include "tel/secret_value.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_BYTES 256

struct name {
	const char *text;
	size_t len;
	char quote; /* around it; or 0 */
	size_t backslash_count; /* before the quote */
	bool holds_value; /* a value stands between the quotes */
};

bool
secret_text_is_mark(const char *text, size_t len)
{
	return len == SECRET_MARK_LEN && memcmp(text, SECRET_MARK, len) == 0;
}

bool
secret_text_is_hash(const char *text, size_t len)
{
	if (len != 64)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!(text[i] >= '0' && text[i] <= '9') &&
		    !(text[i] >= 'a' && text[i] <= 'f'))
			return false;
	return true;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* The local part, without the forms in quotes and the signs that join an
 * address to what stands before it: / = ? & { | } (RFC 5322 section 3.2.3). */
static bool
is_local(const struct secret_finder *finder, size_t at)
{
	char c = finder->text[at];

	if (c == '\'')
		return at > finder->floor && is_word(finder->text[at - 1]);
	return is_word(c) || (c != '\0' && strchr("._%+~!#$*^-", c) != NULL);
}

static bool
is_letter(char c)
{
	return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* The end of the domain that begins at text[start]: its last label must begin
 * with two letters, so that package@1.2.3 is none; labels behind such a one are
 * not part of it. Returns start when there is none. */
static size_t
domain_end(const struct secret_finder *finder, size_t start)
{
	const char *text = finder->text;
	size_t at = start, label = start, end = start;

	for (;; at++) {
		bool is_end = at == finder->len ||
		    (!is_word(text[at]) && text[at] != '-');

		if (!is_end)
			continue;
		if (label > start && at >= label + 2 && is_letter(text[label]) &&
		    is_letter(text[label + 1]))
			end = at;
		if (at == finder->len && finder->is_cut)
			return at;
		if (at == finder->len || text[at] != '.' || at == label)
			return end;
		label = at + 1;
	}
}

static size_t
local_start(const struct secret_finder *finder, size_t at)
{
	while (at > finder->floor && is_local(finder, at - 1))
		at--;
	return at;
}

/* a@b.org@c.org and a@b@c.org are hidden at once: next to a hash, the rest of
 * them could look like another address. */
static bool
find_address(struct secret_finder *finder, size_t at, struct secret_span *span)
{
	const char *text = finder->text;
	size_t start = local_start(finder, at);
	size_t end;

	if (start == at)
		return false;
	end = domain_end(finder, at + 1);
	if (end == at + 1 && !(finder->is_cut && end == finder->len))
		return false;
	while (start > finder->floor && text[start - 1] == '@')
		start = local_start(finder, start - 1);
	while (end < finder->len && text[end] == '@')
		for (end++; end < finder->len && is_local(finder, end);)
			end++;
	*span = (struct secret_span){ SECRET_SPAN_ADDRESS, start, end, 0, 0 };
	return true;
}

/* scheme://user:password@host: notes where the password stands (RFC 3986 section
 * 3.2.1), for the colon before it. at is the colon of the scheme. */
static void
note_password(struct secret_finder *finder, size_t at)
{
	const char *start = finder->text + at + 3;
	size_t len = finder->len - at - 3, end = 0;
	const char *host, *colon;

	while (end < len && (unsigned char)start[end] > ' ' &&
	    strchr("/?#\"'`<>\\", start[end]) == NULL)
		end++;
	host = memrchr(start, '@', end);
	colon = host == NULL ? NULL : memchr(start, ':', (size_t)(host - start));
	if (colon == NULL || host == colon + 1)
		return;
	finder->password_at = (size_t)(colon + 1 - finder->text);
	finder->password_end = (size_t)(host - finder->text);
}

static bool
find_password(struct secret_finder *finder, struct secret_span *span)
{
	*span = (struct secret_span){ SECRET_SPAN_VALUE, finder->password_at,
		finder->password_end, 0, 0 };
	finder->next = finder->name_floor = finder->password_end;
	return !secret_text_is_mark(finder->text + span->start,
	    span->end - span->start);
}

/* Whether a name may begin before text[at]: not in a value, hidden now or when
 * it was read before. */
static bool
is_in_name(const struct secret_finder *finder, size_t at)
{
	return at > finder->name_floor && !(finder->text[at - 1] == ']' &&
	    at >= SECRET_MARK_LEN && secret_text_is_mark(finder->text + at -
	    SECRET_MARK_LEN, SECRET_MARK_LEN));
}

/* A name in quotes: back to the other quote. One that holds a secret value is
 * secret whatever its last word says, which may be gone. */
static void
quoted_name(const struct secret_finder *finder, size_t end, struct name *name)
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

/* "API key": the word before a name that is no secret alone. */
static void
two_words(const struct secret_finder *finder, struct name *name)
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

/* The name that ends before text[at]; it may be empty. */
static void
name_before(const struct secret_finder *finder, size_t at, struct name *name)
{
	size_t end = at, start;

	memset(name, 0, sizeof(*name));
	while (end > finder->name_floor && is_blank(finder->text[end - 1]))
		end--;
	if (end > finder->name_floor && (finder->text[end - 1] == '"' ||
	    finder->text[end - 1] == '\'')) {
		quoted_name(finder, end, name);
		return;
	}
	start = end;
	while (is_in_name(finder, start) && end - start < NAME_MAX_BYTES &&
	    secret_value_is_name_byte(finder->text[start - 1]))
		start--;
	name->text = finder->text + start;
	name->len = end - start;
	two_words(finder, name);
}

static bool
is_hash_name(const struct secret_finder *finder, const struct name *name)
{
	for (size_t i = 0; i < finder->hash_name_count; i++)
		if (strlen(finder->hash_names[i]) == name->len &&
		    memcmp(finder->hash_names[i], name->text, name->len) == 0)
			return true;
	return false;
}

static bool
is_number_or_boolean(const char *text, size_t len)
{
	size_t i = 0;

	if ((len == 4 && strncasecmp(text, "true", 4) == 0) ||
	    (len == 5 && strncasecmp(text, "false", 5) == 0))
		return true;
	if (i < len && text[i] == '-')
		i++;
	if (i == len || !isdigit((unsigned char)text[i]))
		return false;
	while (i < len && (isdigit((unsigned char)text[i]) || text[i] == '.'))
		i++;
	return i == len;
}

static enum secret_style
style_of(char sign, const struct name *name, enum secret_name verdict)
{
	if (name->quote != '\0')
		return SECRET_STYLE_MEMBER;
	if (verdict == SECRET_HEADER)
		return sign == '=' ? SECRET_STYLE_HEADER_QUERY
		    : SECRET_STYLE_HEADER;
	return sign == '=' ? SECRET_STYLE_QUERY : SECRET_STYLE_LINE;
}

/* Makes the span of a value; false when there is none, or nothing to hide. */
static bool
take_value(struct secret_finder *finder, size_t at, enum secret_style style,
    enum secret_name verdict, struct secret_span *span)
{
	struct secret_extent extent = secret_value_extent(finder->text,
	    finder->len, at, style);
	const char *value = finder->text + extent.start;
	size_t len = extent.end - extent.start;

	span->start = extent.start;
	span->end = extent.end;
	if (extent.is_quoted)
		span->quote = '\0';
	if (secret_text_is_mark(value, len) || (span->kind == SECRET_SPAN_HASHED &&
	    secret_text_is_hash(value, len))) {
		finder->next = finder->name_floor = extent.end;
		return false;
	}
	if (!extent.is_quoted && (len == 0 ||
	    (len == 4 && memcmp(value, "null", 4) == 0)))
		return false;
	return span->kind == SECRET_SPAN_HASHED ||
	    verdict != SECRET_UNLESS_NUMBER || extent.is_quoted ||
	    !is_number_or_boolean(value, len);
}

/* The pair whose sign is text[at]. */
static bool
find_pair(struct secret_finder *finder, size_t at, struct secret_span *span)
{
	const char *text = finder->text;
	char sign = text[at];
	enum secret_name verdict;
	struct name name;

	name_before(finder, at, &name);
	span->kind = SECRET_SPAN_VALUE;
	verdict = name.holds_value ? SECRET_VALUE
	    : secret_name(name.text, name.len);
	if ((sign == '=' || name.quote != '\0') && is_hash_name(finder, &name)) {
		verdict = SECRET_VALUE;
		span->kind = SECRET_SPAN_HASHED;
	}
	/* "PASS: name of a test" is how tests speak. */
	if (verdict == SECRET_NONE || (verdict == SECRET_UNLESS_NUMBER &&
	    sign == ':' && name.quote == '\0' && name.len == 4))
		return false;
	span->quote = name.quote;
	span->backslash_count = name.backslash_count;
	for (at++; at < finder->len && (text[at] == '=' || text[at] == '>');)
		at++;
	while (at < finder->len && is_blank(text[at]))
		at++;
	return take_value(finder, at, style_of(sign, &name, verdict), verdict,
	    span);
}

/* The Z of "Authorization Bearer abc". */
static bool
find_scheme(struct secret_finder *finder, size_t at,
    struct secret_span *span)
{
	static const char word[] = "authorization";
	const size_t before = 7, len = sizeof(word) - 1;
	size_t value = at + len - before;

	if (at < finder->floor + before || value >= finder->len ||
	    strncasecmp(finder->text + at - before, word, len) != 0 ||
	    !is_blank(finder->text[value]))
		return false;
	while (value < finder->len && is_blank(finder->text[value]))
		value++;
	if (secret_value_scheme(finder->text, finder->len, value) == 0)
		return false;
	*span = (struct secret_span){ SECRET_SPAN_VALUE, value, value, 0, 0 };
	return take_value(finder, value, SECRET_STYLE_HEADER, SECRET_VALUE, span);
}

/* What may begin or be in the middle of something to hide. */
static size_t
next_sign(const char *text, size_t at, size_t len)
{
	static const bool is_sign[256] = { ['@'] = true, [':'] = true,
		['='] = true, ['z'] = true, ['Z'] = true };

	while (at < len && !is_sign[(unsigned char)text[at]])
		at++;
	return at;
}

static bool
find_colon(struct secret_finder *finder, size_t at, struct secret_span *span)
{
	const char *text = finder->text;

	if (at + 1 == finder->password_at)
		return find_password(finder, span);
	if (at + 2 < finder->len && text[at + 1] == '/' && text[at + 2] == '/') {
		note_password(finder, at);
		return false;
	}
	/* Names of C++ and others: a::b. */
	if (at + 1 < finder->len && text[at + 1] == ':') {
		finder->next = at + 2;
		return false;
	}
	return find_pair(finder, at, span);
}

bool
secret_text_next(struct secret_finder *finder, struct secret_span *span)
{
	while ((finder->next = next_sign(finder->text, finder->next,
	    finder->len)) < finder->len) {
		size_t at = finder->next++;
		char c = finder->text[at];

		if (c == '@' ? find_address(finder, at, span)
		    : c == ':' ? find_colon(finder, at, span)
		    : c == '=' ? find_pair(finder, at, span)
		    : find_scheme(finder, at, span)) {
			finder->next = finder->floor = span->end;
			if (span->kind != SECRET_SPAN_ADDRESS)
				finder->name_floor = span->end;
			return true;
		}
	}
	return false;
}
