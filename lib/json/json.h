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

/* How many bytes after a line the parser may read, without using them. */
#define JSON_PADDING 64
/* The deepest nesting of objects and arrays; the whole object is level 1. */
#define JSON_MAX_DEPTH 128

enum json_fault { JSON_NOT_JSON, JSON_NOT_OBJECT, JSON_BAD_UTF8, JSON_TOO_DEEP };

struct json_error {
	enum json_fault fault;
	size_t offset; /* of the fault in the line, approximately */
	const char *words;
};

struct json_parser;
struct key_table;

/* Opens a parser for lines of at most max_len bytes. The caller closes it. */
struct json_parser *json_open(size_t max_len);
void json_close(struct json_parser *parser); /* NULL is fine */

/* Makes later calls of json_read set key_number by that table, which is
 * borrowed. */
void json_number_keys(struct json_parser *parser, struct key_table *keys);

/* Reads line[0..len); JSON_PADDING bytes after it must be readable. Returns 0,
 * or -1 with *error. What *out points to is borrowed until the next call. */
MUST_USE int json_read(struct json_parser *parser, const char *line, size_t len,
    struct json_object *out, struct json_error *error);

#ifdef __cplusplus
}
#endif

#endif
