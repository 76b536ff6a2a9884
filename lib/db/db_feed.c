/* SPDX-License-Identifier: ISC */
#include "db/db_feed.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/require.h"
#include "db/db_private.h"

#include <stdlib.h>
#include <string.h>

/* The name of the database in memory; the file itself is main. */
#define SCHEMA "tel_feed"

struct db_feed {
	struct db *db;
	char *table, *definition;
	char *insert;           /* ours: SQL after INSERT, or NULL */
	int64_t schema_version; /* for which insert was chosen */
	bool is_constraint;
};

static void
write_insert(struct buf *sql, const char *table, const char *columns)
{
	buf_printf(sql, "INTO main.%s%s%s%s SELECT %s FROM " SCHEMA ".%s", table,
	    columns != NULL ? " (" : "", columns != NULL ? columns : "",
	    columns != NULL ? ")" : "", columns != NULL ? columns : "*", table);
}

/* Appends the names of the columns of a table, "a, b, c". */
static int
list_columns(struct db *db, const char *schema, const char *table,
    struct buf *out, struct err *err)
{
	struct buf sql = BUF_EMPTY;
	struct db_statement *all;
	int result;

	buf_printf(&sql, "SELECT * FROM %s.%s", schema, table);
	result = db_prepare(db, &all, buf_text(&sql), err);
	buf_release(&sql);
	if (result < 0)
		return -1;
	for (int i = 0; i < db_column_count(all); i++)
		buf_printf(out, "%s%s", i > 0 ? ", " : "",
		    db_column_name(all, i));
	db_finalize(all);
	return 0;
}

/* Makes db->image the content of the database in memory, instead of its former
 * image. BEGIN IMMEDIATE has made that database part of the transaction, and
 * could not with SQLITE_DESERIALIZE_READONLY. The manual says that
 * sqlite3_deserialize may then return SQLITE_BUSY, but it closes the former
 * image, which no statement reads any more. */
static int
show_image(const struct db_feed *feed, struct err *err)
{
	struct db *db = feed->db;
	size_t bytes;
	unsigned char *file = table_image_finish(&db->image, feed->table,
	    feed->definition, &bytes);
	int result = sqlite3_deserialize(db->handle, SCHEMA, file,
	    (sqlite3_int64)bytes, (sqlite3_int64)bytes, 0);

	if (result == SQLITE_OK)
		return 0;
	return err_set(err, EXIT_BUG, "SQLite %s cannot read a database from "
	    "memory: %s", sqlite3_libversion(), sqlite3_errstr(result));
}

/* Turns the error into one of the table, whose definition was changed: it is not a
 * bug, and not the input's fault. */
static int
blame_table(const struct db_feed *feed, struct err *err)
{
	if (err->exit_code == EXIT_BUG)
		err->exit_code = EXIT_CREATE;
	return err_in(err, "table %s was changed so that it takes no rows",
	    feed->table);
}

/* Chooses the statement: SELECT * when both tables have the same columns in the
 * same order, so that SQLite can copy records; else the columns by name. */
static int
choose_insert(struct db_feed *feed, struct err *err)
{
	/* One column, NULL. An image needs a row, which is never read here. */
	static const unsigned char empty_record[] = { 2, 0 };
	struct buf ours = BUF_EMPTY, theirs = BUF_EMPTY, sql = BUF_EMPTY;
	int result = -1;

	table_image_start(&feed->db->image);
	REQUIRE(table_image_add(&feed->db->image, 1, empty_record,
	    sizeof(empty_record)));
	if (show_image(feed, err) < 0 ||
	    list_columns(feed->db, SCHEMA, feed->table, &ours, err) < 0)
		goto done;
	if (list_columns(feed->db, "main", feed->table, &theirs, err) < 0) {
		blame_table(feed, err);
		goto done;
	}
	write_insert(&sql, feed->table, strcmp(buf_text(&ours),
	    buf_text(&theirs)) == 0 ? NULL : buf_text(&ours));
	free(feed->insert);
	feed->insert = mem_text(buf_text(&sql));
	result = 0;
done:
	buf_release(&ours);
	buf_release(&theirs);
	buf_release(&sql);
	return result;
}

/* Chooses the statement again when the schema has changed since the last call. */
static int
check_table(struct db_feed *feed, struct err *err)
{
	int64_t version;

	if (db_integer(feed->db, "PRAGMA main.schema_version", 0, &version,
	    err) < 0)
		return -1;
	if (feed->insert != NULL && version == feed->schema_version)
		return 0;
	if (choose_insert(feed, err) < 0)
		return -1;
	feed->schema_version = version;
	return 0;
}

static int
prepare_insert(const struct db_feed *feed, enum db_feed_undo undo,
    struct db_statement **out, struct err *err)
{
	struct buf sql = BUF_EMPTY;
	int result;

	buf_printf(&sql, "INSERT %s%s", undo == DB_FEED_UNDO_TRANSACTION
	    ? "OR ROLLBACK " : "", feed->insert);
	result = db_prepare(feed->db, out, buf_text(&sql), err);
	buf_release(&sql);
	return result < 0 ? blame_table(feed, err) : 0;
}

int
db_feed_open(struct db_feed **out, struct db *db, const char *table,
    const char *definition, struct err *err)
{
	struct db_feed *feed;

	if (!db->has_image && db_run(db, "ATTACH ':memory:' AS " SCHEMA,
	    err) < 0)
		return -1;
	db->has_image = true;
	feed = mem_new(1, sizeof(*feed));
	feed->db = db;
	feed->table = mem_text(table);
	feed->definition = mem_text(definition);
	*out = feed;
	return 0;
}

void
db_feed_close(struct db_feed *feed)
{
	if (feed == NULL)
		return;
	free(feed->table);
	free(feed->definition);
	free(feed->insert);
	free(feed);
}

static int
compare_ids(const void *a, const void *b)
{
	int64_t first = ((const struct db_feed_row *)a)->id;
	int64_t second = ((const struct db_feed_row *)b)->id;

	return first < second ? -1 : first > second;
}

static void
sort_by_id(struct db_feed_row *rows, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (rows[i - 1].id > rows[i].id) {
			qsort(rows, count, sizeof(rows[0]), compare_ids);
			return;
		}
}

/* Makes an image of as many rows as it has room for; returns how many. */
static size_t
fill_image(struct table_image *image, const struct db_feed_row *rows,
    size_t count)
{
	size_t i = 0;

	table_image_start(image);
	while (i < count && table_image_add(image, rows[i].id, rows[i].record,
	    rows[i].len))
		i++;
	return i;
}

/* Turns what triggers and ON CONFLICT clauses that were added to the table can
 * do into errors: leave rows out silently, or end the transaction. */
static int
check_result(struct db_feed *feed, size_t count, int result,
    enum db_feed_undo undo, struct err *err)
{
	if (undo == DB_FEED_UNDO_ROWS &&
	    sqlite3_get_autocommit(feed->db->handle)) {
		feed->is_constraint = false;
		return err_set(err, EXIT_CREATE, "table %s: a trigger rolls back the "
		    "whole transaction; RAISE(ABORT) would refuse one row",
		    feed->table);
	}
	if (result == 0 && db_changes(feed->db) < (int64_t)count) {
		feed->is_constraint = true;
		return err_set(err, EXIT_DATA, "table %s: a trigger or ON CONFLICT "
		    "clause leaves rows out", feed->table);
	}
	return result;
}

/* Inserts the rows of the image. The statement is compiled each time, because a
 * new image is a new table to SQLite. */
static int
insert_image(struct db_feed *feed, size_t count, enum db_feed_undo undo,
    struct err *err)
{
	struct db_statement *insert;
	int result;

	if (show_image(feed, err) < 0 ||
	    prepare_insert(feed, undo, &insert, err) < 0)
		return -1;
	result = db_execute(insert, err);
	feed->is_constraint = db_is_constraint(insert);
	db_finalize(insert);
	return check_result(feed, count, result, undo, err);
}

int
db_feed_run(struct db_feed *feed, struct db_feed_row *rows, size_t count,
    enum db_feed_undo undo, struct err *err)
{
	feed->is_constraint = false;
	if (count == 0)
		return 0;
	if (check_table(feed, err) < 0)
		return -1;
	sort_by_id(rows, count);
	while (count > 0) {
		size_t filled = fill_image(&feed->db->image, rows, count);

		if (insert_image(feed, filled, undo, err) < 0)
			return -1;
		rows += filled;
		count -= filled;
	}
	return 0;
}

bool
db_feed_is_constraint(const struct db_feed *feed)
{
	return feed->is_constraint;
}
