/* SPDX-License-Identifier: ISC
 *
 * object -- a JSON object that was read: its members and their values. A
 * nested value is kept as text.
 */
#ifndef JSON_OBJECT_H
#define JSON_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A double holds every integer up to this magnitude exactly. */
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
	int key_number; /* see json_number_keys; -1 for none */
	enum json_type type;
	union {
		int64_t integer;
		double real;
	};
	const char *text;
	size_t text_len;
	const char *raw; /* the value as written in the line */
	size_t raw_len;
};

struct json_object {
	const struct json_member *members; /* in the order of the line */
	size_t count;
	bool has_inexact; /* some integer, at any depth, is one that a double
	                   * does not hold; set for any JSON, not only objects */
};

/* Returns the member of that name, the last one if there are several; or
 * NULL. */
const struct json_member *json_find(const struct json_object *object,
    const char *key);

/* The position in a walk over the elements of an array, which is text that
 * json_read has checked. */
struct json_elements {
	const char *at, *end; /* the rest of the array; borrowed */
};

/* Begins a walk over a JSON_NESTED member whose raw text begins with '['. */
struct json_elements json_elements_of(const struct json_member *array);

/* Sets *raw to the text of the next element, which is part of the line; false
 * at the end of the array. */
bool json_elements_next(struct json_elements *elements, const char **raw,
    size_t *raw_len);

#ifdef __cplusplus
}
#endif

#endif
