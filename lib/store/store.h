/* SPDX-License-Identifier: ISC
 *
 * store -- our tables in a SQLite file: made when missing, given the columns
 * that event.def has gained since, refused when the file is somebody else's.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "db/db.h"

/* PRAGMA application_id: "telt" in ASCII. */
#define STORE_APPLICATION_ID 0x74656c74
/* PRAGMA user_version: raised when an old program could no longer write the
 * file rightly. New columns do not raise it. */
#define STORE_VERSION 1

/* An event, or a dead letter, has an id: the number of its source and its position
 * there, from 0 to STORE_MAX_POSITION. */
#define STORE_POSITION_BITS 40
#define STORE_MAX_POSITION ((INT64_C(1) << STORE_POSITION_BITS) - 1)
#define STORE_MAX_SOURCE_NO ((INT64_C(1) << 23) - 1)

static inline int64_t
store_id(int64_t source_no, int64_t position)
{
	return source_no << STORE_POSITION_BITS | position;
}

static inline int64_t
store_source_no(int64_t id)
{
	return id >> STORE_POSITION_BITS;
}

static inline int64_t
store_position(int64_t id)
{
	return id & STORE_MAX_POSITION;
}

/* The same in SQL: the number of the source of the row with this id. */
#define STORE_TEXT_OF(number) #number
#define STORE_TEXT(number) STORE_TEXT_OF(number)
#define STORE_SQL_SOURCE_NO "(id >> " STORE_TEXT(STORE_POSITION_BITS) ")"

/* Opens the database; DB_WRITE makes the tables. *out is the caller's, for
 * db_close. A file that is no database, not ours, or newer than this program
 * is EXIT_DATA. */
MUST_USE int store_open(struct db **out, const char *path, enum db_mode mode,
    int64_t wait_ms, struct err *err);

/* Like db_prepare, for readers: a table or column that the file lacks, because an
 * older program made it, is EXIT_DATA and what to do. */
MUST_USE int store_prepare(struct db *db, struct db_statement **out,
    const char *sql, struct err *err);

/* The path given with --db, or TEL_DB; EXIT_USAGE when there is neither. */
MUST_USE int store_path(const char *given, const char **out, struct err *err);

#endif
