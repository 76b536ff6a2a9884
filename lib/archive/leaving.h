/* SPDX-License-Identifier: ISC
 *
 * leaving -- which rows of a table are to leave the database: a list of
 * (ts_ms, id) in order of time, with what has become of each. It is a temporary
 * table of the reader's connection, kept in a file by SQLite when it is large,
 * so that memory stays small whatever the number of rows.
 */
#ifndef ARCHIVE_LEAVING_H
#define ARCHIVE_LEAVING_H

#include "db/db.h"

#include <stdint.h>

enum archive_leaving_state {
	ARCHIVE_LEAVING_NEW,      /* not in the archive so far */
	ARCHIVE_LEAVING_ARCHIVED, /* is in a partition of the catalog */
	ARCHIVE_LEAVING_REFUSED   /* no line can express it; it stays */
};

struct archive_leaving;

/* Lists the rows of table with ts_ms < before_ms for which condition holds, SQL that
 * begins with AND, or "". reader is borrowed, and was made ready by
 * archive_leaving_prepare. *out is the caller's. */
MUST_USE int archive_leaving_open(struct archive_leaving **out, struct db *reader,
    const char *table, int64_t before_ms, const char *condition, struct err *err);
void archive_leaving_close(struct archive_leaving *leaving); /* NULL is fine */

/* Lets a connection that only reads the database have temporary tables. */
MUST_USE int archive_leaving_prepare(struct db *reader, struct err *err);

/* The number of rows in that state. */
MUST_USE int archive_leaving_count(struct archive_leaving *leaving,
    enum archive_leaving_state state, int64_t *out, struct err *err);

/* Whether a row lies in from_ms..last_ms, both included: 1, 0 or -1. */
MUST_USE int archive_leaving_any(struct archive_leaving *leaving, int64_t from_ms,
    int64_t last_ms, struct err *err);

/* Whether the row is in the list: 1, 0 or -1. */
MUST_USE int archive_leaving_has(struct archive_leaving *leaving, int64_t ts_ms,
    int64_t id, struct err *err);

MUST_USE int archive_leaving_mark(struct archive_leaving *leaving, int64_t ts_ms,
    int64_t id, enum archive_leaving_state state, struct err *err);

/* The next row of that state in order of time: 1, 0 at the end, -1. The row
 * returned last may be marked meanwhile. */
MUST_USE int archive_leaving_next(struct archive_leaving *leaving,
    enum archive_leaving_state state, int64_t *ts_ms, int64_t *id,
    struct err *err);

/* Deletes the rows of the states NEW and ARCHIVED from the table, which have gone to
 * the archive with this absolute path, in transactions of bounded length with pauses
 * in which others may write. progress, if not NULL, is told the rows deleted so far;
 * they are added to *deleted. */
MUST_USE int archive_leaving_delete(struct archive_leaving *leaving,
    struct db *writer, const char *archive,
    void (*progress)(void *context, int64_t deleted), void *context,
    int64_t *deleted, struct err *err);

#endif
