/* SPDX-License-Identifier: ISC */
#include "store/ledger_leave.h"
#include "base/mem.h"
#include "store/ledger_private.h"
#include "store/store.h"

#include <stdlib.h>

struct ledger_left {
	int64_t source_no;
	int64_t from, until; /* hull of their positions */
	int64_t row_count, letter_count;
};

void
ledger_leave_release(struct ledger_leave *leave)
{
	free(leave->items);
	leave->items = NULL;
	leave->count = leave->size = 0;
}

/* Adds the counts of other, which has the same source. */
static void
merge(struct ledger_left *left, const struct ledger_left *other)
{
	if (other->from < left->from)
		left->from = other->from;
	if (other->until > left->until)
		left->until = other->until;
	left->row_count += other->row_count;
	left->letter_count += other->letter_count;
}

static void
add(struct ledger_leave *leave, int64_t id, int64_t row_count,
    int64_t letter_count)
{
	int64_t position = store_position(id);
	const struct ledger_left left = {
		.source_no = store_source_no(id), .from = position,
		.until = position + 1, .row_count = row_count,
		.letter_count = letter_count,
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

void
ledger_leave_add(struct ledger_leave *leave, int64_t id)
{
	add(leave, id, 1, 0);
}

void
ledger_leave_add_letter(struct ledger_leave *leave, int64_t id)
{
	add(leave, id, 0, 1);
}

static int
compare(const void *a, const void *b)
{
	const struct ledger_left *left = a, *right = b;

	return (left->source_no > right->source_no) -
	    (left->source_no < right->source_no);
}

/* Merges the entries, so that each source has one. */
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

static int
write_batches(const struct ledger_leave *leave, struct ledger_batches *batches,
    int64_t now_ms, struct err *err)
{
	if (ledger_batches_begin(batches, err) < 0)
		return -1;
	for (size_t i = 0; i < leave->count; i++) {
		const struct ledger_left *left = &leave->items[i];
		const struct ledger_batch batch = {
			.source_no = left->source_no, .from = left->from,
			.until = left->until, .row_count = -left->row_count,
			.resolved_count = left->letter_count,
		};

		if (ledger_batches_add(batches, &batch, now_ms, err) < 0)
			return -1;
	}
	return 0;
}

int
ledger_leave_write(struct ledger_leave *leave, struct db *db, int64_t now_ms,
    struct err *err)
{
	struct ledger_batches batches;
	int result;

	if (leave->count == 0)
		return 0;
	sort(leave);
	result = ledger_batches_open(&batches, db, err);
	if (result == 0)
		result = write_batches(leave, &batches, now_ms, err);
	ledger_batches_close(&batches);
	leave->count = 0;
	return result;
}
