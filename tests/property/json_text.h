/* SPDX-License-Identifier: ISC
 *
 * json_text -- the members of a line of JSON by their paths: burn[0].n.
 */
#ifndef TESTS_PROPERTY_JSON_TEXT_H
#define TESTS_PROPERTY_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A text, number or word; of an object or array only its begin, "{" or "[". */
struct json_member {
	char *path;
	char *text; /* without quotes and escapes */
	bool is_text;
};

struct json_text {
	struct json_member *members;
	size_t count;
};

/* Reads one value. Returns 0, or -1 when it is not JSON as our programs write it. In both
 * cases json_text_release frees the members. */
int json_text_read(struct json_text *json, const char *line, size_t len);
void json_text_release(struct json_text *json);

/* Returns the member, or NULL. */
const struct json_member *json_text_find(const struct json_text *json, const char *path);

#endif
