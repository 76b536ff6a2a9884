/* SPDX-License-Identifier: ISC
 *
 * value -- finds where the value of NAME=value or NAME: value ends. The rules are
 * those of secret/secret_text.h.
 */
#ifndef SECRET_VALUE_H
#define SECRET_VALUE_H

#include <stdbool.h>
#include <stddef.h>

enum secret_style {
	SECRET_STYLE_QUERY,   /* NAME=value */
	SECRET_STYLE_LINE,    /* NAME: value */
	SECRET_STYLE_MEMBER,  /* "NAME": value */
	SECRET_STYLE_HEADER,  /* Cookie: value */
	SECRET_STYLE_HEADER_QUERY, /* cookie=value */
	SECRET_STYLE_ARGUMENT /* --name value */
};

struct secret_extent {
	size_t start, end;
	bool is_quoted; /* start and end are inside the quotes */
};

/* Returns the extent of the value that begins at text[at], which is not a blank.
 * It may be empty. */
struct secret_extent secret_value_extent(const char *text, size_t len, size_t at,
    enum secret_style style);

/* Returns the length of the scheme of Authorization at text[at], such as Bearer,
 * if a blank follows it; otherwise 0. */
size_t secret_value_scheme(const char *text, size_t len, size_t at);

/* Returns the total length of a quote and of the backslashes before it, which
 * begin at text[at]; 0 when there is no quote. */
size_t secret_value_quote(const char *text, size_t len, size_t at);

/* Returns the position after the quoted text whose opening quote, of opening
 * bytes, begins at text[at]. */
size_t secret_value_skip(const char *text, size_t len, size_t at,
    size_t opening);

/* Returns the position after the blanks and control characters at text[at]. A
 * newline ends them. */
size_t secret_value_skip_blanks(const char *text, size_t len, size_t at);

/* Whether c may be part of a name without quotes. */
bool secret_value_is_name_byte(char c);

/* Whether c is a space or a tab. */
static inline bool
secret_value_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

#endif
