/* SPDX-License-Identifier: ISC
 *
 * json -- one JSON object (RFC 8259) from one line of text, by simdjson. The
 * whole line is checked: UTF-8, every nested value, nothing after the object.
 */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes behind a line that the parser may read (not use). */
#define JSON_PADDING 64
/* Objects and arrays within each other, the line's own object included. */
#define JSON_MAX_DEPTH 128
/* The largest magnitude up to which every integer is a double. */
#define JSON_EXACT_MAX (INT64_C(1) << 53)

enum json_type {
	JSON_NULL,
	JSON_BOOLEAN, /* integer is 0 or 1 */
	JSON_INTEGER, /* exact in 64 bits */
	JSON_REAL,    /* a number with a fraction or exponent */
	JSON_BIG,     /* a number that neither an int64 nor a double holds */
	JSON_TEXT,    /* text, text_len: unescaped */
	JSON_NESTED   /* an object or array: see raw */
};

struct json_member {
	const char *key; /* unescaped */
	size_t key_len;
	int key_number; /* see json_number_keys; else -1 */
	enum json_type type;
	union {
		int64_t integer;
		double real;
	};
	const char *text;
	size_t text_len;
	const char *raw; /* the value as it stands in the line */
	size_t raw_len;
};

enum json_fault { JSON_NOT_JSON, JSON_NOT_OBJECT, JSON_BAD_UTF8, JSON_TOO_DEEP };

struct json_error {
	enum json_fault fault;
	size_t offset; /* of the fault in the line, as near as is known */
	const char *words;
};

struct json_object {
	const struct json_member *members; /* in the order of the line */
	size_t count;
	bool has_inexact; /* an integer that a double does not hold stands in it,
	                   * at any depth; known of any JSON, not only objects */
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

/* The member of that name, the last one when it stands there twice; or NULL. */
const struct json_member *json_find(const struct json_object *object,
    const char *key);

#ifdef __cplusplus
}
#endif

#endif
