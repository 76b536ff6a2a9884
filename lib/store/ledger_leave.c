/* SPDX-License-Identifier: ISC */
#include "store/ledger_leave.h"
#include "base/mem.h"
#include "base/require.h"
#include "base/tim.h"
#include "store/ledger_private.h"
#include "store/event_id.h"

#include <stdlib.h>

struct ledger_left {
	int64_t source_no;
	int64_t from, until; /* hull of their positions */
	int64_t row_count, letter_count;
};

/* The rows of one UTC day. */
struct ledger_day {
	int64_t day_ms; /* its begin */
	int64_t row_count, from_ts_ms, last_ts_ms;
};

void
ledger_leave_release(struct ledger_leave *leave)
{
	free(leave->items);
	free(leave->days);
	leave->items = NULL;
	leave->days = NULL;
	leave->count = leave->size = leave->day_count = leave->day_size = 0;
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

/* Returns the day that begins at day_ms, which is added when it is new. Rows leave in
 * order of time, so it is almost always the last. */
static struct ledger_day *
find_day(struct ledger_leave *leave, int64_t day_ms)
{
	for (size_t i = leave->day_count; i-- > 0;)
		if (leave->days[i].day_ms == day_ms)
			return &leave->days[i];
	if (leave->day_count == leave->day_size) {
		leave->day_size = leave->day_size * 2 + 8;
		leave->days = mem_resize(leave->days, leave->day_size,
		    sizeof(leave->days[0]));
	}
	leave->days[leave->day_count] = (struct ledger_day){ .day_ms = day_ms,
		.from_ts_ms = INT64_MAX, .last_ts_ms = INT64_MIN };
	return &leave->days[leave->day_count++];
}

void
ledger_leave_add_row(struct ledger_leave *leave, int64_t id, int64_t ts_ms)
{
	struct ledger_day *day;

	REQUIRE(ts_ms >= 0); /* the archive takes no other rows */
	day = find_day(leave, ts_ms - ts_ms % TIM_MS_PER_DAY);
	day->row_count++;
	if (ts_ms < day->from_ts_ms)
		day->from_ts_ms = ts_ms;
	if (ts_ms > day->last_ts_ms)
		day->last_ts_ms = ts_ms;
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

static int
write_departures(const struct ledger_leave *leave, struct db *db,
    int64_t transaction_no, int64_t now_ms, struct err *err)
{
	struct db_statement *depart;
	int result = 0;

	if (leave->day_count == 0)
		return 0;
	REQUIRE(leave->table != NULL && leave->archive != NULL);
	if (db_prepare(db, &depart, "INSERT INTO departures (transaction_no,"
	    " table_name, day, row_count, from_ts_ms, until_ts_ms, archive,"
	    " committed_ms, listed_batch_no) VALUES (:transaction_no, :table_name,"
	    " :day, :row_count, :from_ts_ms, :until_ts_ms, :archive,"
	    " :committed_ms, :listed_batch_no)", err) < 0)
		return -1;
	for (size_t i = 0; i < leave->day_count && result == 0; i++) {
		const struct ledger_day *day = &leave->days[i];
		char text[TIM_TEXT_SIZE];

		tim_print_day(text, day->day_ms);
		DB_BIND(depart,
		    db_value_integer(":transaction_no", transaction_no),
		    db_value_text(":table_name", leave->table),
		    db_value_text(":day", text),
		    db_value_integer(":row_count", day->row_count),
		    db_value_integer(":from_ts_ms", day->from_ts_ms),
		    db_value_integer(":until_ts_ms", day->last_ts_ms + 1),
		    db_value_text(":archive", leave->archive),
		    db_value_integer(":committed_ms", now_ms),
		    db_value_integer(":listed_batch_no", leave->listed_batch_no));
		result = db_execute(depart, err);
	}
	db_finalize(depart);
	return result;
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
	if (result == 0)
		result = write_departures(leave, db, batches.transaction_no,
		    now_ms, err);
	ledger_batches_close(&batches);
	leave->count = leave->day_count = 0;
	return result;
}

int
ledger_leave_note_old(struct db *db, struct err *err)
{
	return db_run(db, "INSERT INTO departures (transaction_no, table_name,"
	    " row_count, archive, committed_ms) SELECT max(transaction_no), '',"
	    " -sum(row_count), '', max(committed_ms) FROM batches"
	    " WHERE row_count < 0 HAVING count(*) > 0", err);
}
