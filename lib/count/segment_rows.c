/* SPDX-License-Identifier: ISC */
#include "count/segment_rows.h"
#include "base/arena.h"
#include "base/mem.h"
#include "json/key_table.h"
#include "segment/part.h"
#include "store/event_find.h"
#include "store/row_store.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct segment_rows {
	struct db_statement *find, *has; /* of the database */
	struct db *temporary;            /* a store */
	struct row_store *store;
	struct key_table keys;
	struct json_parser *parser;
	struct row_reader *reader;
	struct arena arena; /* of a frame */
	struct buf text;
};

int
segment_rows_open(struct segment_rows **out, struct db *db, const char *table,
    struct err *err)
{
	struct segment_rows *rows = mem_new(1, sizeof(*rows));
	struct buf sql = BUF_EMPTY;
	int result;

	rows->parser = json_open(PART_MAX_LINE_BYTES);
	json_number_keys(rows->parser, &rows->keys);
	rows->reader = row_reader_open(true, &rows->keys);
	buf_printf(&sql, "SELECT 1 FROM %s WHERE id = :id", table);
	result = db_prepare(db, &rows->has, buf_text(&sql), err);
	buf_release(&sql);
	if (result < 0 || event_find_open(&rows->find, db, err) < 0 ||
	    store_open(&rows->temporary, DB_TEMPORARY, DB_WRITE, 0, err) < 0 ||
	    row_store_open(&rows->store, rows->temporary, err) < 0) {
		segment_rows_close(rows);
		return -1;
	}
	*out = rows;
	return 0;
}

void
segment_rows_close(struct segment_rows *rows)
{
	if (rows == NULL)
		return;
	db_finalize(rows->find);
	db_finalize(rows->has);
	row_store_close(rows->store);
	db_close(rows->temporary);
	json_close(rows->parser);
	row_reader_close(rows->reader);
	arena_release(&rows->arena);
	buf_release(&rows->text);
	free(rows);
}

/* Returns 1 when the row is in the database, 0 when it is not, -1 on an error. */
static int
is_present(struct segment_rows *rows, int64_t id, struct err *err)
{
	int result;

	DB_BIND(rows->has, db_value_integer(":id", id));
	result = db_step(rows->has, err);
	if (result == 1)
		db_reset(rows->has);
	return result;
}

/* Queues the row of a line, unless the database has it or knows nothing of it. */
static int
add_line(struct segment_rows *rows, const char *line, size_t len, int64_t *row_count,
    struct err *err)
{
	struct json_object object;
	struct event_origin origin;
	int64_t ts_ms, id;
	struct row *row;
	int result;

	if (part_line_read(rows->parser, line, len, &object, &ts_ms, err) < 0)
		return -1;
	if (!event_find_origin(&object, &origin))
		return 0;
	result = event_find_id(rows->find, &origin, &id, err);
	if (result < 1)
		return result;
	result = is_present(rows, id, err);
	if (result != 0)
		return result < 0 ? -1 : 0;
	row = arena_take(&rows->arena, sizeof(*row));
	row_read(rows->reader, &rows->arena, &object, line, len, row);
	if (row->refusal != NULL)
		return err_set(err, EXIT_DATA, "a line is no event: %s",
		    row->refusal->detail);
	row_store_add(rows->store, id, row);
	++*row_count;
	return 0;
}

/* Counts what the temporary store has, and empties it. */
static int
count_queued(struct segment_rows *rows, struct scan *scan,
    const struct scan_values *times, struct err *err)
{
	struct row_refusal refusal;
	int64_t ignored = 0;
	int result;

	if (db_begin(rows->temporary, err) < 0)
		return -1;
	result = row_store_flush(rows->store, DB_FEED_UNDO_TRANSACTION, &refusal, err);
	if (result == 0)
		err_set(err, EXIT_DATA, "a row is refused: %s", refusal.detail);
	else if (result == 1 && scan_run(scan, times, &ignored, err) == 0)
		result = 2;
	db_rollback(rows->temporary);
	row_store_forget(rows->store);
	arena_reset(&rows->arena);
	return result == 2 ? 0 : -1;
}

static int
count_frame(struct segment_rows *rows, struct part_reader *reader, size_t frame,
    struct scan *scan, const struct scan_values *times, int64_t *row_count,
    struct err *err)
{
	const char *line, *end;

	if (part_reader_read(reader, frame, &rows->text, err) < 0)
		return -1;
	line = rows->text.data;
	end = line + rows->text.len;
	for (int64_t number = 1; line < end; number++) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));

		if (add_line(rows, line, (size_t)(newline - line), row_count, err) < 0)
			return err_in(err, "%s: frame %zu: line %" PRId64,
			    part_reader_path(reader), frame, number);
		line = newline + 1;
	}
	return count_queued(rows, scan, times, err);
}

static int
count_part(struct segment_rows *rows, struct part_reader *reader, struct scan *scan,
    const struct scan_values *times, int64_t *row_count, struct err *err)
{
	for (size_t i = 0; i < part_reader_frame_count(reader); i++) {
		const struct part_frame *frame = part_reader_frame(reader, i);

		if (frame->last_ts_ms < times->from_ms ||
		    frame->first_ts_ms > times->last_ms)
			continue;
		if (count_frame(rows, reader, i, scan, times, row_count, err) < 0)
			return -1;
	}
	return scan_flush(scan, err);
}

int
segment_rows_count(struct segment_rows *rows, const char *root,
    const struct catalog_entry *entry, int64_t from_ms, int64_t last_ms,
    struct count_base *base, struct count_task *tasks, size_t count, int64_t *row_count,
    struct err *err)
{
	static const struct scan_rows chosen = {
		.condition = "ts_ms >= :from_ms AND ts_ms <= :last_ms" };
	const struct scan_values times = { .from_ms = from_ms, .last_ms = last_ms };
	struct part_reader *reader = NULL;
	struct buf path = BUF_EMPTY;
	struct scan *scan = NULL;
	int result = -1;

	part_path(&path, root, &entry->name);
	if (strcmp(entry->name.format, "jsonl.zst") != 0)
		err_set(err, EXIT_DATA, "%s: this program cannot read its format",
		    buf_text(&path));
	else if (part_reader_open(&reader, buf_text(&path), err) == 0 &&
	    scan_open(&scan, rows->temporary, base, tasks, count, &chosen, err) == 0)
		result = count_part(rows, reader, scan, &times, row_count, err);
	scan_close(scan);
	part_reader_close(reader);
	buf_release(&path);
	return result;
}
