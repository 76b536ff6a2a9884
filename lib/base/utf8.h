/* SPDX-License-Identifier: ISC
 *
 * utf8 -- well-formed UTF-8, byte by byte (RFC 3629 section 4).
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>

/* U+FFFD, what takes the place of a byte that is no UTF-8. */
#define UTF8_REPLACEMENT "\xEF\xBF\xBD"

/* The length, 1 to 4, of the character at text, of which len > 0 bytes may be
 * read; 0 when no well-formed character begins there. */
size_t utf8_length(const char *text, size_t len);

/* The number of the control character at text (C0, DEL or C1: what a terminal
 * may obey), of which len > 0 bytes may be read; -1 when it is none. */
int utf8_control(const char *text, size_t len);

/* Puts '?' in place of each byte that is not part of a well-formed character: a
 * text that was cut to fit may end within one. */
void utf8_repair(char *text);

/* How many characters text has, each taken to be one column wide: bytes that do
 * not continue a sequence. */
size_t utf8_width(const char *text);

#endif
