/* SPDX-License-Identifier: ISC */
#include "store/ledger.h"
#include "base/mem.h"
#include "base/require.h"
#include "store/ledger_private.h"
#include "store/event_id.h"

#include <stdlib.h>
#include <string.h>

static const char *const queries[LEDGER_QUERY_COUNT] = {
	[LEDGER_FIND_INPUT] = "SELECT no, coalesce(check_bytes, 0),"
	    " check_sha256 FROM sources WHERE kind = :kind"
	    " AND prefix_bytes = :prefix_bytes AND prefix_sha256 = :prefix_sha256"
	    " AND CASE kind WHEN 'file' THEN inode = :inode OR :is_moved"
	    " ELSE name = :name END ORDER BY no DESC",
	[LEDGER_FIND_NAMED] = "SELECT no, prefix_bytes IS NOT NULL FROM sources"
	    " WHERE kind = :kind AND name = :name AND fingerprint = :fingerprint",
	[LEDGER_PREFIX_LENGTHS] = "SELECT DISTINCT prefix_bytes FROM sources"
	    " WHERE kind = :kind AND prefix_bytes <= :max_bytes"
	    " ORDER BY prefix_bytes DESC",
	[LEDGER_ADD_SOURCE] = "INSERT INTO sources (kind, name, fingerprint,"
	    " run_id, first_seen_ms) VALUES (:kind, :name, :fingerprint,"
	    " :run_id, :now_ms) RETURNING no",
	[LEDGER_GROW_PREFIX] = "UPDATE sources SET prefix_bytes = :prefix_bytes,"
	    " prefix_sha256 = :prefix_sha256, device = coalesce(device, :device),"
	    " inode = coalesce(inode, :inode) WHERE no = :no"
	    " AND coalesce(prefix_bytes, 0) < :prefix_bytes",
	[LEDGER_SET_CHECK] = "UPDATE sources SET check_bytes = :check_bytes,"
	    " check_sha256 = :check_sha256 WHERE no = :no"
	    " AND coalesce(check_bytes, 0) < :check_bytes",
	[LEDGER_GET_TAKEN] = "SELECT coalesce(taken_bytes, 0),"
	    " coalesce(taken_lines, 0), coalesce(tail_bytes, 0),"
	    " tail_sha256 FROM sources WHERE no = :no",
	[LEDGER_SET_TAKEN] = "UPDATE sources SET taken_bytes = :taken_bytes,"
	    " taken_lines = :taken_lines, taken_ms = :now_ms,"
	    " tail_bytes = :tail_bytes, tail_sha256 = :tail_sha256"
	    " WHERE no = :no AND coalesce(taken_bytes, 0) < :taken_bytes",
	[LEDGER_LOAD_RANGES] = "SELECT from_position, until_position"
	    " FROM source_ranges WHERE source_no = :no ORDER BY from_position",
	[LEDGER_DROP_RANGES] = "DELETE FROM source_ranges WHERE source_no = :no"
	    " AND from_position >= :from AND from_position < :until",
	[LEDGER_ADD_RANGE] = "INSERT INTO source_ranges"
	    " (source_no, from_position, until_position)"
	    " VALUES (:no, :from, :until)",
};

int
ledger_open(struct ledger **out, struct db *db, struct err *err)
{
	struct ledger *ledger = mem_new(1, sizeof(*ledger));

	ledger->db = db;
	ledger->data_version = -1;
	ledger->generation = 1;
	ledger->slot_count = 64;
	ledger->slots = mem_new(ledger->slot_count, sizeof(ledger->slots[0]));
	for (int i = 0; i < LEDGER_QUERY_COUNT; i++) {
		if (db_prepare(db, &ledger->queries[i], queries[i], err) < 0) {
			ledger_close(ledger);
			return -1;
		}
	}
	if (ledger_batches_open(&ledger->batches, db, err) < 0 ||
	    ledger_runs_open(&ledger->runs, db, err) < 0) {
		ledger_close(ledger);
		return -1;
	}
	*out = ledger;
	return 0;
}

void
ledger_close(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	ledger_forget(ledger);
	for (int i = 0; i < LEDGER_QUERY_COUNT; i++)
		db_finalize(ledger->queries[i]);
	ledger_batches_close(&ledger->batches);
	ledger_runs_close(&ledger->runs);
	buf_release(&ledger->last_name);
	free(ledger->slots);
	free(ledger->sources);
	free(ledger);
}

void
ledger_forget(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->count; i++) {
		ranges_release(&ledger->sources[i]->taken);
		ranges_release(&ledger->sources[i]->pieces);
		free(ledger->sources[i]->producer);
		free(ledger->sources[i]);
	}
	ledger->count = ledger->producer_count = 0;
	ledger->generation++;
	ledger->last = ledger->last_named = ledger->touched = NULL;
	memset(ledger->slots, 0, ledger->slot_count * sizeof(ledger->slots[0]));
	ledger->data_version = -1;
	ledger_runs_forget(&ledger->runs);
}

int
ledger_begin(struct ledger *ledger, struct err *err)
{
	int64_t version;

	if (db_data_version(ledger->db, &version, err) < 0)
		return -1;
	if (version != ledger->data_version || ledger->count > LEDGER_CACHED_SOURCES)
		ledger_forget(ledger);
	ledger->data_version = version;
	ledger->touched = NULL;
	return ledger_batches_begin(&ledger->batches, err);
}

uint64_t
ledger_generation(const struct ledger *ledger)
{
	return ledger->generation;
}

int64_t
ledger_id(const struct ledger_source *source, int64_t position)
{
	return store_id(source->no, position);
}

int64_t
ledger_source_no(const struct ledger_source *source)
{
	return source->no;
}

bool
ledger_has(const struct ledger_source *source, int64_t position)
{
	return ranges_have(&source->taken, position);
}

static void
touch(struct ledger *ledger, struct ledger_source *source)
{
	if (source->is_touched)
		return;
	source->is_touched = true;
	source->next_touched = ledger->touched;
	ledger->touched = source;
	source->taken_from = source->from = source->from_ts_ms = INT64_MAX;
	source->taken_until = source->until = source->until_ts_ms = 0;
	source->row_count = source->line_bytes = 0;
	source->resolved_count = source->hidden_count = 0;
	source->pieces.count = 0;
	memset(source->fates, 0, sizeof(source->fates));
}

static void
widen(int64_t *from, int64_t *until, int64_t new_from, int64_t new_until)
{
	if (new_from < *from)
		*from = new_from;
	if (new_until > *until)
		*until = new_until;
}

void
ledger_take_dead(struct ledger *ledger, struct ledger_source *source,
    int64_t from, int64_t until)
{
	touch(ledger, source);
	ranges_add(&source->taken, from, until);
	widen(&source->taken_from, &source->taken_until, from, until);
}

void
ledger_take(struct ledger *ledger, struct ledger_source *source, int64_t from,
    int64_t until)
{
	ledger_take_dead(ledger, source, from, until);
	ranges_add(&source->pieces, from, until);
}

void
ledger_count(struct ledger *ledger, struct ledger_source *source, int64_t from,
    int64_t until, int64_t line_bytes, enum ledger_fate fate,
    int64_t line_count)
{
	REQUIRE(fate < LEDGER_FATE_COUNT && from <= until);
	touch(ledger, source);
	widen(&source->from, &source->until, from, until);
	source->line_bytes += line_bytes;
	source->fates[fate] += line_count;
}

void
ledger_count_hidden(struct ledger *ledger, struct ledger_source *source,
    int64_t count)
{
	touch(ledger, source);
	source->hidden_count += count;
}

void
ledger_resolve(struct ledger *ledger, struct ledger_source *source,
    int64_t position)
{
	touch(ledger, source);
	widen(&source->from, &source->until, position, position + 1);
	source->resolved_count++;
}

void
ledger_count_row(struct ledger *ledger, struct ledger_source *source,
    int64_t position, int64_t ts_ms, const char *run_id, size_t run_id_len)
{
	touch(ledger, source);
	widen(&source->from_ts_ms, &source->until_ts_ms, ts_ms, ts_ms + 1);
	source->row_count++;
	if (run_id_len > 0)
		ledger_runs_count(&ledger->runs, source->no, position, ts_ms,
		    run_id, run_id_len);
}

int64_t
ledger_transaction_no(const struct ledger *ledger)
{
	return ledger->batches.transaction_no;
}

/* Rewrites the stored ranges that overlap or touch what was taken. A range only ever
 * grows, so the rows that it absorbed begin within it. */
static int
write_ranges(struct ledger *ledger, struct ledger_source *source,
    struct err *err)
{
	struct db_statement *drop = ledger->queries[LEDGER_DROP_RANGES];
	struct db_statement *add = ledger->queries[LEDGER_ADD_RANGE];
	const struct ranges *taken = &source->taken;
	size_t first, end;

	if (source->taken_from >= source->taken_until)
		return 0;
	first = ranges_find(taken, source->taken_from);
	for (end = first; end < taken->count &&
	    taken->items[end].from <= source->taken_until; end++)
		;
	DB_BIND(drop, db_value_integer(":no", source->no),
	    db_value_integer(":from", taken->items[first].from),
	    db_value_integer(":until", taken->items[end - 1].until));
	if (db_execute(drop, err) < 0)
		return -1;
	for (size_t i = first; i < end; i++) {
		DB_BIND(add, db_value_integer(":no", source->no),
		    db_value_integer(":from", taken->items[i].from),
		    db_value_integer(":until", taken->items[i].until));
		if (db_execute(add, err) < 0)
			return -1;
	}
	return 0;
}

/* Writes what the transaction did with the source. A source that was only looked up
 * writes nothing. */
static int
write_batch(struct ledger *ledger, const struct ledger_source *source,
    int64_t now_ms, bool is_redacted, struct err *err)
{
	/* A map makes rows of producers from lines of an input. */
	bool has_lines = source->from < source->until;
	struct ledger_batch batch = {
		.source_no = source->no,
		.from = has_lines ? source->from : source->taken_from,
		.until = has_lines ? source->until : source->taken_until,
		.row_count = source->row_count,
		.line_bytes = source->line_bytes,
		.resolved_count = source->resolved_count,
		.hidden_count = source->hidden_count,
		.is_redacted = is_redacted,
		.pieces = source->row_count > 0 ? &source->pieces : NULL,
	};
	int64_t lines = 0;

	for (int fate = 0; fate < LEDGER_FATE_COUNT; fate++)
		lines += batch.fates[fate] = source->fates[fate];
	if (lines == 0 && source->resolved_count == 0 && source->row_count == 0)
		return 0;
	if (source->row_count > 0) {
		batch.from_ts_ms = source->from_ts_ms;
		batch.until_ts_ms = source->until_ts_ms;
	}
	return ledger_batches_add(&ledger->batches, &batch, now_ms, err);
}

void
ledger_each_producer(const struct ledger *ledger,
    void (*visit)(void *context, const char *name, size_t name_len,
    int64_t seq), void *context)
{
	for (const struct ledger_source *source = ledger->touched;
	    source != NULL; source = source->next_touched) {
		const struct ranges *taken = &source->taken;
		bool has_first = taken->count > 0 && taken->items[0].from <= 1;

		if (source->producer != NULL)
			visit(context, source->producer, source->producer_len,
			    has_first ? taken->items[0].until - 1 : 0);
	}
}

int
ledger_finish(struct ledger *ledger, int64_t now_ms, bool is_redacted,
    struct err *err)
{
	for (struct ledger_source *source = ledger->touched; source != NULL;
	    source = source->next_touched) {
		if (write_ranges(ledger, source, err) < 0 ||
		    write_batch(ledger, source, now_ms, is_redacted,
		    err) < 0)
			return -1;
		source->is_touched = false;
	}
	ledger->touched = NULL;
	return ledger_runs_write(&ledger->runs, err);
}
