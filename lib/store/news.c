/* SPDX-License-Identifier: ISC */
#include "store/news.h"
#include "base/mem.h"
#include "store/event_id.h"

#include <stdlib.h>
#include <string.h>

void
news_release(struct news *news)
{
	ranges_release(&news->ids);
}

/* Appends a range, in any order, for settle. */
static void
push(struct ranges *ids, int64_t source_no, int64_t from, int64_t until)
{
	if (ids->count == ids->size) {
		ids->size = ids->size > 0 ? ids->size * 2 : 64;
		ids->items = mem_resize(ids->items, ids->size, sizeof(ids->items[0]));
	}
	ids->items[ids->count++] = (struct range){ store_id(source_no, from),
		store_id(source_no, until) };
}

static int
compare_ranges(const void *a, const void *b)
{
	const struct range *left = a, *right = b;

	return (left->from > right->from) - (left->from < right->from);
}

/* Orders and merges pushed ranges, which is much faster than to insert each of those of
 * many sources in its place. */
static void
settle(struct ranges *ids)
{
	struct ranges pushed = *ids;

	memset(ids, 0, sizeof(*ids));
	if (pushed.count > 0)
		qsort(pushed.items, pushed.count, sizeof(pushed.items[0]), compare_ranges);
	for (size_t i = 0; i < pushed.count; i++)
		ranges_add(ids, pushed.items[i].from, pushed.items[i].until);
	ranges_release(&pushed);
}

/* Adds the places of the rows of a batch. */
static int
add_pieces(struct db_statement *pieces, struct db_statement *batch, struct ranges *ids,
    struct err *err)
{
	int64_t source_no = db_column_integer(batch, 2);
	int64_t found = 0;
	int result;

	DB_BIND(pieces, db_value_integer(":transaction_no", db_column_integer(batch, 1)),
	    db_value_integer(":source_no", source_no));
	while ((result = db_step(pieces, err)) == 1) {
		push(ids, source_no, db_column_integer(pieces, 0),
		    db_column_integer(pieces, 1));
		found++;
	}
	if (result == 0 && found == 0)
		push(ids, source_no, db_column_integer(batch, 3),
		    db_column_integer(batch, 4));
	return result;
}

/* Reads the batches of a statement with the columns of `read`, until there are max_rows;
 * transactions up to the number whole_until are not taken apart. */
static int
read_batches(struct db_statement *batches, struct db_statement *pieces,
    int64_t whole_until, int64_t max_rows, struct news *out, struct err *err)
{
	int result;

	while ((result = db_step(batches, err)) == 1) {
		int64_t transaction_no = db_column_integer(batches, 1);
		int64_t row_count = db_column_integer(batches, 5);

		if (out->batch_no > 0 && transaction_no != out->transaction_no &&
		    transaction_no > whole_until &&
		    out->row_count + (row_count > 0 ? row_count : 0) > max_rows) {
			db_reset(batches);
			return 0;
		}
		out->batch_no = db_column_integer(batches, 0);
		out->transaction_no = transaction_no;
		out->committed_ms = db_column_integer(batches, 6);
		if (row_count <= 0)
			continue;
		out->row_count += row_count;
		if (add_pieces(pieces, batches, &out->ids, err) < 0) {
			db_reset(batches);
			return -1;
		}
	}
	return result;
}

/* Takes the ranges of others, which are in order, out of those of ids. */
static void
subtract(struct ranges *ids, const struct ranges *others)
{
	struct ranges left = { NULL, 0, 0 };

	for (size_t i = 0; i < ids->count; i++) {
		int64_t from = ids->items[i].from, until = ids->items[i].until;

		for (size_t k = ranges_find(others, from); k < others->count &&
		    others->items[k].from < until; k++) {
			if (others->items[k].until <= from)
				continue;
			ranges_add(&left, from, others->items[k].from);
			from = others->items[k].until;
		}
		ranges_add(&left, from, until);
	}
	ranges_release(ids);
	*ids = left;
}

/* The hulls of an older version may hold rows that came later, and have pieces: those that
 * are not among these news are taken out. */
static int
take_out_later(struct db *db, struct db_statement *batches, int64_t whole_until,
    struct db_statement *pieces, struct news *out, struct err *err)
{
	struct news later = { .batch_no = 0 };
	int64_t last_old = 0;
	struct db_statement *find;
	int result;

	if (db_prepare(db, &find, "SELECT max(no) FROM batches"
	    " WHERE transaction_no <= :whole_until", err) < 0)
		return -1;
	DB_BIND(find, db_value_integer(":whole_until", whole_until));
	result = db_step(find, err);
	if (result == 1)
		last_old = db_column_integer(find, 0);
	db_finalize(find);
	if (result < 0)
		return -1;
	DB_BIND(batches, db_value_integer(":after", last_old > out->batch_no ? last_old
	    : out->batch_no),
	    db_value_integer(":last", INT64_MAX));
	result = read_batches(batches, pieces, 0, INT64_MAX, &later, err);
	if (result == 0) {
		settle(&later.ids);
		subtract(&out->ids, &later.ids);
	}
	news_release(&later);
	return result;
}

int
news_read(struct db *db, int64_t after_batch_no, int64_t last_batch_no,
    int64_t max_rows, struct news *out, struct err *err)
{
	struct db_statement *batches = NULL, *pieces = NULL;
	int64_t whole_until, is_known;
	int result = -1;

	memset(out, 0, sizeof(*out));
	if (db_integer(db, "SELECT count(*) FROM sqlite_schema"
	    " WHERE name = 'store_identity'", 0, &is_known, err) < 0)
		return -1;
	if (is_known == 0)
		return 0;
	if (db_integer(db, "SELECT pieces_since FROM store_identity", 0, &whole_until,
	    err) < 0 || db_prepare(db, &batches, "SELECT no, transaction_no, source_no,"
	    " from_position, until_position, row_count, committed_ms FROM batches"
	    " WHERE no > :after AND no <= :last ORDER BY no", err) < 0 ||
	    db_prepare(db, &pieces, "SELECT from_position, until_position"
	    " FROM batch_pieces WHERE transaction_no = :transaction_no"
	    " AND source_no = :source_no", err) < 0)
		goto done;
	DB_BIND(batches, db_value_integer(":after", after_batch_no),
	    db_value_integer(":last", last_batch_no));
	result = read_batches(batches, pieces, whole_until, max_rows, out, err);
	settle(&out->ids);
	if (result == 0 && after_batch_no == 0 && whole_until > 0 && out->batch_no > 0)
		result = take_out_later(db, batches, whole_until, pieces, out, err);
	if (result == 0)
		result = out->batch_no > 0;
done:
	db_finalize(batches);
	db_finalize(pieces);
	return result;
}

int
news_last(struct db *db, struct news *out, struct err *err)
{
	struct db_statement *last;
	int result;

	memset(out, 0, sizeof(*out));
	if (db_prepare(db, &last, "SELECT no, transaction_no, committed_ms FROM batches"
	    " ORDER BY no DESC LIMIT 1", err) < 0)
		return -1;
	result = db_step(last, err);
	if (result == 1) {
		out->batch_no = db_column_integer(last, 0);
		out->transaction_no = db_column_integer(last, 1);
		out->committed_ms = db_column_integer(last, 2);
	}
	db_finalize(last);
	return result < 0 ? -1 : 0;
}

int
news_between(struct db *db, int64_t from_ms, int64_t last_ms, struct ranges *ids,
    struct err *err)
{
	struct db_statement *batches;
	int result;

	memset(ids, 0, sizeof(*ids));
	if (db_prepare(db, &batches, "SELECT source_no, from_position, until_position"
	    " FROM batches WHERE row_count > 0 AND from_ts_ms <= :last_ms"
	    " AND until_ts_ms > :from_ms", err) < 0)
		return -1;
	DB_BIND(batches, db_value_integer(":last_ms", last_ms),
	    db_value_integer(":from_ms", from_ms));
	while ((result = db_step(batches, err)) == 1)
		push(ids, db_column_integer(batches, 0), db_column_integer(batches, 1),
		    db_column_integer(batches, 2));
	db_finalize(batches);
	settle(ids);
	return result;
}

int
news_is_known(struct db *db, int64_t batch_no, int64_t transaction_no,
    int64_t committed_ms, struct err *err)
{
	struct db_statement *find;
	int result;

	if (batch_no == 0)
		return 1;
	if (db_prepare(db, &find, "SELECT 1 FROM batches WHERE no = :no"
	    " AND transaction_no = :transaction_no AND committed_ms = :committed_ms",
	    err) < 0)
		return -1;
	DB_BIND(find, db_value_integer(":no", batch_no),
	    db_value_integer(":transaction_no", transaction_no),
	    db_value_integer(":committed_ms", committed_ms));
	result = db_step(find, err);
	db_finalize(find);
	return result;
}
