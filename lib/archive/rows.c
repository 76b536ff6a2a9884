/* SPDX-License-Identifier: ISC */
#include "archive/rows.h"
#include "base/mem.h"
#include "segment/part.h"
#include "store/event_find.h"
#include "store/event_id.h"
#include "tel/event_line.h"
#include "tel/origin.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A cache of the sources seen last: rows of one time come from few sources. */
#define CACHE_COUNT 64

struct source {
	int64_t no; /* 0: empty */
	bool is_producer;
	struct buf name; /* the producer, or KIND:NAME:FINGERPRINT */
};

struct archive_rows {
	const char *table;
	bool is_other;
	struct event_columns columns;
	struct event_value *values;
	int column_count;
	struct db_statement *row;
	struct db_statement *source_by_no;
	struct db_statement *source_by_name;
	struct source cache[CACHE_COUNT];
	struct json_parser *parser;
};

static int
find_columns(struct archive_rows *rows, struct err *err)
{
	const char **names = mem_new((size_t)rows->column_count,
	    sizeof(*names));
	int kind = event_find_table(rows->table), result;

	for (int i = 0; i < rows->column_count; i++)
		names[i] = db_column_name(rows->row, i);
	result = event_columns_init(&rows->columns, (enum event_kind)kind,
	    names, rows->column_count, err);
	free(names);
	return result;
}

int
archive_rows_open(struct archive_rows **out, struct db *db, const char *table,
    struct err *err)
{
	struct archive_rows *rows = mem_new(1, sizeof(*rows));
	struct buf sql = BUF_EMPTY;
	int result;

	rows->table = table;
	rows->is_other = strcmp(table, EVENT_OTHER_TABLE) == 0;
	buf_printf(&sql, "SELECT %s FROM main.%s WHERE id = :id",
	    rows->is_other ? "id, ts_ms, body" : "*", table);
	result = db_prepare(db, &rows->row, buf_text(&sql), err);
	buf_release(&sql);
	if (result < 0 || db_prepare(db, &rows->source_by_no,
	    "SELECT kind, name, fingerprint FROM main.sources WHERE no = :no",
	    err) < 0 || event_find_open(&rows->source_by_name, db, err) < 0)
		goto fail;
	rows->column_count = db_column_count(rows->row);
	if (!rows->is_other && find_columns(rows, err) < 0)
		goto fail;
	rows->values = mem_new((size_t)rows->column_count,
	    sizeof(rows->values[0]));
	rows->parser = json_open(PART_MAX_LINE_BYTES);
	*out = rows;
	return 0;
fail:
	archive_rows_close(rows);
	return -1;
}

void
archive_rows_close(struct archive_rows *rows)
{
	if (rows == NULL)
		return;
	db_finalize(rows->row);
	db_finalize(rows->source_by_no);
	db_finalize(rows->source_by_name);
	event_columns_release(&rows->columns);
	for (size_t i = 0; i < CACHE_COUNT; i++)
		buf_release(&rows->cache[i].name);
	free(rows->values);
	json_close(rows->parser);
	free(rows);
}

struct json_parser *
archive_rows_parser(struct archive_rows *rows)
{
	return rows->parser;
}

static struct origin
origin_in(struct db_statement *source)
{
	return (struct origin){
		.kind = db_column_text(source, 0), .kind_len = db_column_bytes(source, 0),
		.name = db_column_text(source, 1), .name_len = db_column_bytes(source, 1),
		.fingerprint = db_column_text(source, 2),
		.fingerprint_len = db_column_bytes(source, 2),
	};
}

/* 1 done, 0 the source is unknown, -1 error. */
static int
load_source(struct archive_rows *rows, struct source *source, int64_t no,
    struct err *err)
{
	struct db_statement *statement = rows->source_by_no;
	struct origin origin;
	int result;

	source->no = 0;
	buf_reset(&source->name);
	DB_BIND(statement, db_value_integer(":no", no));
	result = db_step(statement, err);
	if (result == 0)
		err_set(err, EXIT_DATA, "its source %" PRId64
		    " is not in the table sources", no);
	if (result < 1)
		return result;
	origin = origin_in(statement);
	source->is_producer = strcmp(origin.kind, "producer") == 0;
	if (source->is_producer)
		buf_add(&source->name, origin.name, origin.name_len);
	else if (origin_print(&source->name, &origin) < 0) {
		err_set(err, EXIT_DATA, "its source %" PRId64 " has the kind "
		    "'%.20s' and the fingerprint '%.100s', which cannot be "
		    "written as the origin of an event", no, origin.kind,
		    origin.fingerprint);
		result = 0;
	}
	db_reset(statement);
	if (result == 1)
		source->no = no;
	return result;
}

/* 1 done, 0 the source is unknown, -1 error. */
static int
origin_of(struct archive_rows *rows, int64_t id, struct event_origin *origin,
    struct err *err)
{
	int64_t no = store_source_no(id);
	struct source *source = &rows->cache[(uint64_t)no % CACHE_COUNT];

	if (source->no != no || no == 0) {
		int result = load_source(rows, source, no, err);

		if (result < 1)
			return result;
	}
	origin->is_producer = source->is_producer;
	origin->name = buf_text(&source->name);
	origin->name_len = source->name.len;
	origin->position = store_position(id);
	return 1;
}

/* Reads the values of the current row; text is borrowed from it. Returns 0 when a
 * column holds a blob that is not text. */
static int
take_values(struct archive_rows *rows, struct err *err)
{
	for (int i = 0; i < rows->column_count; i++) {
		struct event_value *value = &rows->values[i];

		memset(value, 0, sizeof(*value));
		switch (db_column_type(rows->row, i)) {
		case DB_NULL:
			break;
		case DB_INTEGER:
			value->type = EVENT_VALUE_INTEGER;
			value->integer = db_column_integer(rows->row, i);
			break;
		case DB_REAL:
			value->type = EVENT_VALUE_REAL;
			value->real = db_column_real(rows->row, i);
			break;
		case DB_TEXT:
			value->type = EVENT_VALUE_TEXT;
			value->text = db_column_text(rows->row, i);
			value->text_len = db_column_bytes(rows->row, i);
			break;
		case DB_BLOB:
			err_set(err, EXIT_DATA, "column %s: bytes, not text",
			    db_column_name(rows->row, i));
			return 0;
		}
	}
	return 1;
}

int
archive_rows_find(struct archive_rows *rows, const struct json_object *line,
    int64_t *id, struct err *err)
{
	struct event_origin said;

	if (!event_find_origin(line, &said))
		return 0;
	return event_find_id(rows->source_by_name, &said, id, err);
}

static int
write_other(struct archive_rows *rows, const struct event_origin *origin,
    struct buf *out, struct err *err)
{
	const struct event_value *body = &rows->values[2];
	struct buf copy = BUF_EMPTY;
	struct event_origin said;
	struct json_object object;
	struct json_error error;
	int result;

	/* The parser reads past the end of the text. */
	buf_add(&copy, body->text, body->text_len);
	buf_room(&copy, JSON_PADDING);
	if (body->text_len > PART_MAX_LINE_BYTES || json_read(rows->parser,
	    copy.data, copy.len, &object, &error) < 0)
		result = err_set(err, EXIT_DATA,
		    "column body: not a JSON object that a line can hold");
	else
		result = event_line_write_other(out, body->text, body->text_len,
		    event_find_origin(&object, &said) &&
		    said.is_producer == origin->is_producer, origin, err);
	buf_release(&copy);
	return result;
}

/* Whether a column of JSON, which was copied as it is, forms exactly one value in
 * the line; otherwise it would be restored as something else. */
static bool
has_copy(const struct archive_rows *rows, const struct json_object *object,
    int column, struct err *err)
{
	const struct event_value *value = &rows->values[column];
	const char *name = db_column_name(rows->row, column);
	const struct json_member *member = json_find(object, name);

	if (value->type == EVENT_VALUE_NULL || (member != NULL &&
	    member->type == JSON_NESTED && member->raw_len == value->text_len &&
	    memcmp(member->raw, value->text, value->text_len) == 0))
		return true;
	err_set(err, EXIT_DATA, "column %s: not one JSON object or array "
	    "without blanks around it", name);
	return false;
}

static bool
has_copies(const struct archive_rows *rows, const struct json_object *object,
    struct err *err)
{
	const struct event_columns *columns = &rows->columns;
	const struct event_description *event;

	if (rows->is_other)
		return true;
	event = &event_descriptions[columns->kind];
	for (size_t i = 0; i < event->field_count; i++)
		if (event->fields[i].type == EVENT_JSON &&
		    columns->fields[i] >= 0 &&
		    !has_copy(rows, object, columns->fields[i], err))
			return false;
	return columns->extra < 0 ||
	    has_copy(rows, object, columns->extra, err);
}

/* Reads the line as a restore will. Returns 1, or 0 when the result differs from
 * the row. */
static int
read_back(struct archive_rows *rows, const struct buf *line,
    const struct event_origin *origin, int64_t ts_ms, struct err *err)
{
	struct json_object object;
	struct event_origin said;
	int64_t line_ms;

	if (part_line_read(rows->parser, line->data, line->len, &object,
	    &line_ms, err) < 0)
		return 0;
	if (line_ms != ts_ms) {
		err_set(err, EXIT_DATA, "its text says ts_ms %" PRId64
		    ", its column %" PRId64, line_ms, ts_ms);
		return 0;
	}
	if (!has_copies(rows, &object, err))
		return 0;
	if (event_find_origin(&object, &said) &&
	    said.is_producer == origin->is_producer &&
	    said.position == origin->position &&
	    said.name_len == origin->name_len &&
	    memcmp(said.name, origin->name, said.name_len) == 0)
		return 1;
	err_set(err, EXIT_DATA, "its text names another producer, seq, origin "
	    "or position than its id");
	return 0;
}

int
archive_rows_line(struct archive_rows *rows, int64_t id, struct buf *out,
    struct err *err)
{
	struct event_origin origin;
	bool has_json = true;
	int64_t ts_ms;
	int result;

	buf_reset(out);
	result = origin_of(rows, id, &origin, err);
	if (result < 1)
		return result;
	DB_BIND(rows->row, db_value_integer(":id", id));
	result = db_step(rows->row, err);
	if (result == 0)
		result = err_set(err, EXIT_BUG, "%s: row %" PRId64
		    " vanished during the snapshot", rows->table, id);
	if (result < 0)
		return -1;
	result = take_values(rows, err);
	ts_ms = db_column_integer(rows->row, rows->is_other ? 1
	    : rows->columns.ts_ms);
	if (result == 1 && rows->is_other) {
		if (write_other(rows, &origin, out, err) < 0)
			result = 0;
	} else if (result == 1 && event_line_write(out, &rows->columns,
	    rows->values, &origin, &has_json, err) < 0)
		result = 0;
	buf_room(out, JSON_PADDING);
	/* Text that we wrote is JSON; text that we copied may be anything. */
	if (result == 1 && (has_json || out->len > PART_MAX_LINE_BYTES))
		result = read_back(rows, out, &origin, ts_ms, err);
	db_reset(rows->row);
	return result;
}
