/* SPDX-License-Identifier: ISC
 *
 * schema-dump json: a JSON Schema (draft 2020-12) of the wire.
 */
#include "scripts/schema-dump.h"
#include "base/json_writer.h"

#include <stdio.h>
#include <string.h>

/* Writes "type": "x" or, for an optional key, ["x", "null"]: null is the same
 * as an absent key. */
static void
add_type(struct json_writer *json, const struct event_field *field, const char *type)
{
	if (field->need == EVENT_REQUIRED) {
		json_writer_key_text(json, "type", type);
		return;
	}
	json_writer_key(json, "type");
	json_writer_open(json, '[');
	json_writer_text(json, type, strlen(type));
	json_writer_text(json, "null", 4);
	json_writer_close(json, ']');
}

/* Writes the doc of the field and the meanings of its words. */
static void
add_description(struct json_writer *json, const struct event_field *field)
{
	const struct word_list *list = schema_list_of(field);
	struct buf text = BUF_EMPTY;

	buf_add_text(&text, field->doc);
	for (size_t i = 1; list != NULL && i < list->count; i++)
		buf_printf(&text, " %s: %s", list->words[i].word, list->words[i].doc);
	json_writer_key_text(json, "description", buf_text(&text));
	buf_release(&text);
}

static void
add_choices(struct json_writer *json, const struct event_field *field)
{
	json_writer_key(json, "enum");
	json_writer_open(json, '[');
	for (const char *word = field->limits; *word != '\0';) {
		size_t len = strcspn(word, "|");

		json_writer_text(json, word, len);
		word += len + (word[len] == '|');
	}
	if (field->need == EVENT_OPTIONAL)
		json_writer_null(json);
	json_writer_close(json, ']');
}

static void
add_integer(struct json_writer *json, const struct event_field *field)
{
	int64_t min, max;

	event_limits_integer(field->limits, &min, &max);
	add_type(json, field, "integer");
	/* Limits of 64 bits are left out, because many readers of JSON have
	 * only doubles and would round them. */
	if (min != INT64_MIN)
		json_writer_key_integer(json, "minimum", min);
	if (max != INT64_MAX)
		json_writer_key_integer(json, "maximum", max);
}

static void
add_hex(struct json_writer *json, const struct event_field *field)
{
	char pattern[48];

	snprintf(pattern, sizeof(pattern), "^[0-9A-Fa-f]%s%.8s%s$",
	    field->limits[0] != '\0' ? "{" : "*", field->limits,
	    field->limits[0] != '\0' ? "}" : "");
	add_type(json, field, "string");
	json_writer_key_text(json, "pattern", pattern);
}

static void
add_property(struct json_writer *json, const struct event_field *field)
{
	static const char flags[] = "[true,false,0,1,null]";
	static const char nested[] = "[\"object\",\"array\",\"null\"]";

	json_writer_key(json, field->name);
	json_writer_open(json, '{');
	add_description(json, field);
	switch (field->type) {
	case EVENT_TEXT:
		add_type(json, field, "string");
		break;
	case EVENT_HEX:
		add_hex(json, field);
		break;
	case EVENT_CHOICE:
		add_choices(json, field);
		break;
	case EVENT_INTEGER:
		add_integer(json, field);
		break;
	case EVENT_REAL:
		add_type(json, field, "number");
		break;
	case EVENT_BOOLEAN:
		json_writer_key(json, "enum");
		json_writer_raw(json, flags, strlen(flags));
		break;
	case EVENT_JSON:
		json_writer_key(json, "type");
		json_writer_raw(json, nested, strlen(nested));
		break;
	}
	json_writer_close(json, '}');
}

static void
add_required(struct json_writer *json, const struct event_field *fields, size_t count)
{
	json_writer_key(json, "required");
	json_writer_open(json, '[');
	for (size_t i = 0; i < count; i++)
		if (fields[i].need == EVENT_REQUIRED)
			json_writer_text(json, fields[i].name, strlen(fields[i].name));
	json_writer_close(json, ']');
}

/* Writes the definition of one event, or of the envelope when event is NULL. */
static void
add_definition(struct json_writer *json, const struct event_description *event)
{
	static const char envelope[] = "{\"$ref\":\"#/$defs/envelope\"}";
	const struct event_field *fields = event != NULL ? event->fields : event_envelope;
	size_t count = event != NULL ? event->field_count : EVENT_ENVELOPE_COUNT;

	json_writer_open(json, '{');
	json_writer_key_text(json, "description", event != NULL ? event->doc
	    : "The keys of every event.");
	json_writer_key_text(json, "type", "object");
	if (event != NULL) {
		json_writer_key(json, "allOf");
		json_writer_open(json, '[');
		json_writer_raw(json, envelope, strlen(envelope));
		json_writer_close(json, ']');
	}
	json_writer_key(json, "properties");
	json_writer_open(json, '{');
	if (event != NULL) {
		json_writer_key(json, "type");
		json_writer_open(json, '{');
		json_writer_key_text(json, "const", event->wire);
		json_writer_close(json, '}');
	}
	for (size_t i = 0; i < count; i++)
		add_property(json, &fields[i]);
	json_writer_close(json, '}');
	add_required(json, fields, count);
	json_writer_close(json, '}');
}

/* Writes the definition of events whose type event.def does not know. */
static void
add_other(struct json_writer *json)
{
	static const char before[] = "{\"description\":\"An event of a type that this"
	    " schema does not know.\",\"allOf\":[{\"$ref\":\"#/$defs/envelope\"}],"
	    "\"properties\":{\"type\":{\"not\":{\"enum\":";

	json_writer_key(json, "other");
	json_writer_raw(json, before, strlen(before));
	json->after_value = false;
	json_writer_open(json, '[');
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		json_writer_text(json, event_descriptions[kind].wire,
		    strlen(event_descriptions[kind].wire));
	json_writer_close(json, ']');
	buf_add_text(json->out, "}}}}");
}

static void
add_reference(struct json_writer *json, const char *name)
{
	char path[80];

	snprintf(path, sizeof(path), "#/$defs/%.60s", name);
	json_writer_open(json, '{');
	json_writer_key_text(json, "$ref", path);
	json_writer_close(json, '}');
}

void
schema_print_json(struct buf *out)
{
	struct json_writer json;

	json_writer_init(&json, out);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_writer_key_text(&json, "title", "teltools event");
	json_writer_key_text(&json, "description", "One line of the wire, see tel-events(5)."
	    " Unknown keys are allowed.");
	json_writer_key(&json, "oneOf");
	json_writer_open(&json, '[');
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		add_reference(&json, event_descriptions[kind].wire);
	add_reference(&json, "other");
	json_writer_close(&json, ']');
	json_writer_key(&json, "$defs");
	json_writer_open(&json, '{');
	json_writer_key(&json, "envelope");
	add_definition(&json, NULL);
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		json_writer_key(&json, event_descriptions[kind].wire);
		add_definition(&json, &event_descriptions[kind]);
	}
	add_other(&json);
	json_writer_close(&json, '}');
	json_writer_close(&json, '}');
	buf_add_char(out, '\n');
}
