/* SPDX-License-Identifier: ISC */
#include "store/row_store.h"
#include "base/buf.h"
#include "base/mem.h"
#include "tel/row_other.h"
#include "store/ledger_leave.h"
#include "store/unknown_keys.h"
#include "tel/event_sql.h"

#include <stdlib.h>

/* Rows for one table. */
struct queue {
	struct db_feed *feed;
	struct db_feed_row *rows; /* owned */
	size_t count, size;
};

struct row_store {
	struct queue queues[EVENT_KIND_COUNT];
	struct queue others;
	struct unknown_keys *unknown;
};

static int
open_feed(struct db_feed **out, struct db *db, enum event_kind kind,
    struct err *err)
{
	struct buf definition = BUF_EMPTY;
	int result;

	event_sql_definition(&definition, kind);
	result = db_feed_open(out, db, event_descriptions[kind].table,
	    buf_text(&definition), err);
	buf_release(&definition);
	return result;
}

int
row_store_open(struct row_store **out, struct db *db, struct err *err)
{
	struct row_store *store = mem_new(1, sizeof(*store));

	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		if (open_feed(&store->queues[kind].feed, db,
		    (enum event_kind)kind, err) < 0)
			goto fail;
	if (db_feed_open(&store->others.feed, db, EVENT_OTHER_TABLE,
	    ROW_OTHER_DEFINITION, err) < 0 ||
	    unknown_keys_open(&store->unknown, db, err) < 0)
		goto fail;
	*out = store;
	return 0;
fail:
	row_store_close(store);
	return -1;
}

static void
close_queue(struct queue *queue)
{
	db_feed_close(queue->feed);
	free(queue->rows);
}

void
row_store_close(struct row_store *store)
{
	if (store == NULL)
		return;
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		close_queue(&store->queues[kind]);
	close_queue(&store->others);
	unknown_keys_close(store->unknown);
	free(store);
}

void
row_store_add(struct row_store *store, int64_t id, const struct row *row)
{
	struct queue *queue = row->kind == ROW_OTHER ? &store->others
	    : &store->queues[row->kind];

	if (queue->count == queue->size) {
		queue->size = queue->size > 0 ? queue->size * 2 : 256;
		queue->rows = mem_resize(queue->rows, queue->size,
		    sizeof(queue->rows[0]));
	}
	queue->rows[queue->count++] = (struct db_feed_row){ .id = id,
		.record = row->record, .len = row->record_len };
}

void
row_store_count(struct row_store *store, const struct row *row)
{
	for (size_t i = 0; i < row->unknown_count; i++)
		unknown_keys_count(store->unknown,
		    event_descriptions[row->kind].wire, &row->unknown[i]);
}

/* A constraint that the reader does not know, such as a trigger of the user, refuses one
 * event; the batch is not at fault. */
static int
flush_queue(struct queue *queue, enum db_feed_undo undo,
    struct row_refusal *refusal, struct err *err)
{
	size_t count = queue->count;

	queue->count = 0;
	if (db_feed_run(queue->feed, queue->rows, count, undo, err) == 0)
		return 1;
	if (!db_feed_is_constraint(queue->feed))
		return -1;
	row_refuse(refusal, REASON_refused_by_store, "", NULL, "%.200s", err->text);
	return 0;
}

static void
forget_rows(struct row_store *store)
{
	store->others.count = 0;
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		store->queues[kind].count = 0;
}

int
row_store_flush(struct row_store *store, enum db_feed_undo undo,
    struct row_refusal *refusal, struct err *err)
{
	int result = flush_queue(&store->others, undo, refusal, err);

	for (int kind = 0; result == 1 && kind < EVENT_KIND_COUNT; kind++)
		result = flush_queue(&store->queues[kind], undo, refusal,
		    err);
	if (result != 1)
		forget_rows(store);
	return result;
}

int
row_store_finish(struct row_store *store, struct err *err)
{
	return unknown_keys_write(store->unknown, err);
}

void
row_store_forget(struct row_store *store)
{
	unknown_keys_forget(store->unknown);
	forget_rows(store);
}

struct row_remover {
	struct db *db;
	struct db_statement *remove;
	struct ledger_leave leave;
};

int
row_remover_open(struct row_remover **out, struct db *db, const char *table,
    const char *archive, int64_t listed_batch_no, struct err *err)
{
	struct row_remover *remover = mem_new(1, sizeof(*remover));
	struct buf sql = BUF_EMPTY;
	int result;

	remover->db = db;
	remover->leave.table = table;
	remover->leave.archive = archive;
	remover->leave.listed_batch_no = listed_batch_no;
	buf_printf(&sql, "DELETE FROM %s WHERE id = :id AND ts_ms = :ts_ms",
	    table);
	result = db_prepare(db, &remover->remove, buf_text(&sql), err);
	buf_release(&sql);
	if (result < 0) {
		row_remover_close(remover);
		return -1;
	}
	*out = remover;
	return 0;
}

void
row_remover_close(struct row_remover *remover)
{
	if (remover == NULL)
		return;
	db_finalize(remover->remove);
	ledger_leave_release(&remover->leave);
	free(remover);
}

int
row_remover_remove(struct row_remover *remover, int64_t id, int64_t ts_ms,
    struct err *err)
{
	DB_BIND(remover->remove, db_value_integer(":id", id),
	    db_value_integer(":ts_ms", ts_ms));
	if (db_execute(remover->remove, err) < 0)
		return -1;
	if (db_changes(remover->db) == 0)
		return 0;
	ledger_leave_add_row(&remover->leave, id, ts_ms);
	return 1;
}

int
row_remover_finish(struct row_remover *remover, int64_t now_ms, struct err *err)
{
	return ledger_leave_write(&remover->leave, remover->db, now_ms, err);
}
