/* SPDX-License-Identifier: ISC
 *
 * ledger_leave -- the ledger's account of rows and dead letters that leave the
 * database. Each source gets a row of batches with 0 lines, a negative row_count and
 * the number of dead letters in resolved_count, so that the batches still sum up to
 * what the tables hold.
 */
#ifndef STORE_LEDGER_LEAVE_H
#define STORE_LEDGER_LEAVE_H

#include "db/db.h"

#include <stddef.h>

struct ledger_left;

/* What left in one transaction. A struct of zeros is empty. */
struct ledger_leave {
	struct ledger_left *items; /* owned: one for each run of ids of a source */
	size_t count, size;
};

/* Frees the memory. */
void ledger_leave_release(struct ledger_leave *leave);

/* Counts a row that was deleted. */
void ledger_leave_add(struct ledger_leave *leave, int64_t id);

/* Counts a dead letter that was deleted. */
void ledger_leave_add_letter(struct ledger_leave *leave, int64_t id);

/* Writes the batches in the transaction of db that deleted the rows, and begins a new
 * count. */
MUST_USE int ledger_leave_write(struct ledger_leave *leave, struct db *db,
    int64_t now_ms, struct err *err);

#endif
