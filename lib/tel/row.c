/* SPDX-License-Identifier: ISC */
#include "tel/row.h"
#include "base/buf.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "tel/row_other.h"
#include "tel/row_plan.h"
#include "tel/record.h"

#include <stdlib.h>
#include <string.h>

/* The initial room for unknown keys. */
#define FEW_UNKNOWN 8

struct row_reader {
	bool keep_extra;
	struct row_envelope_plan envelope;
	struct row_plan plans[EVENT_KIND_COUNT];
	struct key_table producers; /* one copy of each name */
	int last_producer;
	struct record_value values[ROW_MAX_COLUMNS]; /* of the row being read */
	struct buf extra;
};

/* The row being read. */
struct reading {
	struct row_reader *reader;
	struct arena *arena;
	const struct row_plan *plan;
	const char *body;
	size_t body_len;
	uint64_t seen; /* a bit for each column that has a value */
	struct row_unknown *unknown;
	size_t unknown_count, unknown_size;
	size_t member_count;
};

struct row_reader *
row_reader_open(bool keep_extra, struct key_table *keys)
{
	struct row_reader *reader = mem_new(1, sizeof(*reader));

	reader->keep_extra = keep_extra;
	reader->last_producer = KEY_TABLE_START;
	row_envelope_plan(&reader->envelope, keys);
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		row_plan_init(&reader->plans[kind], (enum event_kind)kind,
		    keys);
	return reader;
}

void
row_reader_close(struct row_reader *reader)
{
	if (reader == NULL)
		return;
	buf_release(&reader->extra);
	free(reader);
}

/* Returns a text of the parser that stays valid: itself when it is part of the
 * line, else a copy. */
static const char *
keep_text(struct reading *reading, const char *text, size_t len)
{
	if (text >= reading->body && text <= reading->body + reading->body_len)
		return text;
	return arena_copy(reading->arena, text, len);
}

/* Returns the value of a column, to be set. Of two equal keys the last one counts. */
static struct record_value *
column_value(struct reading *reading, int column)
{
	reading->seen |= UINT64_C(1) << column;
	return &reading->reader->values[column];
}

static void
clear_column(struct reading *reading, int column)
{
	reading->seen &= ~(UINT64_C(1) << column);
	reading->reader->values[column].type = RECORD_NULL;
}

static void
set_text(struct reading *reading, int column, const char *text, size_t len)
{
	*column_value(reading, column) = (struct record_value){ .type = RECORD_TEXT,
		.len = (unsigned int)len, .text = text };
}

static void
set_integer(struct reading *reading, int column, int64_t integer)
{
	*column_value(reading, column) = (struct record_value){
		.type = RECORD_INTEGER, .integer = integer };
}

static void
set_real(struct reading *reading, int column, double real)
{
	*column_value(reading, column) = (struct record_value){ .type = RECORD_REAL,
		.real = real };
}

static int
read_value(struct reading *reading, int i, const struct json_member *member,
    struct row_refusal *refusal)
{
	const struct row_column *column = &reading->plan->columns[i];
	const struct event_field *field = column->field;
	int64_t integer = 0;
	double real = 0;

	switch (column->type) {
	case EVENT_INTEGER:
		if (row_read_integer(field, column->min, column->max, member,
		    &integer, refusal) < 0)
			return -1;
		set_integer(reading, i, integer);
		return 0;
	case EVENT_BOOLEAN:
		if (row_read_flag(field, member, &integer, refusal) < 0)
			return -1;
		set_integer(reading, i, integer);
		return 0;
	case EVENT_REAL:
		if (row_read_real(field, member, &real, refusal) < 0)
			return -1;
		set_real(reading, i, real);
		return 0;
	case EVENT_JSON:
		if (member->type != JSON_NESTED)
			return row_mismatch(field, member, refusal);
		set_text(reading, i, member->raw, member->raw_len);
		return 0;
	case EVENT_TEXT:
	case EVENT_CHOICE:
	case EVENT_HEX:
		break;
	}
	if (row_check_text(field, member, refusal) < 0)
		return -1;
	set_text(reading, i, member->text, member->text_len);
	return 0;
}

static bool
is_key(const struct json_member *member, const char *key)
{
	return strlen(key) == member->key_len &&
	    memcmp(member->key, key, member->key_len) == 0;
}

/* Whether a key of the envelope is stored in the id or the table instead of a
 * column. */
static bool
is_identity(int key)
{
	return key == EVENT_ENVELOPE_type || key == EVENT_ENVELOPE_producer ||
	    key == EVENT_ENVELOPE_seq || key == EVENT_ENVELOPE_origin ||
	    key == EVENT_ENVELOPE_position;
}

static void
note_unknown(struct reading *reading, const struct json_member *member)
{
	struct row_unknown *item;

	if (reading->unknown_count == reading->unknown_size) {
		/* Most events have none. Start small; grow once, to the number
		 * of members. */
		size_t size = reading->unknown_size > 0
		    ? reading->member_count : FEW_UNKNOWN;
		struct row_unknown *grown = arena_take(reading->arena,
		    size * sizeof(*grown));

		if (reading->unknown_count > 0)
			memcpy(grown, reading->unknown,
			    reading->unknown_count * sizeof(*grown));
		reading->unknown = grown;
		reading->unknown_size = size;
	}
	item = &reading->unknown[reading->unknown_count++];
	item->key = keep_text(reading, member->key, member->key_len);
	item->key_len = (unsigned int)member->key_len;
	item->type = member->type;
}

/* Adds the text between the braces of an object, unless it is blank. */
static void
add_members(struct buf *extra, const char *text, size_t len)
{
	if (strspn(text, " \t\r\n") >= len)
		return;
	buf_add_char(extra, extra->len == 0 ? '{' : ',');
	buf_add(extra, text, len);
}

/* Adds an unknown member to the column `extra`. When the member is itself an `extra`
 * object, as in lines of an archive or another store, adds its members instead. */
static void
add_extra(struct reading *reading, const struct json_member *member)
{
	struct buf *extra = &reading->reader->extra;
	struct json_writer json;

	if (is_key(member, "extra") && member->type == JSON_NESTED &&
	    member->raw[0] == '{') {
		if (reading->reader->keep_extra)
			add_members(extra, member->raw + 1,
			    member->raw_len - 2);
		return;
	}
	note_unknown(reading, member);
	if (!reading->reader->keep_extra)
		return;
	buf_add_char(extra, extra->len == 0 ? '{' : ',');
	json_writer_init(&json, extra);
	json_writer_text(&json, member->key, member->key_len);
	buf_add_char(extra, ':');
	buf_add(extra, member->raw, member->raw_len);
}

static int
read_members(struct reading *reading, const struct json_object *object,
    struct row_refusal *refusal)
{
	for (size_t place = 0; place < object->count; place++) {
		const struct json_member *member = &object->members[place];
		int i = row_plan_find(reading->plan, member);

		if (i < 0) {
			if (!is_identity(row_envelope_keys_find(
			    &reading->reader->envelope.keys, member)))
				add_extra(reading, member);
			continue;
		}
		if (member->type == JSON_NULL)
			clear_column(reading, i);
		else if (read_value(reading, i, member, refusal) < 0)
			return -1;
	}
	return 0;
}

/* Sets absent flags to false; refuses the event when a required column is absent. */
static int
fill_absent(struct reading *reading, struct row_refusal *refusal)
{
	uint64_t required = reading->plan->required & ~reading->seen;
	uint64_t flags = reading->plan->flags & ~reading->seen;

	if (required != 0) {
		const char *name =
		    reading->plan->columns[__builtin_ctzll(required)].name;

		return row_refuse(refusal, REASON_missing_field, name, NULL,
		    "%s: is missing", name);
	}
	for (; flags != 0; flags &= flags - 1)
		set_integer(reading, __builtin_ctzll(flags), 0);
	return 0;
}

static int
read_known(struct row_reader *reader, struct arena *arena,
    const struct json_object *object, const char *body, size_t body_len,
    struct row *row, struct row_refusal *refusal)
{
	struct reading reading = { .reader = reader, .arena = arena,
		.plan = &reader->plans[row->kind], .body = body,
		.body_len = body_len, .member_count = object->count };

	memset(reader->values, 0, (size_t)reading.plan->count *
	    sizeof(reader->values[0]));
	buf_reset(&reader->extra);
	if (read_members(&reading, object, refusal) < 0 ||
	    fill_absent(&reading, refusal) < 0)
		return -1;
	if (reader->extra.len > 0) {
		buf_add_char(&reader->extra, '}');
		set_text(&reading, reading.plan->extra, reader->extra.data,
		    reader->extra.len);
	}
	row->unknown = reading.unknown;
	row->unknown_count = reading.unknown_count;
	row->record = record_make(arena, reader->values,
	    (size_t)reading.plan->count, &row->record_len);
	return 0;
}

/* Replaces the name of a producer, which comes again and again, by the one copy
 * of it in the reader, which stays in the caches of the processor. */
static void
keep_producer(struct row_reader *reader, struct row_text *producer)
{
	int number;

	if (producer->text == NULL)
		return;
	number = key_table_find(&reader->producers, producer->text,
	    producer->len, &reader->last_producer);
	if (number >= 0)
		producer->text = reader->producers.entries[number].key;
}

static void
keep_envelope(struct row_reader *reader, struct row *row, struct arena *arena,
    const char *body, size_t body_len)
{
	struct row_envelope *envelope = &row->envelope;
	struct row_text *texts[] = { &envelope->type, &envelope->run_id,
		&envelope->producer, &envelope->origin, &envelope->trace_id,
		&envelope->span_id, &envelope->cohort };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *text = texts[i]->text;

		if (text != NULL && !(text >= body && text <= body + body_len))
			texts[i]->text = arena_copy(arena, text, texts[i]->len);
	}
	keep_producer(reader, &envelope->producer);
}

void
row_read(struct row_reader *reader, struct arena *arena,
    const struct json_object *object, const char *body, size_t body_len,
    struct row *row)
{
	struct row_refusal refusal;
	int result;

	memset(row, 0, sizeof(*row));
	result = row_envelope(&reader->envelope, object, &row->envelope,
	    &refusal);
	keep_envelope(reader, row, arena, body, body_len);
	if (result == 0) {
		row->kind = event_find(row->envelope.type.text,
		    row->envelope.type.len);
		if (row->kind != ROW_OTHER)
			result = read_known(reader, arena, object, body,
			    body_len, row, &refusal);
		else
			row->record = row_other_record(arena, &row->envelope,
			    reader->keep_extra ? body : NULL, body_len,
			    &row->record_len);
	}
	if (result < 0)
		row->refusal = (const struct row_refusal *)arena_copy(arena,
		    &refusal, sizeof(refusal));
}
