/* SPDX-License-Identifier: ISC
 *
 * db_feed -- rows in memory as a table that INSERT ... SELECT reads: a table
 * gets them by one statement, which takes two thirds of the time that binding
 * and stepping takes for each.
 */
#ifndef IO_DB_FEED_H
#define IO_DB_FEED_H

#include "io/db.h"

struct db_value {
	unsigned char type; /* enum db_type, no blob; zeros are NULL */
	unsigned int len;   /* of the text */
	union {
		int64_t integer;
		double real;
		const char *text; /* borrowed */
	};
};

struct db_feed;

/* A feed of the connection, into the columns of a table; those that are NULL in the
 * list get no value. As many as are needed may be made, but one alone is run at
 * a time. *out is the caller's, for db_feed_close before db_close. */
MUST_USE int db_feed_open(struct db_feed **out, struct db *db,
    const char *table, const char *const *columns, size_t column_count,
    struct err *err);
void db_feed_close(struct db_feed *feed); /* NULL is fine */

/* Inserts rows, each of them values of all columns of the list. Returns 0, or -1 and none
 * is inserted; db_feed_is_constraint tells whether they broke one of the
 * table's. */
MUST_USE int db_feed_run(struct db_feed *feed,
    const struct db_value *const *rows, size_t count, struct err *err);
bool db_feed_is_constraint(const struct db_feed *feed);

#endif
