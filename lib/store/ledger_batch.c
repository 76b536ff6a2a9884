/* SPDX-License-Identifier: ISC
 *
 * Writes the tables batches and batch_pieces: this file has the only statements that
 * do, and numbers the transactions.
 */
#include "store/ledger_private.h"

int
ledger_batches_open(struct ledger_batches *batches, struct db *db,
    struct err *err)
{
	*batches = (struct ledger_batches){ .add = NULL };
	if (db_prepare(db, &batches->add, "INSERT INTO batches (transaction_no,"
	    " source_no, from_position, until_position, from_ts_ms, until_ts_ms,"
	    " line_count, inserted_count, duplicate_count, filtered_count,"
	    " dead_count, row_count, line_bytes, committed_ms, resolved_count,"
	    " redaction, redacted_count)"
	    " VALUES (:transaction_no, :source_no, :from_position,"
	    " :until_position, :from_ts_ms, :until_ts_ms, :line_count,"
	    " :inserted_count, :duplicate_count, :filtered_count, :dead_count,"
	    " :row_count, :line_bytes, :committed_ms, :resolved_count,"
	    " :redaction, :redacted_count)", err) < 0)
		return -1;
	if (db_prepare(db, &batches->add_piece, "INSERT INTO batch_pieces"
	    " (transaction_no, source_no, from_position, until_position)"
	    " VALUES (:transaction_no, :source_no, :from, :until)", err) < 0)
		return -1;
	return db_prepare(db, &batches->last, "SELECT transaction_no FROM batches"
	    " ORDER BY no DESC LIMIT 1", err);
}

void
ledger_batches_close(struct ledger_batches *batches)
{
	db_finalize(batches->add);
	db_finalize(batches->add_piece);
	db_finalize(batches->last);
	batches->add = batches->add_piece = batches->last = NULL;
}

int
ledger_batches_begin(struct ledger_batches *batches, struct err *err)
{
	int result = db_step(batches->last, err);

	batches->transaction_no = 1;
	if (result == 1) {
		batches->transaction_no = db_column_integer(batches->last, 0) + 1;
		db_reset(batches->last);
	}
	return result < 0 ? -1 : 0;
}

/* A time of a batch: NULL when it has no rows. */
static struct db_value
value_of_time(const struct ledger_batch *batch, const char *name, int64_t ts_ms)
{
	return batch->from_ts_ms < batch->until_ts_ms
	    ? db_value_integer(name, ts_ms) : db_value_text(name, NULL);
}

/* Writes where the rows of the batch are, unless that is its hull. */
static int
add_pieces(struct ledger_batches *batches, const struct ledger_batch *batch,
    struct err *err)
{
	const struct ranges *pieces = batch->pieces;

	if (pieces == NULL || (pieces->count == 1 &&
	    pieces->items[0].from == batch->from &&
	    pieces->items[0].until == batch->until))
		return 0;
	for (size_t i = 0; i < pieces->count; i++) {
		DB_BIND(batches->add_piece,
		    db_value_integer(":transaction_no", batches->transaction_no),
		    db_value_integer(":source_no", batch->source_no),
		    db_value_integer(":from", pieces->items[i].from),
		    db_value_integer(":until", pieces->items[i].until));
		if (db_execute(batches->add_piece, err) < 0)
			return -1;
	}
	return 0;
}

int
ledger_batches_add(struct ledger_batches *batches,
    const struct ledger_batch *batch, int64_t now_ms, struct err *err)
{
	const int64_t *fates = batch->fates;
	int64_t lines = 0;

	for (int fate = 0; fate < LEDGER_FATE_COUNT; fate++)
		lines += fates[fate];
	DB_BIND(batches->add,
	    db_value_integer(":transaction_no", batches->transaction_no),
	    db_value_integer(":source_no", batch->source_no),
	    db_value_integer(":from_position", batch->from),
	    db_value_integer(":until_position", batch->until),
	    value_of_time(batch, ":from_ts_ms", batch->from_ts_ms),
	    value_of_time(batch, ":until_ts_ms", batch->until_ts_ms),
	    db_value_integer(":line_count", lines),
	    db_value_integer(":inserted_count", fates[LEDGER_INSERTED]),
	    db_value_integer(":duplicate_count", fates[LEDGER_DUPLICATE]),
	    db_value_integer(":filtered_count", fates[LEDGER_FILTERED]),
	    db_value_integer(":dead_count", fates[LEDGER_DEAD]),
	    db_value_integer(":row_count", batch->row_count),
	    db_value_integer(":line_bytes", batch->line_bytes),
	    db_value_integer(":committed_ms", now_ms),
	    db_value_integer(":resolved_count", batch->resolved_count),
	    db_value_text(":redaction", batch->is_redacted ? "on" : "off"),
	    db_value_integer(":redacted_count", batch->hidden_count));
	if (db_execute(batches->add, err) < 0)
		return -1;
	return add_pieces(batches, batch, err);
}
