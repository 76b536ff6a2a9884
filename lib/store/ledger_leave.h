/* SPDX-License-Identifier: ISC
 *
 * ledger_leave -- the ledger's account of rows and dead letters that leave the
 * database: for each source a batch of 0 lines, with a negative row_count and the
 * letters as resolved, so that what is there is still the sum of what the batches
 * count.
 */
#ifndef STORE_LEDGER_LEAVE_H
#define STORE_LEDGER_LEAVE_H

#include "db/db.h"

#include <stddef.h>

struct ledger_left;

/* What left in one transaction; all zero is nothing. */
struct ledger_leave {
	struct ledger_left *items; /* ours: a run of ids of one source each */
	size_t count, size;
};

void ledger_leave_release(struct ledger_leave *leave);

/* Counts a row that was deleted. */
void ledger_leave_add(struct ledger_leave *leave, int64_t id);

/* Counts a dead letter that was deleted. */
void ledger_leave_add_letter(struct ledger_leave *leave, int64_t id);

/* Writes the batches into the transaction of db that deleted them, and
 * counts anew. */
MUST_USE int ledger_leave_write(struct ledger_leave *leave, struct db *db,
    int64_t now_ms, struct err *err);

#endif
