/* SPDX-License-Identifier: ISC
 *
 * Writes the table run_sources: where the events of each run are. The hulls of one
 * transaction are kept in memory, because almost every event belongs to the run of the
 * event before.
 */
#include "base/hash.h"
#include "base/mem.h"
#include "store/ledger_private.h"

#include <stdlib.h>
#include <string.h>

/* A transaction with more runs than this, such as one of requests that each call
 * themselves a run, lists the rest without a name: else the table would cost as much as
 * an index. */
#define MAX_RUNS 1000

static int
prepare_add(struct db *db, struct db_statement **out, struct err *err)
{
	/* A count that is not known stays so. */
	return db_prepare(db, out, "INSERT INTO run_sources (run_id,"
	    " source_no, from_position, until_position, from_ts_ms, until_ts_ms,"
	    " row_count) VALUES (:run_id, :source_no, :from_position,"
	    " :until_position, :from_ts_ms, :until_ts_ms, :row_count)"
	    " ON CONFLICT (run_id, source_no) DO UPDATE SET"
	    " from_position = min(from_position, excluded.from_position),"
	    " until_position = max(until_position, excluded.until_position),"
	    " from_ts_ms = min(from_ts_ms, excluded.from_ts_ms),"
	    " until_ts_ms = max(until_ts_ms, excluded.until_ts_ms),"
	    " row_count = row_count + excluded.row_count", err);
}

/* Writes a row, or widens that which is there. row_count below 0 means not known. */
static int
add_place(struct db_statement *add, const struct ledger_place *place,
    int64_t row_count, struct err *err)
{
	DB_BIND(add,
	    db_value_text_of(":run_id", place->run_id, place->run_id_len),
	    db_value_integer(":source_no", place->source_no),
	    db_value_integer(":from_position", place->from),
	    db_value_integer(":until_position", place->until),
	    db_value_integer(":from_ts_ms", place->from_ts_ms),
	    db_value_integer(":until_ts_ms", place->until_ts_ms),
	    row_count < 0 ? db_value_text(":row_count", NULL)
	    : db_value_integer(":row_count", row_count));
	return db_execute(add, err);
}

int
ledger_runs_open(struct ledger_runs *runs, struct db *db, struct err *err)
{
	*runs = (struct ledger_runs){ .slot_count = 64 };
	runs->slots = mem_new(runs->slot_count, sizeof(runs->slots[0]));
	return prepare_add(db, &runs->add, err);
}

void
ledger_runs_forget(struct ledger_runs *runs)
{
	runs->count = runs->last = 0;
	buf_reset(&runs->names);
	if (runs->slots != NULL)
		memset(runs->slots, 0, runs->slot_count * sizeof(runs->slots[0]));
}

void
ledger_runs_close(struct ledger_runs *runs)
{
	db_finalize(runs->add);
	buf_release(&runs->names);
	free(runs->items);
	free(runs->slots);
	*runs = (struct ledger_runs){ .add = NULL };
}

static bool
is_run(const struct ledger_runs *runs, size_t i, int64_t source_no,
    const char *name, size_t len)
{
	const struct ledger_run *run = &runs->items[i];

	return run->source_no == source_no && run->name_len == len &&
	    memcmp(runs->names.data + run->name_at, name, len) == 0;
}

/* Returns the slot of the run, or the free slot where it belongs. */
static uint32_t *
find_slot(const struct ledger_runs *runs, int64_t source_no, const char *name,
    size_t len)
{
	size_t mask = runs->slot_count - 1;
	size_t slot = ((size_t)hash_fnv1a(name, len) + (size_t)source_no) & mask;

	while (runs->slots[slot] != 0 &&
	    !is_run(runs, runs->slots[slot] - 1, source_no, name, len))
		slot = (slot + 1) & mask;
	return &runs->slots[slot];
}

static void
grow_slots(struct ledger_runs *runs)
{
	if (2 * (runs->count + 1) <= runs->slot_count)
		return;
	free(runs->slots);
	runs->slot_count *= 2;
	runs->slots = mem_new(runs->slot_count, sizeof(runs->slots[0]));
	for (size_t i = 0; i < runs->count; i++) {
		const struct ledger_run *run = &runs->items[i];

		*find_slot(runs, run->source_no,
		    runs->names.data + run->name_at, run->name_len) =
		    (uint32_t)i + 1;
	}
}

/* Returns the index of the run, which is added when it is new. */
static size_t
find_run(struct ledger_runs *runs, int64_t source_no, const char *name, size_t len)
{
	uint32_t *slot;

	grow_slots(runs);
	slot = find_slot(runs, source_no, name, len);
	if (*slot != 0)
		return *slot - 1;
	if (runs->count >= MAX_RUNS && len > 0)
		return find_run(runs, source_no, "", 0);
	if (runs->count == runs->size) {
		runs->size = runs->size > 0 ? runs->size * 2 : 16;
		runs->items = mem_resize(runs->items, runs->size,
		    sizeof(runs->items[0]));
	}
	runs->items[runs->count] = (struct ledger_run){
		.name_at = runs->names.len, .name_len = len,
		.source_no = source_no, .from = INT64_MAX, .until = INT64_MIN,
		.from_ts_ms = INT64_MAX, .until_ts_ms = INT64_MIN };
	buf_add(&runs->names, name, len);
	*slot = (uint32_t)++runs->count;
	return runs->count - 1;
}

void
ledger_runs_count(struct ledger_runs *runs, int64_t source_no, int64_t position,
    int64_t ts_ms, const char *run_id, size_t run_id_len)
{
	struct ledger_run *run;

	if (runs->count == 0 || !is_run(runs, runs->last, source_no, run_id,
	    run_id_len))
		runs->last = find_run(runs, source_no, run_id, run_id_len);
	run = &runs->items[runs->last];
	run->row_count++;
	if (position < run->from)
		run->from = position;
	if (position + 1 > run->until)
		run->until = position + 1;
	if (ts_ms < run->from_ts_ms)
		run->from_ts_ms = ts_ms;
	if (ts_ms + 1 > run->until_ts_ms)
		run->until_ts_ms = ts_ms + 1;
}

int
ledger_runs_write(struct ledger_runs *runs, struct err *err)
{
	for (size_t i = 0; i < runs->count; i++) {
		const struct ledger_run *run = &runs->items[i];
		const struct ledger_place place = {
			.run_id = runs->names.data != NULL
			    ? runs->names.data + run->name_at : "",
			.run_id_len = run->name_len, .source_no = run->source_no,
			.from = run->from, .until = run->until,
			.from_ts_ms = run->from_ts_ms,
			.until_ts_ms = run->until_ts_ms };

		if (add_place(runs->add, &place,
		    run->name_len > 0 ? run->row_count : -1, err) < 0)
			return -1;
	}
	ledger_runs_forget(runs);
	return 0;
}

int
ledger_list_run(struct db *db, const struct ledger_place *place, struct err *err)
{
	struct db_statement *add;
	int result;

	if (prepare_add(db, &add, err) < 0)
		return -1;
	result = add_place(add, place, -1, err);
	db_finalize(add);
	return result;
}

int
ledger_note_old_runs(struct db *db, struct err *err)
{
	return db_run(db, "INSERT INTO run_sources (run_id, source_no,"
	    " from_position, until_position, from_ts_ms, until_ts_ms)"
	    " SELECT '', source_no, min(from_position), max(until_position),"
	    " coalesce(from_ts_ms, 0), coalesce(until_ts_ms, 0)"
	    " FROM source_ranges LEFT JOIN (SELECT source_no,"
	    " min(from_ts_ms) AS from_ts_ms, max(until_ts_ms) AS until_ts_ms"
	    " FROM batches GROUP BY source_no) USING (source_no)"
	    " GROUP BY source_no", err);
}
