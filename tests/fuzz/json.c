/* SPDX-License-Identifier: ISC
 *
 * Any bytes as a line of input: no crash, no read beyond the padding, and what
 * is taken holds what the header promises.
 */
#include "base/mem.h"
#include "io/json.h"

#include <stdlib.h>
#include <string.h>

#define MAX_LEN 65536

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static void
check_member(const struct json_object *object, const struct json_member *member,
    const char *line, size_t len)
{
	char *key = mem_text_of(member->key, member->key_len);
	const struct json_member *found;

	need(member->raw >= line && member->raw_len > 0 &&
	    member->raw + member->raw_len <= line + len);
	if (strlen(key) == member->key_len) {
		found = json_find(object, key);
		need(found >= member && found < object->members + object->count);
	}
	if (member->type == JSON_TEXT) {
		/* Every byte of an unescaped text can be read. */
		char *copy = mem_text_of(member->text, member->text_len);

		need(member->raw[0] == '"' && member->text_len <= member->raw_len);
		free(copy);
	}
	if (member->type == JSON_BOOLEAN)
		need(member->integer == 0 || member->integer == 1);
	free(key);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct json_parser *parser;
	struct json_object object;
	struct json_error error;
	char *line;

	if (len > MAX_LEN)
		return 0;
	parser = json_open(MAX_LEN);
	/* Memory that ends with the padding, so that one byte more is seen. */
	line = mem_new(len + JSON_PADDING, 1);
	if (len > 0)
		memcpy(line, bytes, len);
	if (json_read(parser, line, len, &object, &error) == 0) {
		for (size_t i = 0; i < object.count; i++)
			check_member(&object, &object.members[i], line, len);
	} else {
		need(error.offset <= len && error.words != NULL);
	}
	free(line);
	json_close(parser);
	return 0;
}
