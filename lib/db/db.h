/* SPDX-License-Identifier: ISC
 *
 * db -- SQLite, which only the room db calls. Every statement is prepared; text
 * that is bound or read is borrowed.
 *
 * Only one process at a time writes to a file: db_begin takes an exclusive
 * flock on FILE.lock before BEGIN IMMEDIATE, and checkpoints are made under
 * the same lock, so that the WAL-reset race of SQLite before 3.51.3 cannot
 * happen. Readers open the file read-only and never checkpoint. A reader
 * without the right to write in the folder reads the file without its WAL, and
 * blocks writers as long as the file is open. Every wait ends after wait_ms,
 * with EXIT_AGAIN.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct db_statement;

/* DB_SHARE and DB_SHARE_READ are for files that can be made again: they have SQLite's
 * rollback journal and its locks alone, and no file beside them. A reader needs no right
 * to write there, and a writer never waits for the lock. */
enum db_mode { DB_READ, DB_WRITE, DB_SHARE_READ, DB_SHARE };

#define DB_WAIT_MS 4000
/* The path of a temporary database, private to its connection. SQLite keeps it in
 * memory while it is small, else in an unnamed file, and db_close removes it. */
#define DB_TEMPORARY ""

/* Opens a file into *out, which the caller closes. With DB_WRITE, makes a
 * missing file and uses WAL and synchronous=FULL. EXIT_NO_INPUT when the file
 * cannot be read, EXIT_CREATE when it cannot be made or written, EXIT_DATA when
 * it is not a database. */
MUST_USE int db_open(struct db **out, const char *path, enum db_mode mode,
    int64_t wait_ms, struct err *err);

/* Closes. A writer checkpoints the WAL when no other process has the file open.
 * NULL is fine. */
void db_close(struct db *db);

/* Returns the path as given to db_open; borrowed. */
const char *db_path(const struct db *db);
/* Returns the same as an absolute name without links; borrowed. */
const char *db_real_path(const struct db *db);

/* Runs one or more statements that return no rows. */
MUST_USE int db_run(struct db *db, const char *sql, struct err *err);

/* Runs a query and sets *out to the first column of its first row, an integer;
 * to absent when there is no row or the value is NULL. */
MUST_USE int db_integer(struct db *db, const char *sql, int64_t absent,
    int64_t *out, struct err *err);

/* Gives the statements that follow so many ms together, after which they fail with EXIT_BUG
 * as any wrong statement does; 0 takes the limit away. */
void db_limit(struct db *db, int64_t most_ms);

/* Says that what follows reads much, and little of it twice: few pages are kept in memory,
 * so that a short life is not spent on getting more. */
MUST_USE int db_keep_little(struct db *db, struct err *err);

/* Takes the lock of writers and begins a transaction. With DB_SHARE, EXIT_AGAIN at once
 * when another process writes. */
MUST_USE int db_begin(struct db *db, struct err *err);
/* Commits, checkpoints a large WAL, and releases the lock. On an error the
 * transaction is rolled back and the lock released. */
MUST_USE int db_commit(struct db *db, struct err *err);
/* Rolls back the transaction, if there is one, and releases the lock. */
void db_rollback(struct db *db);

/* Compiles one statement into *out, which the caller finalizes. A wrong
 * statement, or one with a table or column that the file does not have, is
 * EXIT_BUG; a caller that knows better whose fault that is changes the code. */
MUST_USE int db_prepare(struct db *db, struct db_statement **out,
    const char *sql, struct err *err);
void db_finalize(struct db_statement *statement); /* NULL is fine */

/* Whether the statement only reads. */
bool db_is_read_only(const struct db_statement *statement);

enum db_type { DB_NULL, DB_INTEGER, DB_REAL, DB_TEXT, DB_BLOB };

/* A value for the parameter ":name" of a statement. Name and bytes are
 * borrowed; bytes must not change until the next reset of the statement. */
struct db_value {
	const char *name; /* with the colon */
	enum db_type type;
	int64_t integer;
	const void *bytes;
	size_t len;
};
struct db_value db_value_integer(const char *name, int64_t value);
/* A NULL text binds NULL. */
struct db_value db_value_text(const char *name, const char *text);
struct db_value db_value_text_of(const char *name, const char *text, size_t len);
struct db_value db_value_blob(const char *name, const void *bytes, size_t len);

/* DB_BIND(statement, value, ...) binds values in any order and sets all other
 * parameters to NULL. The statement must have a parameter of each name. Values
 * in the order of the parameters are bound without a search. */
#define DB_BIND(statement, ...) \
	db_bind(statement, (const struct db_value[]){ __VA_ARGS__ }, \
	    sizeof((const struct db_value[]){ __VA_ARGS__ }) / \
	    sizeof(struct db_value))
void db_bind(struct db_statement *statement, const struct db_value *values,
    size_t count);

/* Whether the statement has a parameter of this name, ":name". */
MUST_USE bool db_has_parameter(const struct db_statement *statement,
    const char *name);

/* Returns 1 when there is a row; 0 at the end and -1 on errors, when the
 * statement has been reset. */
MUST_USE int db_step(struct db_statement *statement, struct err *err);
void db_reset(struct db_statement *statement);
/* Runs a statement once; a row that it returns is ignored. */
MUST_USE int db_execute(struct db_statement *statement, struct err *err);
/* Whether the last db_step or db_execute failed because the rows violate a
 * constraint of the table. */
bool db_is_constraint(const struct db_statement *statement);

/* Columns count from 0; there must be a row with column i. Text is borrowed until the next step. */
MUST_USE int db_column_count(const struct db_statement *statement);
const char *db_column_name(struct db_statement *statement, int i);
enum db_type db_column_type(struct db_statement *statement, int i);
int64_t db_column_integer(struct db_statement *statement, int i);
double db_column_real(struct db_statement *statement, int i);
/* Returns NULL when the column is NULL; a number as text as SQLite writes it. */
const char *db_column_text(struct db_statement *statement, int i);
/* Returns the bytes of a BLOB, NULL when there are none. */
const void *db_column_blob(struct db_statement *statement, int i);
/* Returns how many bytes the text or BLOB has. */
size_t db_column_bytes(struct db_statement *statement, int i);

/* Returns how many rows the last statement changed. */
int64_t db_changes(struct db *db);

/* Sets *out to a number that changes when another connection has committed. */
MUST_USE int db_data_version(struct db *db, int64_t *out, struct err *err);

#endif
