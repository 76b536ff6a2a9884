/* SPDX-License-Identifier: ISC */
#include "io/row.h"
#include "base/buf.h"
#include "base/mem.h"
#include "io/unknown_keys.h"
#include "tel/event_sql.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Columns of a table, its own and the common ones; more would not fit the bits
 * of `seen`. */
#define MAX_COLUMNS 64
/* Members of a line whose column is remembered by their place. */
#define MAX_PLACES 64

struct column {
	const struct event_field *field; /* NULL: id and extra, set otherwise */
	const char *name;
	size_t name_len;
	int64_t min, max;
	bool is_required, is_flag;
};

/* How to fill one table. */
struct plan {
	struct db_statement *insert;
	struct column columns[MAX_COLUMNS];
	int count;
	int extra; /* its parameter */
	/* Producers write the keys of an event in the same order each time: the
	 * column of the member that stood at each place last time. */
	unsigned char places[MAX_PLACES];
};

struct row_writer {
	struct db *db;
	struct plan plans[EVENT_KIND_COUNT];
	struct db_statement *insert_other;
	struct unknown_keys *unknown;
	struct buf extra;
};

static const struct event_field *
envelope_field(const char *name)
{
	for (int i = 0; i < EVENT_ENVELOPE_COUNT; i++)
		if (strcmp(event_envelope[i].name, name) == 0)
			return &event_envelope[i];
	return NULL;
}

static const struct event_field *
field_of(enum event_kind kind, const char *name)
{
	const struct event_description *description = &event_descriptions[kind];

	for (size_t i = 0; i < description->field_count; i++)
		if (strcmp(description->fields[i].name, name) == 0)
			return &description->fields[i];
	return envelope_field(name);
}

static int
make_plan(struct db *db, enum event_kind kind, struct plan *plan,
    struct err *err)
{
	struct buf sql = BUF_EMPTY, values = BUF_EMPTY;
	int result;

	plan->count = (int)event_sql_column_count(kind);
	assert(plan->count <= MAX_COLUMNS);
	buf_printf(&sql, "INSERT INTO %s (", event_descriptions[kind].table);
	for (int i = 0; i < plan->count; i++) {
		struct column *column = &plan->columns[i];
		const char *name = event_sql_column_name(kind, (size_t)i);

		column->name = name;
		column->name_len = strlen(name);
		column->field = field_of(kind, name);
		if (column->field != NULL) {
			event_limits_integer(column->field->limits,
			    &column->min, &column->max);
			column->is_required =
			    column->field->need == EVENT_REQUIRED;
			column->is_flag =
			    column->field->type == EVENT_BOOLEAN;
		}
		if (strcmp(name, "extra") == 0)
			plan->extra = i + 1;
		buf_printf(&sql, "%s%s", i > 0 ? ", " : "", name);
		buf_printf(&values, "%s?%d", i > 0 ? ", " : "", i + 1);
	}
	buf_printf(&sql, ") VALUES (%s)", buf_text(&values));
	result = db_prepare(db, &plan->insert, buf_text(&sql), err);
	buf_release(&sql);
	buf_release(&values);
	return result;
}

int
row_open(struct row_writer **out, struct db *db, struct err *err)
{
	struct row_writer *writer = mem_new(1, sizeof(*writer));

	writer->db = db;
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		if (make_plan(db, (enum event_kind)kind, &writer->plans[kind],
		    err) < 0)
			goto fail;
	if (db_prepare(db, &writer->insert_other, "INSERT INTO other_events"
	    " (id, ts_ms, run_id, type, trace_id, span_id, cohort, body)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", err) < 0 ||
	    unknown_keys_open(&writer->unknown, db, err) < 0)
		goto fail;
	*out = writer;
	return 0;
fail:
	row_close(writer);
	return -1;
}

void
row_close(struct row_writer *writer)
{
	if (writer == NULL)
		return;
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		db_finalize(writer->plans[kind].insert);
	db_finalize(writer->insert_other);
	unknown_keys_close(writer->unknown);
	buf_release(&writer->extra);
	free(writer);
}

static int
bind(struct plan *plan, int i, const struct json_member *member,
    struct row_refusal *refusal)
{
	const struct column *column = &plan->columns[i];
	const struct event_field *field = column->field;
	int64_t integer = 0;
	double real = 0;

	switch (field->type) {
	case EVENT_INTEGER:
		if (row_read_integer(field, column->min, column->max, member,
		    &integer, refusal) < 0)
			return -1;
		db_bind_integer(plan->insert, i + 1, integer);
		return 0;
	case EVENT_BOOLEAN:
		if (row_read_flag(field, member, &integer, refusal) < 0)
			return -1;
		db_bind_integer(plan->insert, i + 1, integer);
		return 0;
	case EVENT_REAL:
		if (row_read_real(field, member, &real, refusal) < 0)
			return -1;
		db_bind_real(plan->insert, i + 1, real);
		return 0;
	case EVENT_JSON:
		if (member->type != JSON_NESTED)
			return row_mismatch(field, member, refusal);
		db_bind_text(plan->insert, i + 1, member->raw,
		    member->raw_len);
		return 0;
	case EVENT_TEXT:
	case EVENT_CHOICE:
	case EVENT_HEX:
		break;
	}
	if (row_check_text(field, member, refusal) < 0)
		return -1;
	db_bind_text(plan->insert, i + 1, member->text, member->text_len);
	return 0;
}

static bool
is_column(const struct column *column, const struct json_member *member)
{
	return column->field != NULL && column->name_len == member->key_len &&
	    memcmp(column->name, member->key, member->key_len) == 0;
}

/* The column of the member at a place of the line, -1 when it has none. */
static int
find_column(struct plan *plan, const struct json_member *member, size_t place)
{
	if (place < MAX_PLACES &&
	    is_column(&plan->columns[plan->places[place]], member))
		return plan->places[place];
	for (int i = 0; i < plan->count; i++) {
		if (is_column(&plan->columns[i], member)) {
			if (place < MAX_PLACES)
				plan->places[place] = (unsigned char)i;
			return i;
		}
	}
	return -1;
}

static bool
is_key(const struct json_member *member, const char *key)
{
	return strlen(key) == member->key_len &&
	    memcmp(member->key, key, member->key_len) == 0;
}

/* The keys of the envelope that are no columns: they are in the id. */
static bool
is_identity(const struct json_member *member)
{
	return is_key(member, "type") || is_key(member, "producer") ||
	    is_key(member, "seq") || is_key(member, "origin") ||
	    is_key(member, "position");
}

/* Adds what stands between the braces of an object, if anything does. */
static void
add_members(struct buf *extra, const char *text, size_t len)
{
	if (strspn(text, " \t\r\n") >= len)
		return;
	buf_add_char(extra, extra->len == 0 ? '{' : ',');
	buf_add(extra, text, len);
}

/* The members of an `extra` object, as an archive or another store has it, stay
 * where they are; any other unknown key joins them. */
static void
add_extra(struct row_writer *writer, const char *type,
    const struct json_member *member)
{
	struct json_writer json;

	if (is_key(member, "extra") && member->type == JSON_NESTED &&
	    member->raw[0] == '{') {
		add_members(&writer->extra, member->raw + 1,
		    member->raw_len - 2);
		return;
	}
	unknown_keys_count(writer->unknown, type, member->key,
	    member->key_len);
	buf_add_char(&writer->extra, writer->extra.len == 0 ? '{' : ',');
	json_writer_init(&json, &writer->extra);
	json_writer_text(&json, member->key, member->key_len);
	buf_add_char(&writer->extra, ':');
	buf_add(&writer->extra, member->raw, member->raw_len);
}

/* Binds every member; *seen gets a bit for each column that has a value. */
static int
bind_members(struct row_writer *writer, struct plan *plan, const char *type,
    const struct json_object *object, uint64_t *seen,
    struct row_refusal *refusal)
{
	for (size_t place = 0; place < object->count; place++) {
		const struct json_member *member = &object->members[place];
		int i = find_column(plan, member, place);

		if (i < 0) {
			if (!is_identity(member))
				add_extra(writer, type, member);
			continue;
		}
		if (member->type == JSON_NULL)
			continue;
		if (bind(plan, i, member, refusal) < 0)
			return -1;
		*seen |= UINT64_C(1) << i;
	}
	return 0;
}

/* What was not in the event: false for flags, refused when required. */
static int
bind_absent(struct plan *plan, uint64_t seen, struct row_refusal *refusal)
{
	for (int i = 0; i < plan->count; i++) {
		const struct column *column = &plan->columns[i];

		if (column->field == NULL || (seen & UINT64_C(1) << i) != 0)
			continue;
		if (column->is_required)
			return row_refuse(refusal, "missing_field", column->name,
			    NULL, "%s: must be there", column->name);
		if (column->is_flag)
			db_bind_integer(plan->insert, i + 1, 0);
	}
	return 0;
}

/* A constraint that the reader did not foresee, such as a word that an old
 * database does not know, costs one event and not the batch. */
static int
step(struct db_statement *insert, struct row_refusal *refusal, struct err *err)
{
	if (db_execute(insert, err) == 0)
		return 1;
	if (!db_is_constraint(insert))
		return -1;
	row_refuse(refusal, "refused_by_store", "", NULL, "%.200s", err->text);
	return 0;
}

static void
bind_member(struct db_statement *insert, int i,
    const struct json_object *object, const char *key)
{
	const struct json_member *member = json_find(object, key);

	if (member != NULL && member->type == JSON_TEXT)
		db_bind_text(insert, i, member->text, member->text_len);
}

static int
write_other(struct row_writer *writer, int64_t id,
    const struct row_envelope *envelope, const struct json_object *object,
    const char *body, size_t body_len, struct row_refusal *refusal,
    struct err *err)
{
	struct db_statement *insert = writer->insert_other;

	db_bind_clear(insert);
	db_bind_integer(insert, 1, id);
	db_bind_integer(insert, 2, envelope->ts_ms);
	bind_member(insert, 3, object, "run_id");
	db_bind_text(insert, 4, envelope->type->text, envelope->type->text_len);
	bind_member(insert, 5, object, "trace_id");
	bind_member(insert, 6, object, "span_id");
	bind_member(insert, 7, object, "cohort");
	db_bind_text(insert, 8, body, body_len);
	return step(insert, refusal, err);
}

int
row_write(struct row_writer *writer, int64_t id,
    const struct row_envelope *envelope, const struct json_object *object,
    const char *body, size_t body_len, struct row_refusal *refusal,
    struct err *err)
{
	int kind = event_find(envelope->type->text, envelope->type->text_len);
	struct plan *plan;
	uint64_t seen = 0;

	if (kind < 0)
		return write_other(writer, id, envelope, object, body, body_len,
		    refusal, err);
	plan = &writer->plans[kind];
	db_bind_clear(plan->insert);
	buf_reset(&writer->extra);
	if (bind_members(writer, plan, event_descriptions[kind].wire, object,
	    &seen, refusal) < 0 || bind_absent(plan, seen, refusal) < 0)
		return 0;
	db_bind_integer(plan->insert, 1, id);
	if (writer->extra.len > 0) {
		buf_add_char(&writer->extra, '}');
		db_bind_text(plan->insert, plan->extra, writer->extra.data,
		    writer->extra.len);
	}
	return step(plan->insert, refusal, err);
}

int
row_finish(struct row_writer *writer, struct err *err)
{
	return unknown_keys_write(writer->unknown, err);
}

void
row_forget(struct row_writer *writer)
{
	unknown_keys_forget(writer->unknown);
}
