/* SPDX-License-Identifier: ISC
 *
 * flat -- the members of an object as most events are: no nested values, no
 * escapes. It works on the places where tokens
 * begin, which the first stage of simdjson finds at the speed of memory
 * (Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019, section
 * 3.1); that stage also has checked UTF-8, quotes and control characters.
 */
#ifndef JSON_FLAT_H
#define JSON_FLAT_H

#include "json/key_table.h"
#include "json/object.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The place behind the token that begins at begin, where the next one is at
 * next: white space may stand between them (RFC 8259 section 2). */
static inline const char *
json_token_end(const char *begin, const char *next)
{
	while (next > begin && (next[-1] == ' ' || next[-1] == '\t' ||
	    next[-1] == '\r' || next[-1] == '\n'))
		next--;
	return next;
}

/* Gives a member whose raw text is to be a number its type and value; false when
 * it is none. simdjson does not read them: its releases before 3.6.4 take some
 * doubles of 19 digits and more for 0 or another number (issues 2093, 2099). */
bool json_read_number(struct json_member *member);

/* Whether it is an integer that a double does not hold, or too large for one. */
bool json_is_inexact(const struct json_member *member);

/* Room for the members of an object with so many tokens. */
#define JSON_FLAT_MEMBERS(token_count) ((token_count) / 4 + 1)

/* Reads line[0..len), whose tokens begin at places[0..token_count): brackets,
 * colons, commas, quotes that open a string, first characters of other values.
 * keys may be NULL. Returns 1 and *object over members, 0 when it is not such an
 * object for certain: it may be a good one of another kind, or none. */
int json_flat_read(const char *line, size_t len, const uint32_t *places,
    size_t token_count, struct key_table *keys, struct json_member *members,
    struct json_object *object);

#ifdef __cplusplus
}
#endif

#endif
