/* SPDX-License-Identifier: ISC
 *
 * An eponymous virtual table (https://www.sqlite.org/vtab.html, 2.1.2). */
#include "io/db_feed.h"
#include "base/buf.h"
#include "base/mem.h"
#include "io/db_private.h"

#include <stdlib.h>

/* Columns of the virtual table; a feed uses the first of them. */
#define MAX_COLUMNS 64
#define MODULE "tel_feed"

struct db_feed {
	struct db *db;
	struct db_statement *insert;
};

struct feed_table {
	sqlite3_vtab base;
	struct db *db;
};

struct feed_cursor {
	sqlite3_vtab_cursor base;
	const struct db_feed_rows *feed;
	size_t row;
};

static int
connect_table(sqlite3 *handle, void *context, int argc, const char *const *argv,
    sqlite3_vtab **out, char **message)
{
	struct feed_table *table = mem_new(1, sizeof(*table));
	struct buf sql = BUF_EMPTY;
	int result;

	(void)argc;
	(void)argv;
	(void)message;
	buf_add_text(&sql, "CREATE TABLE x (");
	for (int i = 0; i < MAX_COLUMNS; i++)
		buf_printf(&sql, "%sc%d", i > 0 ? ", " : "", i);
	buf_add_char(&sql, ')');
	result = sqlite3_declare_vtab(handle, buf_text(&sql));
	buf_release(&sql);
	table->db = context;
	*out = &table->base;
	return result;
}

static int
disconnect_table(sqlite3_vtab *table)
{
	free(table);
	return SQLITE_OK;
}

static int
best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
	(void)table;
	info->estimatedRows = 20000;
	return SQLITE_OK;
}

static int
open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
	struct feed_cursor *cursor = mem_new(1, sizeof(*cursor));

	cursor->feed = &((struct feed_table *)table)->db->feed;
	*out = &cursor->base;
	return SQLITE_OK;
}

static int
close_cursor(sqlite3_vtab_cursor *cursor)
{
	free(cursor);
	return SQLITE_OK;
}

static int
filter(sqlite3_vtab_cursor *cursor, int plan, const char *plan_text, int argc,
    sqlite3_value **argv)
{
	(void)plan;
	(void)plan_text;
	(void)argc;
	(void)argv;
	((struct feed_cursor *)cursor)->row = 0;
	return SQLITE_OK;
}

static int
next(sqlite3_vtab_cursor *cursor)
{
	((struct feed_cursor *)cursor)->row++;
	return SQLITE_OK;
}

static int
is_at_end(sqlite3_vtab_cursor *base)
{
	const struct feed_cursor *cursor = (struct feed_cursor *)base;

	return cursor->row >= cursor->feed->count;
}

static int
column(sqlite3_vtab_cursor *base, sqlite3_context *context, int i)
{
	const struct feed_cursor *cursor = (struct feed_cursor *)base;
	const struct db_value *value = &cursor->feed->rows[cursor->row][i];

	switch ((enum db_type)value->type) {
	case DB_INTEGER:
		sqlite3_result_int64(context, value->integer);
		break;
	case DB_REAL:
		sqlite3_result_double(context, value->real);
		break;
	case DB_TEXT:
		sqlite3_result_text(context, value->text, (int)value->len,
		    SQLITE_STATIC);
		break;
	case DB_NULL:
	case DB_BLOB:
		break;
	}
	return SQLITE_OK;
}

static int
row_id(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)((struct feed_cursor *)cursor)->row;
	return SQLITE_OK;
}

/* Without xCreate the table exists by its name and cannot be made. */
static const sqlite3_module module = {
	.xConnect = connect_table,
	.xBestIndex = best_index,
	.xDisconnect = disconnect_table,
	.xOpen = open_cursor,
	.xClose = close_cursor,
	.xFilter = filter,
	.xNext = next,
	.xEof = is_at_end,
	.xColumn = column,
	.xRowid = row_id,
};

static void
write_insert(struct buf *sql, const char *table, const char *const *columns,
    size_t column_count)
{
	struct buf values = BUF_EMPTY;
	const char *comma = "";

	buf_printf(sql, "INSERT INTO %s (", table);
	for (size_t i = 0; i < column_count; i++) {
		if (columns[i] == NULL)
			continue;
		buf_printf(sql, "%s%s", comma, columns[i]);
		buf_printf(&values, "%sc%zu", comma, i);
		comma = ", ";
	}
	buf_printf(sql, ") SELECT %s FROM " MODULE, buf_text(&values));
	buf_release(&values);
}

int
db_feed_open(struct db_feed **out, struct db *db, const char *table,
    const char *const *columns, size_t column_count, struct err *err)
{
	struct db_feed *feed = mem_new(1, sizeof(*feed));
	struct buf sql = BUF_EMPTY;
	int result;

	feed->db = db;
	if (!db->has_feed_table && sqlite3_create_module_v2(db->handle, MODULE,
	    &module, db, NULL) != SQLITE_OK)
		abort();
	db->has_feed_table = true;
	write_insert(&sql, table, columns, column_count);
	result = db_prepare(db, &feed->insert, buf_text(&sql), err);
	buf_release(&sql);
	if (result < 0) {
		db_feed_close(feed);
		return -1;
	}
	*out = feed;
	return 0;
}

void
db_feed_close(struct db_feed *feed)
{
	if (feed == NULL)
		return;
	db_finalize(feed->insert);
	free(feed);
}

int
db_feed_run(struct db_feed *feed, const struct db_value *const *rows,
    size_t count, struct err *err)
{
	struct db_feed_rows *shown = &feed->db->feed;
	int result;

	shown->rows = rows;
	shown->count = count;
	result = db_execute(feed->insert, err);
	shown->count = 0;
	return result;
}

bool
db_feed_is_constraint(const struct db_feed *feed)
{
	return db_is_constraint(feed->insert);
}
