/* SPDX-License-Identifier: ISC
 *
 * value -- where the value of NAME=value or NAME: value ends; the rules
 * are those of secret_text.h.
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
	bool is_quoted; /* the quotes are not part of it */
};

/* The value that begins at text[at], which is no blank. May be empty. */
struct secret_extent secret_value_extent(const char *text, size_t len, size_t at,
    enum secret_style style);

/* The length of the scheme of Authorization at text[at], when a blank stands
 * behind it; else 0. */
size_t secret_value_scheme(const char *text, size_t len, size_t at);

/* The quote at text[at] with the backslashes in front of it: how many bytes they
 * are together; 0 when something else stands there. */
size_t secret_value_quote(const char *text, size_t len, size_t at);

/* Behind the quoted text whose opening quote, of that many bytes, is at
 * text[at]. */
size_t secret_value_skip(const char *text, size_t len, size_t at,
    size_t opening);

/* Behind the blanks, and control characters but the newline, from text[at] on. */
size_t secret_value_skip_blanks(const char *text, size_t len, size_t at);

/* What a name may consist of where no quotes say it. */
bool secret_value_is_name_byte(char c);

#endif
