/* SPDX-License-Identifier: ISC
 *
 * row -- any bytes as a line: JSON reader, envelope, row in a database of
 * its own. Nothing may crash, and the row must be there exactly when row_write
 * says so.
 */
#include "base/prog.h"
#include "io/json.h"
#include "io/line.h"
#include "io/row.h"
#include "io/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct db *db;
static struct row_writer *rows;
static struct json_parser *parser;

static void
start(void)
{
	struct err err;

	if (db != NULL)
		return;
	if (store_open(&db, DB_TEMPORARY, DB_WRITE, 0, &err) < 0 ||
	    row_open(&rows, db, &err) < 0)
		abort();
	parser = json_open(LINE_MAX_BYTES);
}

static void
write_row(const struct json_object *object, const char *line, size_t len)
{
	struct row_envelope envelope;
	struct row_refusal refusal;
	struct err err;
	int result;

	if (row_envelope(object, &envelope, &refusal) < 0)
		return;
	if (db_begin(db, &err) < 0)
		abort();
	result = row_write(rows, 1, &envelope, object, line, len, &refusal,
	    &err);
	assert(result >= 0);
	assert(result == 1 || refusal.reason[0] != '\0');
	assert(result == 0 || db_changes(db) == 1);
	if (row_finish(rows, &err) < 0)
		abort();
	db_rollback(db);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct json_object object;
	struct json_error error;
	char *line;

	if (len > LINE_MAX_BYTES)
		return 0;
	start();
	line = calloc(1, len + JSON_PADDING);
	if (line == NULL)
		return 0;
	if (len > 0)
		memcpy(line, bytes, len);
	if (json_read(parser, line, len, &object, &error) == 0)
		write_row(&object, line, len);
	else
		assert(error.offset <= len && error.words != NULL);
	free(line);
	return 0;
}
