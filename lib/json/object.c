/* SPDX-License-Identifier: ISC */
#include "json/object.h"

#include <string.h>

const struct json_member *
json_find(const struct json_object *object, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = object->count; i-- > 0;)
		if (object->members[i].key_len == len &&
		    memcmp(object->members[i].key, key, len) == 0)
			return &object->members[i];
	return NULL;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Returns the length of the element at text and the white space after it. */
static size_t
element_length(const char *text, const char *end)
{
	bool in_text = false;
	int depth = 0;
	const char *p;

	for (p = text; p < end; p++) {
		if (in_text) {
			if (*p == '\\')
				p++;
			else if (*p == '"')
				in_text = false;
		} else if (*p == '"')
			in_text = true;
		else if (*p == '{' || *p == '[')
			depth++;
		else if (depth > 0 && (*p == '}' || *p == ']'))
			depth--;
		else if (depth == 0 && (*p == ',' || *p == ']'))
			break;
	}
	return (size_t)(p - text);
}

struct json_elements
json_elements_of(const struct json_member *array)
{
	return (struct json_elements){ .at = array->raw + 1,
		.end = array->raw + array->raw_len };
}

bool
json_elements_next(struct json_elements *elements, const char **raw,
    size_t *raw_len)
{
	const char *at = elements->at, *end = elements->end;

	while (at < end && (is_blank(*at) || *at == ','))
		at++;
	if (at == end || *at == ']')
		return false;
	*raw = at;
	end = at + element_length(at, end);
	elements->at = end;
	while (is_blank(end[-1]))
		end--;
	*raw_len = (size_t)(end - at);
	return true;
}
