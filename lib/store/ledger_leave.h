/* SPDX-License-Identifier: ISC
 *
 * ledger_leave -- the ledger's account of rows and dead letters that leave the
 * database. Each source gets a row of batches with 0 lines, a negative row_count and
 * the number of dead letters in resolved_count, so that the batches still sum up to
 * what the tables hold. Each UTC day of rows gets a row of departures, a table that
 * nothing else writes.
 */
#ifndef STORE_LEDGER_LEAVE_H
#define STORE_LEDGER_LEAVE_H

#include "db/db.h"

#include <stddef.h>

struct ledger_left;
struct ledger_day;

/* What left in one transaction. A struct of zeros is empty. */
struct ledger_leave {
	struct ledger_left *items; /* owned: one for each run of ids of a source */
	size_t count, size;
	struct ledger_day *days;   /* owned: of rows */
	size_t day_count, day_size;
	const char *table;         /* that rows leave; borrowed, NULL without rows */
	const char *archive;       /* where they go; the same */
	int64_t listed_batch_no;   /* of the last batch when they were listed: rows of later
	                            * ones are not among them */
};

/* Frees the memory. */
void ledger_leave_release(struct ledger_leave *leave);

/* Counts a row with this time that was deleted. */
void ledger_leave_add_row(struct ledger_leave *leave, int64_t id, int64_t ts_ms);

/* Counts a dead letter that was deleted. */
void ledger_leave_add_letter(struct ledger_leave *leave, int64_t id);

/* Writes the batches and departures in the transaction of db that deleted the rows, and
 * begins a new count. */
MUST_USE int ledger_leave_write(struct ledger_leave *leave, struct db *db,
    int64_t now_ms, struct err *err);

/* Writes a departure of unknown table, time and archive for the rows that batches of an
 * older version count as archived, if there are any. */
MUST_USE int ledger_leave_note_old(struct db *db, struct err *err);

#endif
