/* SPDX-License-Identifier: ISC */
#include "tel/event_line.h"
#include "base/mem.h"
#include "base/require.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Returns where the index of the column of that name is kept; NULL for an
 * unknown name. */
static int *
find_index(struct event_columns *columns, const char *name)
{
	struct {
		const char *name;
		int *place;
	} places[] = {
		{ "id", &columns->id },
		{ "ts_ms", &columns->ts_ms },
		{ "run_id", &columns->run_id },
		{ "trace_id", &columns->trace_id },
		{ "span_id", &columns->span_id },
		{ "cohort", &columns->cohort },
		{ "extra", &columns->extra },
	};
	const struct event_description *event =
	    &event_descriptions[columns->kind];

	for (size_t i = 0; i < event->field_count; i++)
		if (strcmp(event->fields[i].name, name) == 0)
			return &columns->fields[i];
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (strcmp(places[i].name, name) == 0)
			return places[i].place;
	return NULL;
}

int
event_columns_init(struct event_columns *columns, enum event_kind kind,
    const char *const *names, int count, struct err *err)
{
	const struct event_description *event;

	REQUIRE(kind < EVENT_KIND_COUNT);
	event = &event_descriptions[kind];
	*columns = (struct event_columns){ .kind = kind, .id = -1,
		.ts_ms = -1, .run_id = -1, .trace_id = -1, .span_id = -1,
		.cohort = -1, .extra = -1,
		.fields = mem_new(event->field_count, sizeof(int)),
		.keys = mem_new(event->field_count, sizeof(struct buf)) };
	for (size_t i = 0; i < event->field_count; i++) {
		columns->fields[i] = -1;
		buf_printf(&columns->keys[i], "\"%s\":",
		    event->fields[i].name);
	}
	for (int i = 0; i < count; i++) {
		int *place = find_index(columns, names[i]);

		if (place == NULL) {
			err_set(err, EXIT_DATA, "table %s has a column '%s' "
			    "that this program does not know and would lose; "
			    "use the teltools that made it", event->table,
			    names[i]);
			event_columns_release(columns);
			return -1;
		}
		*place = i;
	}
	if (columns->id >= 0 && columns->ts_ms >= 0)
		return 0;
	event_columns_release(columns);
	return err_set(err, EXIT_DATA, "table %s lacks the column %s",
	    event->table, columns->id < 0 ? "id" : "ts_ms");
}

void
event_columns_release(struct event_columns *columns)
{
	if (columns->keys != NULL)
		for (size_t i = 0;
		    i < event_descriptions[columns->kind].field_count; i++)
			buf_release(&columns->keys[i]);
	free(columns->keys);
	free(columns->fields);
	columns->keys = NULL;
	columns->fields = NULL;
}

static const struct event_value *
value_at(const struct event_value *values, int column)
{
	static const struct event_value absent = { EVENT_VALUE_NULL, 0, 0, NULL,
		0 };

	return column < 0 ? &absent : &values[column];
}

static int
column_error(struct err *err, const char *column, const char *words)
{
	return err_set(err, EXIT_DATA, "column %s: %s", column, words);
}

static bool
is_utf8(const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t length = (unsigned char)text[i] < 0x80 ? 1
		    : utf8_length(text + i, len - i);

		if (length == 0)
			return false;
		i += length;
	}
	return true;
}

static int
write_text(struct json_writer *json, const char *column, const char *text,
    size_t len, struct err *err)
{
	if (!is_utf8(text, len))
		return column_error(err, column, "the text is not UTF-8");
	json_writer_text(json, text, len);
	return 0;
}

static int
write_real(struct json_writer *json, const char *column, double value,
    struct err *err)
{
	if (!isfinite(value))
		return column_error(err, column, "JSON has no infinite numbers");
	json_writer_real(json, value);
	return 0;
}

static int
write_json(struct json_writer *json, const char *column, const char *text,
    size_t len, struct err *err)
{
	if (memchr(text, '\n', len) != NULL)
		return column_error(err, column, "the JSON has a newline in it");
	json_writer_raw(json, text, len);
	return 0;
}

/* Writes the value of a column; its key has been written. */
static int
write_value(struct json_writer *json, const char *column, enum event_type type,
    const struct event_value *value, struct err *err)
{
	if (value->type == EVENT_VALUE_REAL)
		return write_real(json, column, value->real, err);
	if (value->type == EVENT_VALUE_TEXT && type == EVENT_JSON)
		return write_json(json, column, value->text, value->text_len, err);
	if (value->type == EVENT_VALUE_TEXT)
		return write_text(json, column, value->text, value->text_len, err);
	if (type == EVENT_BOOLEAN && (value->integer & ~1) == 0)
		json_writer_boolean(json, value->integer == 1);
	else
		json_writer_integer(json, value->integer);
	return 0;
}

/* Writes a column that is not a field of the event, unless it is NULL. */
static int
write_column(struct json_writer *json, const char *column,
    const struct event_value *value, struct err *err)
{
	if (value->type == EVENT_VALUE_NULL)
		return 0;
	json_writer_key(json, column);
	return write_value(json, column, EVENT_TEXT, value, err);
}

static int
write_origin(struct json_writer *json, const struct event_origin *origin,
    struct err *err)
{
	const char *name = event_envelope[origin->is_producer
	    ? EVENT_ENVELOPE_producer : EVENT_ENVELOPE_origin].name;
	const char *position = event_envelope[origin->is_producer
	    ? EVENT_ENVELOPE_seq : EVENT_ENVELOPE_position].name;

	json_writer_key(json, name);
	if (write_text(json, name, origin->name, origin->name_len, err) < 0)
		return -1;
	json_writer_key_integer(json, position, origin->position);
	return 0;
}

static bool
is_blank_or_cr(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Finds the text between the braces of an object. */
static int
find_members(const char *text, size_t len, const char **members,
    size_t *members_len)
{
	while (len > 0 && is_blank_or_cr(text[len - 1]))
		len--;
	for (; len > 0 && is_blank_or_cr(*text); len--)
		text++;
	if (len < 2 || text[0] != '{' || text[len - 1] != '}')
		return -1;
	text++;
	len -= 2;
	for (; len > 0 && is_blank_or_cr(*text); len--)
		text++;
	*members = text;
	*members_len = len;
	return 0;
}

/* Writes extra as one member, because its own members may have names of fields. */
static int
write_extra(struct json_writer *json, const struct event_value *extra,
    struct err *err)
{
	const char *members;
	size_t len;

	if (extra->type == EVENT_VALUE_NULL)
		return 0;
	if (extra->type != EVENT_VALUE_TEXT ||
	    memchr(extra->text, '\n', extra->text_len) != NULL ||
	    find_members(extra->text, extra->text_len, &members, &len) < 0)
		return column_error(err, "extra", "not a JSON object on one line");
	json_writer_key(json, "extra");
	json_writer_raw(json, extra->text, extra->text_len);
	return 0;
}

static int
write_fields(struct json_writer *json, const struct event_columns *columns,
    const struct event_value *values, bool *has_json, struct err *err)
{
	const struct event_description *event =
	    &event_descriptions[columns->kind];

	for (size_t i = 0; i < event->field_count; i++) {
		const struct event_field *field = &event->fields[i];
		const struct event_value *value =
		    value_at(values, columns->fields[i]);

		if (value->type == EVENT_VALUE_NULL)
			continue;
		json_writer_raw(json, columns->keys[i].data,
		    columns->keys[i].len);
		json->after_value = false;
		if (write_value(json, field->name, field->type, value,
		    err) < 0)
			return -1;
		*has_json |= field->type == EVENT_JSON;
	}
	return 0;
}

static int
write_columns(struct json_writer *json, const struct event_columns *columns,
    const struct event_value *values, bool *has_json, struct err *err)
{
	const struct event_value *extra = value_at(values, columns->extra);

	*has_json = extra->type != EVENT_VALUE_NULL;
	if (write_column(json, "run_id", value_at(values, columns->run_id),
	    err) < 0 ||
	    write_fields(json, columns, values, has_json, err) < 0 ||
	    write_column(json, "trace_id", value_at(values, columns->trace_id),
	    err) < 0 ||
	    write_column(json, "span_id", value_at(values, columns->span_id),
	    err) < 0 ||
	    write_column(json, "cohort", value_at(values, columns->cohort),
	    err) < 0)
		return -1;
	return write_extra(json, extra, err);
}

int
event_line_write(struct buf *out, const struct event_columns *columns,
    const struct event_value *values, const struct event_origin *origin,
    bool *has_json, struct err *err)
{
	size_t start = out->len;
	struct json_writer json;

	json_writer_init(&json, out);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "type",
	    event_descriptions[columns->kind].wire);
	json_writer_key_integer(&json, "ts_ms",
	    value_at(values, columns->ts_ms)->integer);
	if (write_origin(&json, origin, err) < 0 ||
	    write_columns(&json, columns, values, has_json, err) < 0) {
		out->len = start;
		return -1;
	}
	json_writer_close(&json, '}');
	return 0;
}

int
event_line_write_other(struct buf *out, const char *body, size_t body_len,
    bool has_identity, const struct event_origin *origin, struct err *err)
{
	size_t start = out->len, len;
	struct json_writer json;
	const char *members;

	if (memchr(body, '\n', body_len) != NULL ||
	    find_members(body, body_len, &members, &len) < 0)
		return column_error(err, "body", "not a JSON object on one line");
	json_writer_init(&json, out);
	json_writer_open(&json, '{');
	if (!has_identity && write_origin(&json, origin, err) < 0) {
		out->len = start;
		return -1;
	}
	if (len > 0)
		json_writer_raw(&json, members, len);
	json_writer_close(&json, '}');
	return 0;
}
