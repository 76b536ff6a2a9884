/* SPDX-License-Identifier: ISC
 *
 * row_store -- rows into their tables. It knows no event: what it does follows
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

#endif
