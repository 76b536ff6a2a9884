/* SPDX-License-Identifier: ISC
 *
 * object -- what is known of a JSON object that was read: its members and
 * their values. Nested values are known by their text.
 */
#ifndef JSON_OBJECT_H
#define JSON_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

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

struct json_object {
	const struct json_member *members; /* in the order of the line */
	size_t count;
	bool has_inexact; /* an integer that a double does not hold stands in it,
	                   * at any depth; known of any JSON, not only objects */
};

/* The member of that name, the last one when it stands there twice; or NULL. */
const struct json_member *json_find(const struct json_object *object,
    const char *key);

/* The elements of an array of nested text that json_read has checked, one after
 * another. */
struct json_elements {
	const char *at, *end; /* what is left; borrowed */
};

/* Of a member that is JSON_NESTED and whose raw begins with '['. */
struct json_elements json_elements_of(const struct json_member *array);

/* The text of the next element, within that of the array and so of the line;
 * false when there is none left. */
bool json_elements_next(struct json_elements *elements, const char **raw,
    size_t *raw_len);

#ifdef __cplusplus
}
#endif

#endif
