/* SPDX-License-Identifier: ISC
 *
 * row -- any bytes as a line on its way into a database: read as JSON, turned
 * into a row and stored, before and after its secrets are hidden. Nothing may
 * crash, and a row that was not refused must be stored.
 */
#include "base/buf.h"
#include "json/json.h"
#include "read/line.h"
#include "secret/redact.h"
#include "secret/redact_event.h"
#include "store/row_store.h"
#include "store/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct db *db;
static struct row_store *store;
static struct row_reader *keeping, *dropping;
static struct json_parser *parser;
static struct redactor *redactor;
static struct redact_event *events;
static struct arena arena;
static struct key_table keys;

static void
open_once(void)
{
	static const char *const hashed[] = { "run_id" };
	const struct redact_options options = { hashed, 1, "key", 3,
	    NULL, NULL };
	struct err err;

	if (db != NULL)
		return;
	if (store_open(&db, DB_TEMPORARY, DB_WRITE, 0, &err) < 0 ||
	    row_store_open(&store, db, &err) < 0)
		abort();
	keeping = row_reader_open(true, &keys);
	dropping = row_reader_open(false, &keys);
	parser = json_open(LINE_MAX_BYTES);
	json_number_keys(parser, &keys);
	redactor = redactor_open(&options);
	events = redact_event_open(hashed, 1);
}

/* The feed writes records without checking them, so the tables are checked
 * afterwards. */
static void
check_tables(void)
{
	struct err err;
	int64_t faults;

	if (db_integer(db, "SELECT count(*) FROM pragma_quick_check"
	    " WHERE quick_check <> 'ok'", 1, &faults, &err) < 0)
		abort();
	assert(faults == 0);
}

static void
write_row(struct row_reader *reader, const struct json_object *object,
    const char *line, size_t len)
{
	struct row_refusal refusal;
	struct row row;
	struct err err;
	int result;

	arena_reset(&arena);
	row_read(reader, &arena, object, line, len, &row);
	if (row.refusal != NULL) {
		assert(row.refusal->reason != REASON_ABSENT);
		assert(row.refusal->at == NULL || (row.refusal->at >= line &&
		    row.refusal->at <= line + len));
		return;
	}
	if (db_begin(db, &err) < 0)
		abort();
	row_store_add(store, 1, &row);
	result = row_store_flush(store, DB_FEED_UNDO_ROWS, &refusal, &err);
	assert(result == 1);
	assert(db_changes(db) == 1);
	if (row_store_finish(store, &err) < 0)
		abort();
	check_tables();
	db_rollback(db);
}

/* Returns whether the line is an event with nothing to hide. */
static bool
read_line(const char *line, size_t len)
{
	struct json_object object;
	struct json_error error;

	if (json_read(parser, line, len, &object, &error) < 0) {
		assert(error.offset <= len && error.words != NULL);
		return false;
	}
	write_row(keeping, &object, line, len);
	write_row(dropping, &object, line, len);
	return redact_event_is_clean(events, &object);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct buf hidden = BUF_EMPTY;
	bool is_clean;
	char *line;
	int count;

	if (len > LINE_MAX_BYTES)
		return 0;
	open_once();
	line = calloc(1, len + LINE_PADDING);
	if (line == NULL)
		return 0;
	if (len > 0)
		memcpy(line, bytes, len);
	is_clean = read_line(line, len);
	count = redactor_line(redactor, line, len, &hidden);
	assert(!is_clean || count == 0);
	if (count > 0 && hidden.len <= LINE_MAX_BYTES)
		(void)read_line(hidden.data, hidden.len);
	buf_release(&hidden);
	free(line);
	return 0;
}
