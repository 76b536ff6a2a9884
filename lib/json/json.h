/* SPDX-License-Identifier: ISC
 *
 * json -- one JSON object (RFC 8259) from one line of text, by simdjson. The
 * whole line is checked: UTF-8, every nested value, nothing after the object.
 */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include "base/err.h"
#include "json/object.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes behind a line that the parser may read (not use). */
#define JSON_PADDING 64
/* Objects and arrays within each other, the line's own object included. */
#define JSON_MAX_DEPTH 128

enum json_fault { JSON_NOT_JSON, JSON_NOT_OBJECT, JSON_BAD_UTF8, JSON_TOO_DEEP };

struct json_error {
	enum json_fault fault;
	size_t offset; /* of the fault in the line, as near as is known */
	const char *words;
};

struct json_parser;
struct key_table;

/* A parser with room for lines of max_len bytes; the caller's. */
struct json_parser *json_open(size_t max_len);
void json_close(struct json_parser *parser); /* NULL is fine */

/* From now on the keys of members have the numbers of that table, which is
 * borrowed. */
void json_number_keys(struct json_parser *parser, struct key_table *keys);

/* Reads line[0..len), behind which JSON_PADDING bytes must be readable. What
 * *out points to is borrowed: valid until the next call. */
MUST_USE int json_read(struct json_parser *parser, const char *line, size_t len,
    struct json_object *out, struct json_error *error);

#ifdef __cplusplus
}
#endif

#endif
