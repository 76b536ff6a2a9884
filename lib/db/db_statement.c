/* SPDX-License-Identifier: ISC
 *
 * Statements: compiling, stepping, and reading the columns of a row. db_bind.c gives
 * them their values.
 */
#include "base/mem.h"
#include "base/require.h"
#include "db/db_private.h"

#include <stdlib.h>

int
db_prepare(struct db *db, struct db_statement **out, const char *sql,
    struct err *err)
{
	struct db_statement *statement;
	sqlite3_stmt *handle;

	if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
	    &handle, NULL) != SQLITE_OK)
		return db_fail(db, err);
	if (handle == NULL)
		return err_set(err, EXIT_CONFIG, "no SQL statement in '%s'", sql);
	statement = mem_new(1, sizeof(*statement));
	statement->handle = handle;
	statement->db = db;
	db_name_parameters(statement);
	*out = statement;
	return 0;
}

void
db_finalize(struct db_statement *statement)
{
	if (statement == NULL)
		return;
	sqlite3_finalize(statement->handle);
	db_release_names(statement);
	free(statement);
}

bool
db_is_read_only(const struct db_statement *statement)
{
	return sqlite3_stmt_readonly(statement->handle) != 0;
}

int
db_step(struct db_statement *statement, struct err *err)
{
	statement->result = sqlite3_step(statement->handle);
	statement->row_width = statement->result == SQLITE_ROW ?
	    sqlite3_data_count(statement->handle) : 0;
	if (statement->result == SQLITE_ROW)
		return 1;
	if (statement->result == SQLITE_DONE) {
		sqlite3_reset(statement->handle);
		return 0;
	}
	db_fail(statement->db, err);
	sqlite3_reset(statement->handle);
	return -1;
}

void
db_reset(struct db_statement *statement)
{
	statement->row_width = 0;
	sqlite3_reset(statement->handle);
}

int
db_execute(struct db_statement *statement, struct err *err)
{
	int result = db_step(statement, err);

	if (result == 1)
		db_reset(statement);
	return result < 0 ? -1 : 0;
}

bool
db_is_constraint(const struct db_statement *statement)
{
	return (statement->result & 0xff) == SQLITE_CONSTRAINT;
}

int
db_column_count(const struct db_statement *statement)
{
	return sqlite3_column_count(statement->handle);
}

const char *
db_column_name(struct db_statement *statement, int i)
{
	REQUIRE(i >= 0 && i < sqlite3_column_count(statement->handle));
	return sqlite3_column_name(statement->handle, i);
}

/* Returns the statement after checking that it has a row with a column i; for a
 * missing one SQLite would return NULL or 0. */
static sqlite3_stmt *
with_column(struct db_statement *statement, int i)
{
	REQUIRE(i >= 0 && i < statement->row_width);
	return statement->handle;
}

enum db_type
db_column_type(struct db_statement *statement, int i)
{
	switch (sqlite3_column_type(with_column(statement, i), i)) {
	case SQLITE_INTEGER:
		return DB_INTEGER;
	case SQLITE_FLOAT:
		return DB_REAL;
	case SQLITE_TEXT:
		return DB_TEXT;
	case SQLITE_BLOB:
		return DB_BLOB;
	default:
		return DB_NULL;
	}
}

int64_t
db_column_integer(struct db_statement *statement, int i)
{
	return sqlite3_column_int64(with_column(statement, i), i);
}

double
db_column_real(struct db_statement *statement, int i)
{
	return sqlite3_column_double(with_column(statement, i), i);
}

const char *
db_column_text(struct db_statement *statement, int i)
{
	return (const char *)sqlite3_column_text(with_column(statement, i), i);
}

const void *
db_column_blob(struct db_statement *statement, int i)
{
	return sqlite3_column_blob(with_column(statement, i), i);
}

size_t
db_column_bytes(struct db_statement *statement, int i)
{
	return (size_t)sqlite3_column_bytes(with_column(statement, i), i);
}
