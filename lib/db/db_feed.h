/* SPDX-License-Identifier: ISC
 *
 * db_feed -- rows whose records are made into a table, all by one statement. They
 * are shown to SQLite as a table of a database in memory, and
 * INSERT INTO ... SELECT * between tables of the same definition copies records as
 * they are (xferOptimization in its insert.c): that takes a fifth of the time that
 * binding and stepping takes. It holds as long as the definitions agree; else
 * SQLite reads the columns one by one, with every check of its table.
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

/* A feed into the table of that name. definition is what its CREATE TABLE has
 * behind these words; the records are of its columns, and the first is the INTEGER
 * PRIMARY KEY. The values of the records must be such as the definition allows:
 * nobody looks again. What is absent in a record is NULL: a DEFAULT serves columns
 * that are not in the definition. The table may have other columns besides, or the
 * same in another order, and may be changed between transactions. *out is the
 * caller's, for db_feed_close before db_close. */
MUST_USE int db_feed_open(struct db_feed **out, struct db *db,
    const char *table, const char *definition, struct err *err);
void db_feed_close(struct db_feed *feed); /* NULL is fine */

/* What is undone when a row breaks a constraint: the rows of the call, or the
 * whole transaction. For the former SQLite has to remember each page that it
 * changes. */
enum db_feed_undo { DB_FEED_UNDO_ROWS, DB_FEED_UNDO_TRANSACTION };

/* Inserts the rows in a transaction that has begun; they are brought into the
 * order of their ids. Returns 0, or -1; db_feed_is_constraint tells whether the
 * table does not want one of them. Some may have been inserted then, if they were
 * very many or it left some out in silence. */
MUST_USE int db_feed_run(struct db_feed *feed, struct db_feed_row *rows,
    size_t count, enum db_feed_undo undo, struct err *err);
bool db_feed_is_constraint(const struct db_feed *feed);

#endif
