/* SPDX-License-Identifier: ISC
 *
 * row_store -- rows into their tables, and out of them. It knows no event: what it does follows
 * from event.def.
 */
#ifndef STORE_ROW_STORE_H
#define STORE_ROW_STORE_H

#include "db/db_feed.h"
#include "tel/row.h"

struct row_store;

/* Prepares to write into db. The caller's. */
MUST_USE int row_store_open(struct row_store **out, struct db *db,
    struct err *err);
void row_store_close(struct row_store *store); /* NULL is fine */

/* Takes a row that was not refused; it is written with the next flush and must
 * stay as it is until then. */
void row_store_add(struct row_store *store, int64_t id, const struct row *row);

/* Counts the unknown keys of a row that was added and stays. */
void row_store_count(struct row_store *store, const struct row *row);

/* Writes what was added. Returns 1; 0 and *refusal when a table refuses a row:
 * undo says what SQLite has undone itself, and the caller rolls back the rest,
 * because some rows may have been written; -1 when the database failed. */
MUST_USE int row_store_flush(struct row_store *store, enum db_feed_undo undo,
    struct row_refusal *refusal, struct err *err);

/* Adds what was counted of unknown keys to the table of them. */
MUST_USE int row_store_finish(struct row_store *store, struct err *err);
/* After a rollback: forgets those counts, and what was added. */
void row_store_forget(struct row_store *store);

/* What deletes rows of one table of events and has the ledger count them. */
struct row_remover;

/* db is borrowed; table is one of event_table. *out is the caller's, for
 * row_remover_close. */
MUST_USE int row_remover_open(struct row_remover **out, struct db *db,
    const char *table, struct err *err);
void row_remover_close(struct row_remover *remover); /* NULL is fine */

/* In a transaction: deletes the row with this id if it is of this time. Returns 1;
 * 0 when there is no such row; -1 error. */
MUST_USE int row_remover_remove(struct row_remover *remover, int64_t id,
    int64_t ts_ms, struct err *err);

/* Before the commit: notes in the ledger what was deleted since the last time. */
MUST_USE int row_remover_finish(struct row_remover *remover, int64_t now_ms,
    struct err *err);

#endif
