/* SPDX-License-Identifier: ISC
 *
 * db -- with db_feed the only door to SQLite. Every statement is prepared; text
 * that is bound or read is borrowed.
 *
 * Writers of one file take turns: db_begin takes an exclusive flock on
 * FILE.lock before BEGIN IMMEDIATE, and checkpoints are made under the same
 * lock, so that the WAL-reset race of SQLite before 3.51.3 cannot happen.
 * Readers open read-only and never checkpoint. A reader who may not write in the
 * folder reads the file alone, and keeps writers out as long as it is open. No
 * wait is longer than wait_ms; when it ends in vain the error is EXIT_AGAIN.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct db_statement;

enum db_mode { DB_READ, DB_WRITE };

#define DB_WAIT_MS 4000
/* A path: a database of this process alone, gone when it is closed. It lies in
 * memory until it is large, then in a nameless file. */
#define DB_TEMPORARY ""

/* Opens a file; DB_WRITE makes it when it is missing (WAL, synchronous=FULL).
 * *out is the caller's, to be closed with db_close. */
MUST_USE int db_open(struct db **out, const char *path, enum db_mode mode,
    int64_t wait_ms, struct err *err);

/* Closes; a writer folds the WAL into the file when nobody else has it open.
 * NULL is fine. */
void db_close(struct db *db);

const char *db_path(const struct db *db);

/* Runs statements that return nothing. */
MUST_USE int db_run(struct db *db, const char *sql, struct err *err);

/* The first column of the first row as an integer; absent when there is no row
 * or it is NULL. */
MUST_USE int db_integer(struct db *db, const char *sql, int64_t absent,
    int64_t *out, struct err *err);

/* Takes the writer's lock and begins a transaction. */
MUST_USE int db_begin(struct db *db, struct err *err);
/* Commits, checkpoints when the WAL has grown large, gives the lock back.
 * After an error the transaction is rolled back and the lock given back. */
MUST_USE int db_commit(struct db *db, struct err *err);
/* Undoes the transaction if there is one, gives the lock back. */
void db_rollback(struct db *db);

/* Compiles one statement; *out is the caller's, for db_finalize. A statement
 * that is wrong, or asks for a table or column that the file lacks, is
 * EXIT_BUG: the caller knows better whose fault that is. */
MUST_USE int db_prepare(struct db *db, struct db_statement **out,
    const char *sql, struct err *err);
void db_finalize(struct db_statement *statement); /* NULL is fine */

/* Whether the statement only reads. */
bool db_is_read_only(const struct db_statement *statement);

enum db_type { DB_NULL, DB_INTEGER, DB_REAL, DB_TEXT, DB_BLOB };

/* A value for the parameter that the SQL names ":name". What it points to is
 * borrowed, and must stay as it is until the next reset of the statement. */
struct db_value {
	const char *name; /* the colon included */
	enum db_type type;
	int64_t integer;
	const void *bytes;
	size_t len;
};
struct db_value db_value_integer(const char *name, int64_t value);
/* A text that is NULL is bound as NULL. */
struct db_value db_value_text(const char *name, const char *text);
struct db_value db_value_text_of(const char *name, const char *text, size_t len);
struct db_value db_value_blob(const char *name, const void *bytes, size_t len);

/* DB_BIND(statement, value, ...) binds values, in any order; parameters that none
 * of them names are NULL. The statement must have a parameter of each name. Values
 * in the order of the parameters need no search. */
#define DB_BIND(statement, ...) \
	db_bind(statement, (const struct db_value[]){ __VA_ARGS__ }, \
	    sizeof((const struct db_value[]){ __VA_ARGS__ }) / \
	    sizeof(struct db_value))
void db_bind(struct db_statement *statement, const struct db_value *values,
    size_t count);

/* The same by number: parameters count from 1. Text must stay as it is until the next reset. */
void db_bind_integer(struct db_statement *statement, int i, int64_t value);
void db_bind_text(struct db_statement *statement, int i, const char *text,
    size_t len);
void db_bind_null(struct db_statement *statement, int i);
void db_bind_clear(struct db_statement *statement);
/* The index of ":name", 0 when the statement has none. */
int db_parameter(struct db_statement *statement, const char *name);

/* 1 there is a row, 0 done (the statement is reset), -1 error (reset too). */
MUST_USE int db_step(struct db_statement *statement, struct err *err);
void db_reset(struct db_statement *statement);
/* Steps a statement that returns no row. */
MUST_USE int db_execute(struct db_statement *statement, struct err *err);
/* After db_step or db_execute failed: the rows broke a constraint of the
 * table, nothing else is wrong. */
bool db_is_constraint(const struct db_statement *statement);

/* Columns count from 0; text is valid until the next step. */
int db_column_count(const struct db_statement *statement);
const char *db_column_name(struct db_statement *statement, int i);
enum db_type db_column_type(struct db_statement *statement, int i);
int64_t db_column_integer(struct db_statement *statement, int i);
double db_column_real(struct db_statement *statement, int i);
/* NULL when the column is NULL; a number is shown as SQLite shows it. */
const char *db_column_text(struct db_statement *statement, int i);
size_t db_column_bytes(struct db_statement *statement, int i);

/* Rows changed by the last statement; id of the last insert. */
int64_t db_changes(struct db *db);

/* A number that changes whenever another connection has committed. */
MUST_USE int db_data_version(struct db *db, int64_t *out, struct err *err);

#endif
