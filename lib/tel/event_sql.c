/* SPDX-License-Identifier: ISC */
#include "tel/event_sql.h"
#include "base/require.h"
#include "base/utf8.h"

#include <string.h>

/* Columns before and after those of the event. ts_ms and run_id come first for
 * people who read the tables in the sqlite3 shell. */
static const struct event_column before[] = {
	{ "id", "INTEGER PRIMARY KEY", EVENT_INTEGER },
	{ "ts_ms", "INTEGER NOT NULL", EVENT_INTEGER },
	{ "run_id", "TEXT", EVENT_TEXT },
};
static const struct event_column after[] = {
	{ "trace_id", "TEXT", EVENT_HEX },
	{ "span_id", "TEXT", EVENT_HEX },
	{ "cohort", "TEXT", EVENT_TEXT },
	{ "extra", "TEXT", EVENT_JSON },
};
#define BEFORE_COUNT (sizeof(before) / sizeof(before[0]))
#define AFTER_COUNT (sizeof(after) / sizeof(after[0]))

size_t
event_sql_column_count(enum event_kind kind)
{
	REQUIRE(kind < EVENT_KIND_COUNT);
	return BEFORE_COUNT + event_descriptions[kind].field_count + AFTER_COUNT;
}

const char *
event_sql_column_name(enum event_kind kind, size_t i)
{
	size_t fields;

	REQUIRE(i < event_sql_column_count(kind));
	fields = event_descriptions[kind].field_count;
	if (i < BEFORE_COUNT)
		return before[i].name;
	if (i < BEFORE_COUNT + fields)
		return event_descriptions[kind].fields[i - BEFORE_COUNT].name;
	return after[i - BEFORE_COUNT - fields].name;
}

/* Returns the field of the event that column i is; NULL for the other columns. */
static const struct event_field *
column_field(enum event_kind kind, size_t i)
{
	if (i < BEFORE_COUNT ||
	    i - BEFORE_COUNT >= event_descriptions[kind].field_count)
		return NULL;
	return &event_descriptions[kind].fields[i - BEFORE_COUNT];
}

enum event_type
event_sql_column_type(enum event_kind kind, size_t i)
{
	const struct event_field *field;

	REQUIRE(i < event_sql_column_count(kind));
	field = column_field(kind, i);
	if (field != NULL)
		return field->type;
	if (i < BEFORE_COUNT)
		return before[i].type;
	return after[i - BEFORE_COUNT - event_descriptions[kind].field_count].type;
}

const char *
event_sql_column_choices(enum event_kind kind, size_t i)
{
	const struct event_field *field;

	REQUIRE(i < event_sql_column_count(kind));
	field = column_field(kind, i);
	return field != NULL && field->type == EVENT_CHOICE ? field->limits : NULL;
}

/* The table does not check the words of a CHOICE: row_value does, and a new
 * word would be refused by every table that was made before. */
static void
add_field_column(struct buf *out, const struct event_field *field)
{
	static const char *const types[] = {
		[EVENT_TEXT] = "TEXT", [EVENT_HEX] = "TEXT",
		[EVENT_CHOICE] = "TEXT", [EVENT_INTEGER] = "INTEGER",
		[EVENT_REAL] = "REAL", [EVENT_BOOLEAN] = "INTEGER",
		[EVENT_JSON] = "TEXT",
	};

	buf_printf(out, "%s %s", field->name, types[field->type]);
	if (field->type == EVENT_BOOLEAN)
		buf_printf(out, " NOT NULL DEFAULT 0 CHECK (%s IN (0, 1))",
		    field->name);
	else if (field->need == EVENT_REQUIRED)
		buf_add_text(out, " NOT NULL");
}

void
event_sql_column(struct buf *out, enum event_kind kind, size_t i)
{
	size_t fields;

	REQUIRE(i < event_sql_column_count(kind));
	fields = event_descriptions[kind].field_count;
	if (i < BEFORE_COUNT)
		buf_printf(out, "%s %s", before[i].name, before[i].definition);
	else if (i < BEFORE_COUNT + fields)
		add_field_column(out,
		    &event_descriptions[kind].fields[i - BEFORE_COUNT]);
	else
		buf_printf(out, "%s %s", after[i - BEFORE_COUNT - fields].name,
		    after[i - BEFORE_COUNT - fields].definition);
}

void
event_sql_definition(struct buf *out, enum event_kind kind)
{
	REQUIRE(kind < EVENT_KIND_COUNT);
	buf_printf(out, "%s (", event_descriptions[kind].table);
	for (size_t i = 0; i < event_sql_column_count(kind); i++) {
		buf_add_text(out, i > 0 ? ",\n  " : "\n  ");
		event_sql_column(out, kind, i);
	}
	buf_add_text(out, "\n) STRICT");
}

void
event_sql_table(struct buf *out, enum event_kind kind)
{
	buf_add_text(out, "CREATE TABLE IF NOT EXISTS ");
	event_sql_definition(out, kind);
	buf_add_text(out, ";\n");
}

void
event_sql_text(struct buf *out, const char *text, size_t len)
{
	buf_add_char(out, '\'');
	for (size_t at = 0; at < len;) {
		size_t length = utf8_length(text + at, len - at);
		int control = utf8_control(text + at, len - at);

		if (length == 0)
			length = 1;
		if (control >= 0) {
			buf_printf(out, "' || char(%d) || '", control);
		} else {
			if (text[at] == '\'')
				buf_add_char(out, '\'');
			buf_add(out, text + at, length);
		}
		at += length;
	}
	buf_add_char(out, '\'');
}
