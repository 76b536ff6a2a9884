/* SPDX-License-Identifier: ISC */
#include "tests/property/json_text.h"
#include "tests/property/memory.h"

#include <stdlib.h>
#include <string.h>

struct reader {
	struct json_text *json;
	const char *next, *end;
};

static int read_value(struct reader *reader, const char *path);

static char
peek(const struct reader *reader)
{
	return reader->next < reader->end ? *reader->next : '\0';
}

static int
expect(struct reader *reader, char sign)
{
	if (peek(reader) != sign)
		return -1;
	reader->next++;
	return 0;
}

static void
add_member(struct reader *reader, const char *path, char *text, bool is_text)
{
	struct json_text *json = reader->json;
	struct json_member *member;

	MEMORY_GROW(json->members, json->count);
	member = &json->members[json->count++];
	member->path = memory_text("%s", path);
	member->text = text;
	member->is_text = is_text;
}

/* Returns the text, which the caller frees, or NULL. Our data need no other escapes. */
static char *
read_text(struct reader *reader)
{
	char *text = memory_resize(NULL, (size_t)(reader->end - reader->next) + 1);
	size_t len = 0;

	if (expect(reader, '"') < 0)
		goto failed;
	while (peek(reader) != '"') {
		if (peek(reader) == '\\')
			reader->next++;
		if (peek(reader) == '\0')
			goto failed;
		text[len++] = *reader->next++;
	}
	reader->next++;
	text[len] = '\0';
	return text;
failed:
	free(text);
	return NULL;
}

static int
read_object(struct reader *reader, const char *path)
{
	int result = 0;

	reader->next++;
	if (peek(reader) == '}')
		return expect(reader, '}');
	do {
		char *key = read_text(reader), *below;

		if (key == NULL || expect(reader, ':') < 0) {
			free(key);
			return -1;
		}
		below = memory_text("%s%s%s", path, path[0] != '\0' ? "." : "", key);
		result = read_value(reader, below);
		free(below);
		free(key);
	} while (result == 0 && expect(reader, ',') == 0);
	return result < 0 ? -1 : expect(reader, '}');
}

static int
read_array(struct reader *reader, const char *path)
{
	int result = 0, i = 0;

	reader->next++;
	if (peek(reader) == ']')
		return expect(reader, ']');
	do {
		char *below = memory_text("%s[%d]", path, i++);

		result = read_value(reader, below);
		free(below);
	} while (result == 0 && expect(reader, ',') == 0);
	return result < 0 ? -1 : expect(reader, ']');
}

static int
read_value(struct reader *reader, const char *path)
{
	size_t len = 0;
	char *text;

	switch (peek(reader)) {
	case '{':
		add_member(reader, path, memory_text("{"), false);
		return read_object(reader, path);
	case '[':
		add_member(reader, path, memory_text("["), false);
		return read_array(reader, path);
	case '"':
		text = read_text(reader);
		if (text == NULL)
			return -1;
		add_member(reader, path, text, true);
		return 0;
	default:
		break;
	}
	while (reader->next + len < reader->end &&
	    strchr("+-.0123456789abcdefghijklmnopqrstuvwxyzE", reader->next[len]) != NULL)
		len++;
	if (len == 0)
		return -1;
	add_member(reader, path, memory_text("%.*s", (int)len, reader->next), false);
	reader->next += len;
	return 0;
}

int
json_text_read(struct json_text *json, const char *line, size_t len)
{
	struct reader reader = { json, line, line + len };

	*json = (struct json_text){ NULL, 0 };
	if (read_value(&reader, "") < 0)
		return -1;
	return reader.next == reader.end ? 0 : -1;
}

void
json_text_release(struct json_text *json)
{
	for (size_t i = 0; i < json->count; i++) {
		free(json->members[i].path);
		free(json->members[i].text);
	}
	free(json->members);
	*json = (struct json_text){ NULL, 0 };
}

const struct json_member *
json_text_find(const struct json_text *json, const char *path)
{
	for (size_t i = 0; i < json->count; i++)
		if (strcmp(json->members[i].path, path) == 0)
			return &json->members[i];
	return NULL;
}
