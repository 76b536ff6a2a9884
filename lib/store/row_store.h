/* SPDX-License-Identifier: ISC
 *
 * row_store -- writes rows into the tables of events, and deletes them. It has no code
 * for single events: event.def describes them all.
 */
#ifndef STORE_ROW_STORE_H
#define STORE_ROW_STORE_H

#include "db/db_feed.h"
#include "tel/row.h"

struct row_store;

/* Prepares the statements for db, which is borrowed. The caller owns *out and gives
 * it to row_store_close. */
MUST_USE int row_store_open(struct row_store **out, struct db *db,
    struct err *err);
void row_store_close(struct row_store *store); /* NULL is fine */

/* Queues a row for the next flush. The row is borrowed until then and must not
 * change. */
void row_store_add(struct row_store *store, int64_t id, const struct row *row);

/* Counts the unknown keys of a row that was stored. */
void row_store_count(struct row_store *store, const struct row *row);

/* Writes the queued rows. Returns 1; 0 and *refusal when a table refuses a row; -1 when
 * the database failed. After a refusal undo says what SQLite has undone by itself, and
 * the caller rolls back the rest, because some rows may have been written. */
MUST_USE int row_store_flush(struct row_store *store, enum db_feed_undo undo,
    struct row_refusal *refusal, struct err *err);

/* Adds the counts of unknown keys to their table. */
MUST_USE int row_store_finish(struct row_store *store, struct err *err);
/* Forgets those counts and the queued rows; call it after a rollback. */
void row_store_forget(struct row_store *store);

/* Deletes rows of one table of events and has the ledger count them. */
struct row_remover;

/* Prepares to delete from a table of event_table; archive is the absolute path of the
 * folder where its rows are. Both and db are borrowed. No row of a batch after
 * listed_batch_no will be deleted. The caller owns *out and gives it to
 * row_remover_close. */
MUST_USE int row_remover_open(struct row_remover **out, struct db *db,
    const char *table, const char *archive, int64_t listed_batch_no, struct err *err);
void row_remover_close(struct row_remover *remover); /* NULL is fine */

/* Deletes the row with this id and time; call it in a transaction. Returns 1; 0 when
 * there is no such row; -1 on an error. */
MUST_USE int row_remover_remove(struct row_remover *remover, int64_t id,
    int64_t ts_ms, struct err *err);

/* Writes to the ledger what was deleted since the last call; call it before the
 * commit. */
MUST_USE int row_remover_finish(struct row_remover *remover, int64_t now_ms,
    struct err *err);

#endif
