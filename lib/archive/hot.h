/* SPDX-License-Identifier: ISC
 *
 * hot -- which rows of a table are to leave the database: a list of
 * (ts_ms, id) in order of time, with what has become of each. It is a temporary
 * table of the reader's connection, kept in a file by SQLite when it is large,
 * so that memory stays small whatever the number of rows.
 */
#ifndef ARCHIVE_HOT_H
#define ARCHIVE_HOT_H

#include "db/db.h"

#include <stdint.h>

enum archive_hot_state {
	ARCHIVE_HOT_NEW,      /* not in the archive so far */
	ARCHIVE_HOT_ARCHIVED, /* stands in a partition of the catalog */
	ARCHIVE_HOT_REFUSED   /* no line can express it; it stays */
};

struct archive_hot;

/* Lists the rows of table with ts_ms < before_ms. reader is borrowed, and was
 * made ready by archive_hot_prepare. *out is the caller's. */
MUST_USE int archive_hot_open(struct archive_hot **out, struct db *reader,
    const char *table, int64_t before_ms, struct err *err);
void archive_hot_close(struct archive_hot *hot); /* NULL is fine */

/* Lets a connection that only reads the database have temporary tables. */
MUST_USE int archive_hot_prepare(struct db *reader, struct err *err);

/* The number of rows in that state. */
MUST_USE int archive_hot_count(struct archive_hot *hot,
    enum archive_hot_state state, int64_t *out, struct err *err);

/* Whether a row lies in from_ms..last_ms, both included: 1, 0 or -1. */
MUST_USE int archive_hot_any(struct archive_hot *hot, int64_t from_ms,
    int64_t last_ms, struct err *err);

/* Whether the row is in the list: 1, 0 or -1. */
MUST_USE int archive_hot_has(struct archive_hot *hot, int64_t ts_ms, int64_t id,
    struct err *err);

MUST_USE int archive_hot_mark(struct archive_hot *hot, int64_t ts_ms,
    int64_t id, enum archive_hot_state state, struct err *err);

/* The next row of that state in order of time: 1, 0 at the end, -1. The row
 * returned last may be marked meanwhile. */
MUST_USE int archive_hot_next(struct archive_hot *hot,
    enum archive_hot_state state, int64_t *ts_ms, int64_t *id,
    struct err *err);

/* Deletes the rows of the states NEW and ARCHIVED from the table, in
 * transactions of bounded length with pauses in which others may write.
 * progress, if not NULL, is told the rows deleted so far; they are added to
 * *deleted. */
MUST_USE int archive_hot_delete(struct archive_hot *hot, struct db *writer,
    void (*progress)(void *context, int64_t deleted), void *context,
    int64_t *deleted, struct err *err);

#endif
