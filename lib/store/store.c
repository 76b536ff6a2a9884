/* SPDX-License-Identifier: ISC */
#include "store/store.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/require.h"
#include "base/tim.h"
#include "store/rebuild.h"
#include "store/store_identity.h"
#include "tel/event_sql.h"
#include "tel/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int
check_identity(struct db *db, bool *is_empty, struct err *err)
{
	int64_t application = 0, version = 0, tables = 0, is_utf8 = 0;

	if (db_integer(db, "SELECT encoding = 'UTF-8' FROM pragma_encoding", 0,
	    &is_utf8, err) < 0)
		return -1;
	if (is_utf8 == 0)
		return err_set(err, EXIT_DATA, "%s: a SQLite database whose text "
		    "is UTF-16 (PRAGMA encoding), not UTF-8 as all of teltools'",
		    db_path(db));
	if (db_integer(db, "PRAGMA application_id", 0, &application, err) < 0 ||
	    db_integer(db, "PRAGMA user_version", 0, &version, err) < 0 ||
	    db_integer(db, "SELECT count(*) FROM sqlite_schema", 0, &tables,
	    err) < 0)
		return -1;
	*is_empty = application == 0 && tables == 0;
	if (*is_empty)
		return 0;
	if (application != STORE_APPLICATION_ID)
		return err_set(err, EXIT_DATA, "%s: a SQLite database, but not "
		    "one of teltools (application_id %" PRId64 ", not %d)",
		    db_path(db), application, STORE_APPLICATION_ID);
	if (version > STORE_VERSION)
		return err_set(err, EXIT_DATA, "%s: written by a newer teltools "
		    "(schema %" PRId64 ", this program knows %d)", db_path(db),
		    version, STORE_VERSION);
	return 0;
}

/* Returns 1 when the table has the column, 0 when it does not, -1 on an error. */
static int
has_column(struct db_statement *info, const char *table, const char *column,
    struct err *err)
{
	int result;

	DB_BIND(info, db_value_text(":table", table),
	    db_value_text(":column", column));
	result = db_step(info, err);
	if (result == 1)
		db_reset(info);
	return result;
}

/* Appends an ALTER TABLE for each column of event.def that the file lacks. */
static int
find_missing(struct db_statement *info, struct buf *sql, struct err *err)
{
	for (int k = 0; k < EVENT_KIND_COUNT; k++) {
		enum event_kind kind = (enum event_kind)k;
		const char *table = event_descriptions[kind].table;

		for (size_t i = 0; i < event_sql_column_count(kind); i++) {
			int has = has_column(info, table,
			    event_sql_column_name(kind, i), err);

			if (has < 0)
				return -1;
			if (has == 1)
				continue;
			buf_printf(sql, "ALTER TABLE %s ADD COLUMN ", table);
			event_sql_column(sql, kind, i);
			buf_add_text(sql, ";\n");
		}
	}
	return 0;
}

/* The same for the tables of store.sql, after the model of a new file. Their new
 * columns have a default or allow NULL, as ALTER TABLE needs. */
static int
find_missing_of_ledger(struct db_statement *info, const struct buf *schema,
    struct buf *sql, struct err *err)
{
	struct db_statement *columns = NULL;
	struct db *model;
	int result = -1, has = 0;

	if (db_open(&model, DB_TEMPORARY, DB_WRITE, 0, err) < 0)
		return -1;
	if (db_run(model, buf_text(schema), err) < 0 || db_prepare(model,
	    &columns, "SELECT t.name, c.name, c.type, iif(c.\"notnull\","
	    " ' NOT NULL', ''), coalesce(' DEFAULT ' || c.dflt_value, '')"
	    " FROM sqlite_schema AS t, pragma_table_info(t.name) AS c"
	    " WHERE t.type = 'table'", err) < 0)
		goto done;
	while ((result = db_step(columns, err)) == 1) {
		const char *table = db_column_text(columns, 0);
		const char *column = db_column_text(columns, 1);

		has = has_column(info, table, column, err);
		if (has < 0)
			break;
		if (has == 0 && event_find_table(table) < 0)
			buf_printf(sql, "ALTER TABLE %s ADD COLUMN %s %s%s%s;\n",
			    table, column, db_column_text(columns, 2),
			    db_column_text(columns, 3),
			    db_column_text(columns, 4));
	}
	result = has < 0 ? -1 : result;
done:
	db_finalize(columns);
	db_close(model);
	return result;
}

static void
add_schema(struct buf *sql)
{
	const char *ledger = text_find("schema/store.sql");

	REQUIRE(ledger != NULL);
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		event_sql_table(sql, (enum event_kind)kind);
	buf_add_text(sql, ledger);
}

static int
make_tables(struct db *db, const struct buf *schema, int64_t hash,
    struct err *err)
{
	struct buf sql = BUF_EMPTY;
	int result;

	buf_add(&sql, schema->data, schema->len);
	buf_printf(&sql, "DELETE FROM store_schema;"
	    "INSERT INTO store_schema (hash) VALUES (%" PRId64 ");"
	    "PRAGMA application_id = %d; PRAGMA user_version = %d;",
	    hash, STORE_APPLICATION_ID, STORE_VERSION);
	result = db_run(db, buf_text(&sql), err);
	buf_release(&sql);
	return result;
}

/* Whether the file was made from this text. */
static int
has_schema(struct db *db, int64_t hash, bool *has, struct err *err)
{
	int64_t tables, found = 0;

	*has = false;
	if (db_integer(db, "SELECT count(*) FROM sqlite_schema"
	    " WHERE name = 'store_schema'", 0, &tables, err) < 0)
		return -1;
	if (tables == 0)
		return 0;
	if (db_integer(db, "SELECT hash FROM store_schema", ~hash, &found,
	    err) < 0)
		return -1;
	*has = found == hash;
	return 0;
}

/* Brings the file up to date. A complete file needs no lock. */
static int
update_schema(struct db *db, struct err *err)
{
	struct buf schema = BUF_EMPTY, columns = BUF_EMPTY;
	struct db_statement *info = NULL;
	bool is_empty, is_current;
	int64_t hash;
	int result = -1;

	add_schema(&schema);
	hash = (int64_t)hash_fnv1a(schema.data, schema.len);
	if (db_prepare(db, &info,
	    "SELECT 1 FROM pragma_table_xinfo(:table) WHERE name = :column", err) < 0 ||
	    has_schema(db, hash, &is_current, err) < 0 ||
	    find_missing(info, &columns, err) < 0)
		goto done;
	if (is_current && columns.len == 0) {
		result = 0;
		goto done;
	}
	/* Another process may have done it since: look again under the lock. */
	buf_reset(&columns);
	if (db_begin(db, err) < 0 || check_identity(db, &is_empty, err) < 0 ||
	    rebuild_tables(db, err) < 0 ||
	    make_tables(db, &schema, hash, err) < 0 ||
	    find_missing(info, &columns, err) < 0 ||
	    find_missing_of_ledger(info, &schema, &columns, err) < 0 ||
	    db_run(db, buf_text(&columns), err) < 0 ||
	    store_identity_make(db, tim_now_ms(), err) < 0)
		goto done;
	result = db_commit(db, err);
done:
	db_finalize(info);
	buf_release(&schema);
	buf_release(&columns);
	if (result < 0)
		db_rollback(db);
	return result;
}

/* The same in one read transaction, because another process may be making the
 * tables. */
static int
check_snapshot(struct db *db, bool *is_empty, struct err *err)
{
	struct err ignored;
	int result;

	if (db_run(db, "BEGIN", err) < 0)
		return -1;
	result = check_identity(db, is_empty, err);
	if (db_run(db, "ROLLBACK", result < 0 ? &ignored : err) < 0)
		return -1;
	return result;
}

int
store_open(struct db **out, const char *path, enum db_mode mode,
    int64_t wait_ms, struct err *err)
{
	struct db *db;
	bool is_empty;

	if (db_open(&db, path, mode, wait_ms, err) < 0)
		return -1;
	if (check_snapshot(db, &is_empty, err) < 0)
		goto fail;
	if (mode == DB_READ && is_empty) {
		err_set(err, EXIT_DATA, "%s: an empty database; tel-ingest "
		    "--db %s makes its tables", path, path);
		goto fail;
	}
	if (mode == DB_WRITE && update_schema(db, err) < 0)
		goto fail;
	*out = db;
	return 0;
fail:
	db_close(db);
	return -1;
}

int
store_prepare(struct db *db, struct db_statement **out, const char *sql,
    struct err *err)
{
	if (db_prepare(db, out, sql, err) == 0)
		return 0;
	if (err->exit_code != EXIT_BUG)
		return -1;
	return err_set(err, EXIT_DATA, "%s: made by an older teltools, or "
	    "incomplete; `tel-ingest --db %s </dev/null` adds what its tables lack",
	    db_path(db), db_path(db));
}

int
store_path(const char *given, const char **out, struct err *err)
{
	const char *path = given != NULL ? given : getenv("TEL_DB");

	if (path == NULL || path[0] == '\0')
		return err_set(err, EXIT_USAGE,
		    "which database? give --db FILE or set TEL_DB");
	*out = path;
	return 0;
}
