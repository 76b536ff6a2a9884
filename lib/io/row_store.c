/* SPDX-License-Identifier: ISC */
#include "io/row_store.h"
#include "base/mem.h"
#include "io/row_plan.h"
#include "io/unknown_keys.h"
#include "tel/event_sql.h"

#include <stdlib.h>

/* Sets of columns for which a table has its feed ready. Producers fill the same
 * ones each time, and a column that nobody fills costs time too. */
#define FEEDS 4

/* Rows for one table. */
struct queue {
	struct {
		uint64_t columns; /* a bit for each that gets a value */
		struct db_feed *feed;
	} feeds[FEEDS];
	size_t last_feed;             /* that was made */
	uint64_t columns;             /* of the rows */
	const struct db_value **rows; /* ours */
	size_t count, size;
};

struct row_store {
	struct db *db;
	struct queue queues[EVENT_KIND_COUNT];
	struct queue others;
	struct arena arena; /* the values of events of unknown type */
	struct unknown_keys *unknown;
};

enum other_column {
	OTHER_ID, OTHER_TS_MS, OTHER_RUN_ID, OTHER_TYPE, OTHER_TRACE_ID,
	OTHER_SPAN_ID, OTHER_COHORT, OTHER_BODY, OTHER_COLUMN_COUNT
};

static int
open_feed(struct db *db, enum event_kind kind, uint64_t columns,
    struct db_feed **out, struct err *err)
{
	const char *names[ROW_MAX_COLUMNS];
	size_t count = event_sql_column_count(kind);

	for (size_t i = 0; i < count; i++)
		names[i] = (columns & UINT64_C(1) << i) != 0
		    ? event_sql_column_name(kind, i) : NULL;
	return db_feed_open(out, db, event_descriptions[kind].table, names,
	    count, err);
}

static int
open_other(struct db *db, struct db_feed **out, struct err *err)
{
	static const char *const columns[OTHER_COLUMN_COUNT] = {
		[OTHER_ID] = "id", [OTHER_TS_MS] = "ts_ms",
		[OTHER_RUN_ID] = "run_id", [OTHER_TYPE] = "type",
		[OTHER_TRACE_ID] = "trace_id", [OTHER_SPAN_ID] = "span_id",
		[OTHER_COHORT] = "cohort", [OTHER_BODY] = "body",
	};

	return db_feed_open(out, db, "other_events", columns,
	    OTHER_COLUMN_COUNT, err);
}

/* The feed for the columns of the rows that wait. */
static int
find_feed(struct row_store *store, struct queue *queue, struct db_feed **out,
    struct err *err)
{
	size_t i;

	for (i = 0; i < FEEDS; i++)
		if (queue->feeds[i].feed != NULL &&
		    queue->feeds[i].columns == queue->columns) {
			*out = queue->feeds[i].feed;
			return 0;
		}
	i = (queue->last_feed + 1) % FEEDS;
	db_feed_close(queue->feeds[i].feed);
	queue->feeds[i].feed = NULL;
	queue->feeds[i].columns = queue->columns;
	queue->last_feed = i;
	if (queue == &store->others
	    ? open_other(store->db, &queue->feeds[i].feed, err) < 0
	    : open_feed(store->db, (enum event_kind)(queue - store->queues),
	    queue->columns, &queue->feeds[i].feed, err) < 0)
		return -1;
	*out = queue->feeds[i].feed;
	return 0;
}

static int
prepare(struct row_store *store, struct queue *queue, struct err *err)
{
	struct db_feed *feed;
	int result = find_feed(store, queue, &feed, err);

	queue->columns = 0;
	return result;
}

/* That every table has all columns is known before the first row. */
int
row_store_open(struct row_store **out, struct db *db, struct err *err)
{
	struct row_store *store = mem_new(1, sizeof(*store));

	store->db = db;
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		store->queues[kind].columns = (UINT64_C(1) <<
		    event_sql_column_count((enum event_kind)kind)) - 1;
		if (prepare(store, &store->queues[kind], err) < 0)
			goto fail;
	}
	if (prepare(store, &store->others, err) < 0 ||
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
	for (size_t i = 0; i < FEEDS; i++)
		db_feed_close(queue->feeds[i].feed);
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
	arena_release(&store->arena);
	unknown_keys_close(store->unknown);
	free(store);
}

static void
push(struct queue *queue, const struct db_value *values, uint64_t columns)
{
	if (queue->count == queue->size) {
		queue->size = queue->size > 0 ? queue->size * 2 : 256;
		queue->rows = mem_resize(queue->rows, queue->size,
		    sizeof(queue->rows[0]));
	}
	queue->rows[queue->count++] = values;
	queue->columns |= columns;
}

static struct db_value
integer(int64_t number)
{
	return (struct db_value){ .type = DB_INTEGER, .integer = number };
}

static struct db_value
text(const char *chars, size_t len)
{
	return (struct db_value){ .type = chars != NULL ? DB_TEXT : DB_NULL,
		.len = (unsigned int)len, .text = chars };
}

static void
add_other(struct row_store *store, int64_t id, const struct row *row)
{
	const struct row_envelope *envelope = &row->envelope;
	struct db_value *values = arena_take(&store->arena,
	    OTHER_COLUMN_COUNT * sizeof(values[0]));

	values[OTHER_ID] = integer(id);
	values[OTHER_TS_MS] = integer(envelope->ts_ms);
	values[OTHER_RUN_ID] = text(envelope->run_id.text,
	    envelope->run_id.len);
	values[OTHER_TYPE] = text(envelope->type.text, envelope->type.len);
	values[OTHER_TRACE_ID] = text(envelope->trace_id.text,
	    envelope->trace_id.len);
	values[OTHER_SPAN_ID] = text(envelope->span_id.text,
	    envelope->span_id.len);
	values[OTHER_COHORT] = text(envelope->cohort.text,
	    envelope->cohort.len);
	values[OTHER_BODY] = text(row->body, row->body_len);
	push(&store->others, values, 0);
}

void
row_store_add(struct row_store *store, int64_t id, const struct row *row)
{
	if (row->kind == ROW_OTHER) {
		add_other(store, id, row);
		return;
	}
	/* The first column of every table. */
	row->values[0] = integer(id);
	push(&store->queues[row->kind], row->values, row->columns | 1);
	for (size_t i = 0; i < row->unknown_count; i++)
		unknown_keys_count(store->unknown,
		    event_descriptions[row->kind].wire, &row->unknown[i]);
}

/* A constraint that the reader did not foresee, such as a word that an old
 * database does not know, is the fault of an event and not of the batch. */
static int
flush_queue(struct row_store *store, struct queue *queue,
    struct row_refusal *refusal, struct err *err)
{
	struct db_feed *feed;
	size_t count = queue->count;
	int result = 1;

	if (count > 0 && find_feed(store, queue, &feed, err) < 0)
		result = -1;
	queue->count = 0;
	queue->columns = 0;
	if (count == 0 || result < 0)
		return result;
	if (db_feed_run(feed, queue->rows, count, err) == 0)
		return 1;
	if (!db_feed_is_constraint(feed))
		return -1;
	row_refuse(refusal, "refused_by_store", "", NULL, "%.200s", err->text);
	return 0;
}

int
row_store_flush(struct row_store *store, struct row_refusal *refusal,
    struct err *err)
{
	int result = flush_queue(store, &store->others, refusal, err);

	arena_reset(&store->arena);
	for (int kind = 0; result == 1 && kind < EVENT_KIND_COUNT; kind++)
		result = flush_queue(store, &store->queues[kind],
		    refusal, err);
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
	arena_reset(&store->arena);
	store->others.count = 0;
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		store->queues[kind].count = 0;
		store->queues[kind].columns = 0;
	}
}
