/* SPDX-License-Identifier: ISC
 *
 * db_feed -- inserts many rows by one statement, from records that the caller
 * has made in SQLite's own format. The rows become a table of a database in
 * memory, and SQLite runs INSERT INTO ... SELECT * from there. Between tables
 * of the same definition that copies whole records (xferOptimization in its
 * insert.c), in a fifth of the time of binding and stepping. When the
 * definitions differ, SQLite reads column by column and makes every check of
 * the table.
 */
#ifndef DB_DB_FEED_H
#define DB_DB_FEED_H

#include "db/db.h"

struct db_feed_row {
	int64_t id;
	const unsigned char *record; /* borrowed: tel/record.h */
	size_t len;
};

struct db_feed;

/* Opens a feed into the table of that name. definition is the text of its
 * CREATE TABLE statement after these two words. Records have the columns of the
 * definition; the first is the INTEGER PRIMARY KEY. Their values must satisfy
 * the definition, because SQLite does not check copied records. A column that
 * is missing at the end of a record is NULL, and one that is not in the
 * definition gets its DEFAULT. The table may have more columns, or the same in
 * another order, and may be changed between transactions. The caller closes
 * *out, before db_close. */
MUST_USE int db_feed_open(struct db_feed **out, struct db *db,
    const char *table, const char *definition, struct err *err);
void db_feed_close(struct db_feed *feed); /* NULL is fine */

/* What is undone when a row violates a constraint: the rows of the call, or the
 * whole transaction. Undoing rows is slower, because SQLite must save each page
 * before it changes it. */
enum db_feed_undo { DB_FEED_UNDO_ROWS, DB_FEED_UNDO_TRANSACTION };

/* Inserts rows within a transaction, and sorts the array by id. Returns 0, or
 * -1, when db_feed_is_constraint says whether the table refused a row. Some
 * rows may have been inserted then: when they needed several statements, or
 * when a trigger or ON CONFLICT clause left out only some. */
MUST_USE int db_feed_run(struct db_feed *feed, struct db_feed_row *rows,
    size_t count, enum db_feed_undo undo, struct err *err);
bool db_feed_is_constraint(const struct db_feed *feed);

#endif
