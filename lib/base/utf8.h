/* SPDX-License-Identifier: ISC
 *
 * utf8 -- well-formed UTF-8, byte by byte (RFC 3629 section 4).
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/err.h"

#include <stddef.h>

/* U+FFFD, which replaces a byte that is not UTF-8. */
#define UTF8_REPLACEMENT "\xEF\xBF\xBD"

/* Returns the length, 1 to 4, of the character at text; 0 when it is not well
 * formed. len > 0 bytes may be read. */
size_t utf8_length(const char *text, size_t len);

/* Returns the number of the control character at text (C0, DEL or C1: a terminal
 * may act on them); -1 for any other character. len > 0 bytes may be read. */
MUST_USE int utf8_control(const char *text, size_t len);

/* Replaces each byte that is not part of a well-formed character by '?': a text
 * that was truncated may end within a character. */
void utf8_repair(char *text);

/* Returns how many of len bytes are at most max_bytes and end with a whole character. */
size_t utf8_cut(const char *text, size_t len, size_t max_bytes);

/* Returns how many bytes of text fit into *width columns of a terminal, in whole
 * characters, and sets *width to the columns that they take. A byte that is not part of a
 * well-formed character takes one. */
size_t utf8_fit(const char *text, size_t *width);

/* Returns the columns that text takes. */
size_t utf8_width(const char *text);

#endif
