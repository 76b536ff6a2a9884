/* SPDX-License-Identifier: ISC */
#include "store/ledger_leave.h"
#include "base/mem.h"
#include "store/store.h"

#include <stdlib.h>

struct ledger_left {
	int64_t source_no;
	int64_t from, until; /* hull of their positions */
	int64_t row_count;
};

void
ledger_leave_release(struct ledger_leave *leave)
{
	free(leave->items);
	leave->items = NULL;
	leave->count = leave->size = 0;
}

/* Adds what stands in other, of the same source. */
static void
merge(struct ledger_left *left, const struct ledger_left *other)
{
	if (other->from < left->from)
		left->from = other->from;
	if (other->until > left->until)
		left->until = other->until;
	left->row_count += other->row_count;
}

void
ledger_leave_add(struct ledger_leave *leave, int64_t id)
{
	int64_t position = id & STORE_MAX_POSITION;
	const struct ledger_left left = {
		.source_no = id >> STORE_POSITION_BITS, .from = position,
		.until = position + 1, .row_count = 1,
	};

	if (leave->count > 0 &&
	    leave->items[leave->count - 1].source_no == left.source_no) {
		merge(&leave->items[leave->count - 1], &left);
		return;
	}
	if (leave->count == leave->size) {
		leave->size = leave->size * 2 + 64;
		leave->items = mem_resize(leave->items, leave->size,
		    sizeof(leave->items[0]));
	}
	leave->items[leave->count++] = left;
}

static int
compare(const void *a, const void *b)
{
	const struct ledger_left *left = a, *right = b;

	return (left->source_no > right->source_no) -
	    (left->source_no < right->source_no);
}

/* One entry for each source. */
static void
sort(struct ledger_leave *leave)
{
	size_t kept = 0;

	qsort(leave->items, leave->count, sizeof(leave->items[0]), compare);
	for (size_t i = 1; i < leave->count; i++)
		if (leave->items[i].source_no == leave->items[kept].source_no)
			merge(&leave->items[kept], &leave->items[i]);
		else
			leave->items[++kept] = leave->items[i];
	leave->count = kept + 1;
}

int
ledger_leave_write(struct ledger_leave *leave, struct db *db, int64_t now_ms,
    struct err *err)
{
	struct db_statement *add;
	int64_t transaction_no;
	int result = 0;

	if (leave->count == 0)
		return 0;
	if (db_integer(db, "SELECT transaction_no + 1 FROM batches"
	    " ORDER BY no DESC LIMIT 1", 1, &transaction_no, err) < 0 ||
	    db_prepare(db, &add, "INSERT INTO batches (transaction_no,"
	    " source_no, from_position, until_position, line_count,"
	    " inserted_count, duplicate_count, filtered_count, dead_count,"
	    " row_count, line_bytes, committed_ms)"
	    " VALUES (?1, ?2, ?3, ?4, 0, 0, 0, 0, 0, ?5, 0, ?6)", err) < 0)
		return -1;
	sort(leave);
	for (size_t i = 0; i < leave->count && result == 0; i++) {
		const struct ledger_left *left = &leave->items[i];

		db_bind_integer(add, 1, transaction_no);
		db_bind_integer(add, 2, left->source_no);
		db_bind_integer(add, 3, left->from);
		db_bind_integer(add, 4, left->until);
		db_bind_integer(add, 5, -left->row_count);
		db_bind_integer(add, 6, now_ms);
		result = db_execute(add, err);
	}
	db_finalize(add);
	leave->count = 0;
	return result;
}
