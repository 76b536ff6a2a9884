/* SPDX-License-Identifier: ISC
 *
 * ledger_leave -- the ledger's account of rows that leave the database: for
 * each source a batch of no lines and less than no rows, so that the rows that
 * are there are still the sum of what the batches count.
 */
#ifndef STORE_LEDGER_LEAVE_H
#define STORE_LEDGER_LEAVE_H

#include "db/db.h"

#include <stddef.h>

struct ledger_left;

/* The rows of one transaction; all zero is none. */
struct ledger_leave {
	struct ledger_left *items; /* ours: a run of rows of one source each */
	size_t count, size;
};

void ledger_leave_release(struct ledger_leave *leave);

/* Counts a row that was deleted. */
void ledger_leave_add(struct ledger_leave *leave, int64_t id);

/* Writes the batches into the transaction of db that deleted the rows, and
 * counts anew. */
MUST_USE int ledger_leave_write(struct ledger_leave *leave, struct db *db,
    int64_t now_ms, struct err *err);

#endif
