/* SPDX-License-Identifier: ISC
 *
 * store -- the tables of teltools in a SQLite file. Missing tables and columns are
 * added; a database of another application is refused.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "db/db.h"

/* PRAGMA application_id: "telt" in ASCII. */
#define STORE_APPLICATION_ID 0x74656c74
/* PRAGMA user_version: raised when older programs can no longer write the file
 * correctly. New columns do not raise it. */
#define STORE_VERSION 3

/* Opens the database; with DB_WRITE it makes or completes the tables. The caller owns
 * *out and gives it to db_close. EXIT_DATA when the file is not a database, belongs to
 * another application, or was made by a newer program. */
MUST_USE int store_open(struct db **out, const char *path, enum db_mode mode,
    int64_t wait_ms, struct err *err);

/* Prepares a statement as db_prepare does, for readers. EXIT_DATA, with advice, when
 * the file lacks a table or column because an older program made it. */
MUST_USE int store_prepare(struct db *db, struct db_statement **out,
    const char *sql, struct err *err);

/* Sets *out to the path: given (the value of --db), or TEL_DB. It is borrowed.
 * EXIT_USAGE when there is neither. */
MUST_USE int store_path(const char *given, const char **out, struct err *err);

#endif
