/* SPDX-License-Identifier: ISC
 *
 * flat -- a fast reader of simple objects, without nested values and escapes,
 * as most events are. It needs the offsets of all tokens, which the first
 * stage of simdjson finds at the speed of memory (Langdale and Lemire,
 * "Parsing Gigabytes of JSON per Second", 2019, section 3.1). That stage has
 * checked UTF-8, quotes and control characters too.
 */
#ifndef JSON_FLAT_H
#define JSON_FLAT_H

#include "base/err.h"
#include "json/key_table.h"
#include "json/object.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Returns the end of the token that begins at begin, when the next token begins
 * at next: white space may be between them (RFC 8259 section 2). */
static inline const char *
json_token_end(const char *begin, const char *next)
{
	while (next > begin && (next[-1] == ' ' || next[-1] == '\t' ||
	    next[-1] == '\r' || next[-1] == '\n'))
		next--;
	return next;
}

/* Reads the raw text of a member as a number and sets its type and value;
 * false when it is not a number. simdjson does not do this, because its
 * releases before 3.6.4 misread some doubles of 19 and more digits (issues
 * 2093, 2099). */
bool json_read_number(struct json_member *member);

/* Whether a member is an integer that a double cannot hold exactly, or
 * JSON_BIG. */
bool json_is_inexact(const struct json_member *member);

/* The most members that an object of token_count tokens can have. */
#define JSON_FLAT_MEMBERS(token_count) ((token_count) / 4 + 1)

/* Reads line[0..len). Its tokens begin at places[0..token_count): brackets,
 * colons, commas, quotes that open a string, first characters of other values.
 * keys may be NULL. Returns 1 and sets *object, whose members are in `members`;
 * 0 when the line is anything but a simple object: another object, other JSON
 * or no JSON. */
MUST_USE int json_flat_read(const char *line, size_t len,
    const uint32_t *places, size_t token_count, struct key_table *keys,
    struct json_member *members, struct json_object *object);

#ifdef __cplusplus
}
#endif

#endif
