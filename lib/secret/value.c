/* SPDX-License-Identifier: ISC */
#include "secret/value.h"
#include "secret/secret.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

bool
secret_value_is_name_byte(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 ||
	    (c != '\0' && strchr("_-.[]%$", c) != NULL);
}

static bool
is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\t') || c == 0x7F;
}

size_t
secret_value_skip_blanks(const char *text, size_t len, size_t at)
{
	while (at < len && text[at] != '\n' &&
	    (secret_value_is_blank(text[at]) || is_control(text[at])))
		at++;
	return at;
}

size_t
secret_value_quote(const char *text, size_t len, size_t at)
{
	size_t end = at;

	while (end < len && text[end] == '\\')
		end++;
	if (end < len && (text[end] == '"' || text[end] == '\'' ||
	    text[end] == '`'))
		return end + 1 - at;
	return 0;
}

/* Whether the quote at text[at] is an apostrophe. */
static bool
is_apostrophe(const char *text, size_t len, size_t at)
{
	return text[at] == '\'' && at > 0 && at + 1 < len &&
	    isalnum((unsigned char)text[at - 1]) &&
	    isalnum((unsigned char)text[at + 1]);
}

/* Returns the end of the quoted text that begins at text[at]; depth is the number
 * of backslashes before its opening quote. A quote of JSON that is nested n
 * levels deep has 2^n - 1 backslashes, a quote within its text has more, and one
 * with fewer ends the text around it. */
static size_t
quoted_end(const char *text, size_t len, size_t at, char quote, size_t depth)
{
	size_t backslashes = 0;

	for (; at < len; at++) {
		if (text[at] == '\\') {
			backslashes++;
			continue;
		}
		if (text[at] == quote) {
			if (backslashes < depth)
				return at - backslashes;
			if ((backslashes - depth) / (depth + 1) % 2 == 0)
				return at - depth;
		} else if (text[at] == '"' && backslashes < depth) {
			return at - backslashes;
		}
		backslashes = 0;
	}
	return len;
}

size_t
secret_value_skip(const char *text, size_t len, size_t at, size_t opening)
{
	size_t end = quoted_end(text, len, at + opening, text[at + opening - 1],
	    opening - 1);

	end += secret_value_quote(text, len, end);
	return end;
}

static size_t
skip_backslashes(const char *text, size_t len, size_t at)
{
	while (at < len && text[at] == '\\')
		at++;
	return at;
}

/* Returns the position after the bracket that closes the one at text[at], or len
 * when there is none. */
static size_t
bracket_end(const char *text, size_t len, size_t at)
{
	size_t depth = 0;

	while (at < len) {
		size_t quote = text[at] == '"' || text[at] == '\\' ||
		    text[at] == '\'' ? secret_value_quote(text, len, at) : 0;

		if (quote > 0 && !is_apostrophe(text, len, at)) {
			at = secret_value_skip(text, len, at, quote);
			continue;
		}
		if (text[at] == '\\') {
			at = skip_backslashes(text, len, at);
			continue;
		}
		if (text[at] == '{' || text[at] == '[')
			depth++;
		if ((text[at] == '}' || text[at] == ']') && --depth == 0)
			return at + 1;
		at++;
	}
	return len;
}

size_t
secret_value_scheme(const char *text, size_t len, size_t at)
{
	static const char *const schemes[] = { "bearer", "basic", "digest",
		"negotiate", "token", "apikey", "hawk", "ntlm", "hoba", "mutual",
		"dpop", "oauth", "scram-sha-256", "aws4-hmac-sha256" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t n = strlen(schemes[i]);

		if (at < len && len - at > n &&
		    strncasecmp(text + at, schemes[i], n) == 0 &&
		    secret_value_is_blank(text[at + n]))
			return n;
	}
	return 0;
}

/* Whether a name and a = or a colon begin at text[at]; when needs_blank, only a
 * colon counts, and a blank must follow it. Sets *end to the end of the name, so
 * that no name is read twice. */
static bool
begins_pair(const char *text, size_t len, size_t at, bool needs_blank, size_t *end)
{
	size_t start = at;

	while (at < len && secret_value_is_name_byte(text[at]))
		at++;
	*end = at;
	if (at == start || at == len || (text[at] != ':' && text[at] != '='))
		return false;
	if (text[at] == '=')
		return !needs_blank;
	return !needs_blank ||
	    (at + 1 < len && secret_value_is_blank(text[at + 1]));
}

/* Whether the value ends at the separator text[at] because a pair follows it.
 * Sets *skip to the end of what has been examined. */
static bool
ends_before_pair(const char *text, size_t len, size_t at, bool is_header,
    size_t *skip)
{
	size_t next = at;

	while (next < len && (secret_value_is_blank(text[next]) ||
	    text[next] == ',' || text[next] == ';' || text[next] == '&'))
		next++;
	*skip = next > at ? next : at + 1;
	return next > at && begins_pair(text, len, next, is_header, skip);
}

static bool
is_separator(char c)
{
	return secret_value_is_blank(c) || c == ',' || c == ';' || c == '&';
}

/* Whether the value that began at text[start] ends at text[at]. If not, sets
 * *skip to where to continue. */
static bool
ends_at(const char *text, size_t len, size_t start, size_t at,
    enum secret_style style, size_t *skip)
{
	char c = text[at];

	*skip = at + 1;
	switch (style) {
	case SECRET_STYLE_QUERY:
		return is_separator(c);
	case SECRET_STYLE_ARGUMENT:
		return secret_value_is_blank(c) && (at == start || at - start !=
		    secret_value_scheme(text, len, start));
	case SECRET_STYLE_MEMBER:
		return c == ',' || c == '}' || c == ']';
	case SECRET_STYLE_LINE:
		return is_separator(c) &&
		    ends_before_pair(text, len, at, false, skip);
	case SECRET_STYLE_HEADER:
		return (c == ',' || c == ';') &&
		    ends_before_pair(text, len, at, true, skip);
	case SECRET_STYLE_HEADER_QUERY:
		if (secret_value_is_blank(c))
			return at == start || (text[at - 1] != ';' &&
			    text[at - 1] != ',' && at - start !=
			    secret_value_scheme(text, len, start));
		return c == '&';
	}
	return true;
}

static size_t
bare_end(const char *text, size_t len, size_t start, size_t at,
    enum secret_style style)
{
	bool is_header = style == SECRET_STYLE_HEADER ||
	    style == SECRET_STYLE_HEADER_QUERY;

	while (at < len && !is_control(text[at])) {
		size_t quote = text[at] == '"' || text[at] == '\\' ||
		    text[at] == '\'' || text[at] == '`'
		    ? secret_value_quote(text, len, at) : 0;

		if (quote > 0 && is_header && at > start && text[at - 1] == '=') {
			at = secret_value_skip(text, len, at, quote);
		} else if (quote > 0 && !is_apostrophe(text, len, at)) {
			return at;
		} else if (text[at] == '\\') {
			at = skip_backslashes(text, len, at);
		} else {
			size_t skip;

			if (ends_at(text, len, start, at, style, &skip))
				return at;
			at = skip;
		}
	}
	return at;
}

/* Returns the end of the value without its last blanks and closing brackets,
 * except the bracket of the mark. */
static size_t
trim_end(const char *text, size_t start, size_t end)
{
	while (end > start && (secret_value_is_blank(text[end - 1]) ||
	    strchr(")]}>", text[end - 1]) != NULL)) {
		if (end - start == SECRET_MARK_LEN &&
		    memcmp(text + start, SECRET_MARK, SECRET_MARK_LEN) == 0)
			break;
		end--;
	}
	return end;
}

struct secret_extent
secret_value_extent(const char *text, size_t len, size_t at,
    enum secret_style style)
{
	struct secret_extent extent = { .start = at, .end = at };
	size_t quote = secret_value_quote(text, len, at);
	size_t inner;

	if (quote > 0) {
		extent.is_quoted = true;
		extent.start = at + quote;
		extent.end = quoted_end(text, len, extent.start,
		    text[at + quote - 1], quote - 1);
		return extent;
	}
	if (at < len && (text[at] == '{' || text[at] == '[') &&
	    (len - at < SECRET_MARK_LEN ||
	    memcmp(text + at, SECRET_MARK, SECRET_MARK_LEN) != 0)) {
		inner = bracket_end(text, len, at);
		extent.end = bare_end(text, len, at, inner, style);
		if (extent.end > inner)
			extent.end = trim_end(text, inner, extent.end);
		return extent;
	}
	extent.end = trim_end(text, at, bare_end(text, len, at, at, style));
	return extent;
}
