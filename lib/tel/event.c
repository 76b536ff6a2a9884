/* SPDX-License-Identifier: ISC */
#include "tel/event.h"
#include "base/require.h"
#include "tel/word.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HAS_TEXT(kind, name) 0
#define HAS_HEX(kind, name) 0
#define HAS_CHOICE(kind, name) 0
#define HAS_JSON(kind, name) 0
#define HAS_BOOLEAN(kind, name) 0
#define HAS_INTEGER(kind, name) offsetof(struct event_##kind, has_##name)
#define HAS_REAL(kind, name) offsetof(struct event_##kind, has_##name)

#define EVENT(kind, wire, table, doc) \
	static const struct event_field fields_##kind[] = {
#define FIELD(kind, name, type, need, limits, doc) \
	{ #name, doc, limits, EVENT_##type, EVENT_##need, \
	  offsetof(struct event_##kind, name), HAS_##type(kind, name) },
#define END(kind) };
#include "schema/event.def"

const struct event_description event_descriptions[EVENT_KIND_COUNT] = {
#define EVENT(kind, wire, table, doc) \
	[EVENT_##kind] = { wire, table, doc, fields_##kind, \
	    sizeof(fields_##kind) / sizeof(fields_##kind[0]) },
#include "schema/event.def"
};

const struct event_field event_envelope[EVENT_ENVELOPE_COUNT] = {
#define ENVELOPE(name, type, need, limits, doc) \
	{ #name, doc, limits, EVENT_##type, EVENT_##need, 0, 0 },
#include "schema/event.def"
};

void
event_writer_init(struct event_writer *writer, const char *producer)
{
	memset(writer, 0, sizeof(*writer));
	snprintf(writer->producer, sizeof(writer->producer), "%s", producer);
}

static void
write_field(struct json_writer *json, const struct event_field *field,
    const char *body)
{
	const char *value = body + field->value_offset;
	const char *text;

	switch (field->type) {
	case EVENT_INTEGER:
		if (*(const bool *)(body + field->has_offset))
			json_writer_key_integer(json, field->name,
			    *(const int64_t *)(const void *)value);
		return;
	case EVENT_REAL:
		if (*(const bool *)(body + field->has_offset))
			json_writer_key_real(json, field->name,
			    *(const double *)(const void *)value);
		return;
	case EVENT_BOOLEAN:
		json_writer_key_boolean(json, field->name,
		    *(const bool *)(const void *)value);
		return;
	case EVENT_TEXT:
	case EVENT_HEX:
	case EVENT_CHOICE:
	case EVENT_JSON:
		break;
	}
	text = *(const char *const *)(const void *)value;
	REQUIRE(text != NULL || field->need != EVENT_REQUIRED);
	if (text != NULL && field->type == EVENT_JSON) {
		json_writer_key(json, field->name);
		json_writer_raw(json, text, strlen(text));
	} else
		json_writer_key_text(json, field->name, text);
}

void
event_write(struct event_writer *writer, struct buf *out, enum event_kind kind,
    int64_t ts_ms, const void *body)
{
	const struct event_description *description;
	struct json_writer json;

	REQUIRE(kind < EVENT_KIND_COUNT);
	description = &event_descriptions[kind];
	json_writer_init(&json, out);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "type", description->wire);
	json_writer_key_integer(&json, "ts_ms", ts_ms);
	json_writer_key_text(&json, "producer", writer->producer);
	json_writer_key_integer(&json, "seq", ++writer->seq);
	json_writer_key_text(&json, "run_id", writer->run_id);
	json_writer_key_text(&json, "cohort", writer->cohort);
	for (size_t i = 0; i < description->field_count; i++)
		write_field(&json, &description->fields[i], body);
	json_writer_close(&json, '}');
	buf_add_char(out, '\n');
}

int
event_find(const char *wire, size_t len)
{
	for (int i = 0; i < EVENT_KIND_COUNT; i++)
		if (strlen(event_descriptions[i].wire) == len &&
		    memcmp(event_descriptions[i].wire, wire, len) == 0)
			return i;
	return -1;
}

const char *
event_table(int i)
{
	REQUIRE(i >= 0 && i < EVENT_TABLE_COUNT);
	return i < EVENT_KIND_COUNT ? event_descriptions[i].table
	    : EVENT_OTHER_TABLE;
}

int
event_find_table(const char *table)
{
	for (int i = 0; i < EVENT_KIND_COUNT; i++)
		if (strcmp(event_descriptions[i].table, table) == 0)
			return i;
	return -1;
}

void
event_limits_integer(const char *limits, int64_t *min, int64_t *max)
{
	const char *dots = strstr(limits, "..");

	*min = INT64_MIN;
	*max = INT64_MAX;
	if (dots == NULL)
		return;
	if (dots > limits)
		*min = strtoll(limits, NULL, 10);
	if (dots[2] != '\0')
		*max = strtoll(dots + 2, NULL, 10);
}

bool
event_limits_choice(const char *limits, const char *text, size_t len)
{
	while (*limits != '\0') {
		size_t choice = strcspn(limits, "|");

		if (choice == len && memcmp(limits, text, len) == 0)
			return true;
		limits += choice + (limits[choice] == '|');
	}
	return false;
}

bool
event_limits_hex(const char *limits, const char *text, size_t len)
{
	if (*limits != '\0' && strtoull(limits, NULL, 10) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	return true;
}
