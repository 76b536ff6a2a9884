/* SPDX-License-Identifier: ISC */
#include "ingest/audit.h"
#include "base/mem.h"
#include "ingest/audit_new.h"
#include "store/event_id.h"
#include "store/store.h"
#include "tel/event.h"
#include "tel/word.h"
#include "store/ranges.h"

#include <stdlib.h>
#include <string.h>

#define PROGRESS_ROWS (1 << 18)

/* A running query whose rows are ordered by their first column, the key. The other
 * columns of the current row are read from the statement. */
struct cursor {
	struct db_statement *statement; /* owned */
	bool has_row;
	int64_t key;
	bool has_ids; /* the key is an id, not the number of a source */
};

struct audit {
	struct db *db;
	const struct audit_watch *watch;
	struct cursor sources, batches, ranges, letters, rows[EVENT_TABLE_COUNT];
	struct audit_new *news; /* NULL in a file that is older than its tables */
	/* The ranges of the current source, as the table has them: ranges_add would
	 * merge overlapping ones and so hide the faults that the audit looks for. */
	struct range *taken;
	size_t taken_count, taken_size;
	int64_t row_count;
};

static int
advance(struct cursor *cursor, struct err *err)
{
	int result = db_step(cursor->statement, err);

	cursor->has_row = result == 1;
	if (result == 1)
		cursor->key = db_column_integer(cursor->statement, 0);
	return result < 0 ? -1 : 0;
}

/* Returns the number of the source of the current row. */
static int64_t
source_of(const struct cursor *cursor)
{
	return cursor->has_ids ? store_source_no(cursor->key) : cursor->key;
}

static bool
is_at(const struct cursor *cursor, int64_t no)
{
	return cursor->has_row && source_of(cursor) == no;
}

static int
open_cursor(struct audit *audit, struct cursor *cursor, bool has_ids,
    const char *sql, struct err *err)
{
	cursor->has_ids = has_ids;
	if (store_prepare(audit->db, &cursor->statement, sql, err) < 0)
		return -1;
	return advance(cursor, err);
}

static int
open_rows(struct audit *audit, int table, struct err *err)
{
	struct buf sql = BUF_EMPTY;
	int result;

	buf_printf(&sql, "SELECT id, run_id, ts_ms FROM %s ORDER BY id",
	    event_table(table));
	result = open_cursor(audit, &audit->rows[table], true,
	    buf_text(&sql), err);
	buf_release(&sql);
	return result;
}

/* Selects as a second column whether the dead letter needs no range: a truncated
 * line is not marked as taken. */
static int
open_letters(struct audit *audit, struct err *err)
{
	struct cursor *cursor = &audit->letters;

	cursor->has_ids = true;
	if (store_prepare(audit->db, &cursor->statement, "SELECT id,"
	    " reason = :truncated FROM dead_letters ORDER BY id", err) < 0)
		return -1;
	DB_BIND(cursor->statement, db_value_text(":truncated",
	    reason_word(REASON_truncated)));
	return advance(cursor, err);
}

static int
open_all(struct audit *audit, struct err *err)
{
	if (open_cursor(audit, &audit->sources, false,
	    "SELECT no, kind, name FROM sources ORDER BY no", err) < 0 ||
	    open_cursor(audit, &audit->batches, false, "SELECT source_no,"
	    " sum(line_count), sum(inserted_count), sum(duplicate_count),"
	    " sum(filtered_count), sum(dead_count), sum(row_count),"
	    " sum(max(-row_count, 0)), sum(resolved_count),"
	    " sum(line_count <> inserted_count + duplicate_count"
	    "     + filtered_count + dead_count OR min(inserted_count,"
	    "     duplicate_count, filtered_count, dead_count,"
	    "     resolved_count) < 0)"
	    " FROM batches GROUP BY source_no ORDER BY source_no", err) < 0 ||
	    open_cursor(audit, &audit->ranges, false, "SELECT source_no,"
	    " from_position, until_position FROM source_ranges ORDER BY 1, 2", err) < 0 ||
	    open_letters(audit, err) < 0 ||
	    audit_new_open(&audit->news, audit->db, err) < 0)
		return -1;
	for (int table = 0; table < EVENT_TABLE_COUNT; table++)
		if (open_rows(audit, table, err) < 0)
			return -1;
	return 0;
}

static void
close_all(struct audit *audit)
{
	db_finalize(audit->sources.statement);
	db_finalize(audit->batches.statement);
	db_finalize(audit->ranges.statement);
	db_finalize(audit->letters.statement);
	for (int table = 0; table < EVENT_TABLE_COUNT; table++)
		db_finalize(audit->rows[table].statement);
	audit_new_close(audit->news);
	free(audit->taken);
}

/* Finds the lowest source number in the current rows of all queries. Returns false
 * when all queries are at their end. */
static bool
find_next_source(const struct audit *audit, int64_t *no)
{
	const struct cursor *first[] = { &audit->sources, &audit->batches,
		&audit->ranges, &audit->letters };
	const size_t first_count = sizeof(first) / sizeof(first[0]);
	bool found = false;

	for (size_t i = 0; i < first_count + EVENT_TABLE_COUNT; i++) {
		const struct cursor *cursor = i < first_count ? first[i]
		    : &audit->rows[i - first_count];

		if (!cursor->has_row ||
		    (found && source_of(cursor) >= *no))
			continue;
		*no = source_of(cursor);
		found = true;
	}
	return found;
}

static int
read_batches(struct audit *audit, struct audit_source *source, struct err *err)
{
	struct db_statement *statement = audit->batches.statement;
	struct audit_sums *sums = &source->sums;

	if (!is_at(&audit->batches, source->no))
		return 0;
	sums->lines = db_column_integer(statement, 1);
	sums->inserted = db_column_integer(statement, 2);
	sums->duplicate = db_column_integer(statement, 3);
	sums->filtered = db_column_integer(statement, 4);
	sums->dead = db_column_integer(statement, 5);
	sums->ledger_rows = db_column_integer(statement, 6);
	sums->archived = db_column_integer(statement, 7);
	sums->resolved = db_column_integer(statement, 8);
	sums->ledger_letters = sums->dead - sums->resolved;
	sums->bad_batches = db_column_integer(statement, 9);
	return advance(&audit->batches, err);
}

static int
read_ranges(struct audit *audit, struct audit_source *source, struct err *err)
{
	struct cursor *cursor = &audit->ranges;
	int64_t end = -1;

	audit->taken_count = 0;
	while (is_at(cursor, source->no)) {
		struct range *range;

		if (audit->taken_count == audit->taken_size) {
			audit->taken_size = audit->taken_size * 2 + 64;
			audit->taken = mem_resize(audit->taken,
			    audit->taken_size, sizeof(audit->taken[0]));
		}
		range = &audit->taken[audit->taken_count++];
		range->from = db_column_integer(cursor->statement, 1);
		range->until = db_column_integer(cursor->statement, 2);
		if (range->from <= end)
			source->sums.bad_ranges++;
		end = range->until;
		if (advance(cursor, err) < 0)
			return -1;
	}
	return 0;
}

/* Returns the sequence number at which range i of a producer begins if there is no
 * gap before it. Sequences begin with 1. */
static int64_t
expected_seq(const struct audit *audit, size_t i)
{
	return i == 0 ? 1 : audit->taken[i - 1].until;
}

static void
count_gaps(const struct audit *audit, struct audit_source *source)
{
	if (source->kind == NULL || strcmp(source->kind, "producer") != 0)
		return;
	for (size_t i = 0; i < audit->taken_count; i++) {
		if (audit->taken[i].from <= expected_seq(audit, i))
			continue;
		source->sums.gaps++;
		source->sums.lost += audit->taken[i].from -
		    expected_seq(audit, i);
	}
}

/* Checks the current row of a table of events. */
static int
check_row(struct audit *audit, const struct cursor *cursor,
    struct audit_sums *sums, struct err *err)
{
	const char *run_id = db_column_text(cursor->statement, 1);
	int64_t position = store_position(cursor->key);
	int result;

	if (audit->news == NULL)
		return 0;
	sums->unbatched_rows += !audit_new_has(audit->news, position);
	if (run_id == NULL || run_id[0] == '\0')
		return 0;
	result = audit_new_has_run(audit->news, source_of(cursor), position,
	    db_column_integer(cursor->statement, 2), run_id, err);
	sums->unlisted_rows += result == 0;
	return result < 0 ? -1 : 0;
}

/* Counts the ids of a source, and the ids among them whose position was not taken. The
 * second column of a dead letter says that it need not be. */
static int
count_ids(struct audit *audit, struct cursor *cursor, int64_t no,
    struct audit_sums *sums, struct err *err)
{
	bool is_row = cursor != &audit->letters;
	int64_t *count = is_row ? &sums->rows : &sums->letters;
	int64_t *untaken = is_row ? &sums->untaken_rows : &sums->untaken_letters;
	size_t at = 0;

	for (; is_at(cursor, no); ++*count) {
		int64_t position = store_position(cursor->key);

		while (at < audit->taken_count &&
		    audit->taken[at].until <= position)
			at++;
		if ((at == audit->taken_count ||
		    audit->taken[at].from > position) && (is_row ||
		    db_column_integer(cursor->statement, 1) == 0))
			++*untaken;
		if (is_row && check_row(audit, cursor, sums, err) < 0)
			return -1;
		if (++audit->row_count % PROGRESS_ROWS == 0 &&
		    audit->watch->progress != NULL)
			audit->watch->progress(audit->watch->context,
			    audit->row_count);
		if (advance(cursor, err) < 0)
			return -1;
	}
	return 0;
}

static void
add_sums(struct audit_sums *total, const struct audit_sums *sums)
{
	total->lines += sums->lines;
	total->inserted += sums->inserted;
	total->duplicate += sums->duplicate;
	total->filtered += sums->filtered;
	total->dead += sums->dead;
	total->rows += sums->rows;
	total->letters += sums->letters;
	total->archived += sums->archived;
	total->resolved += sums->resolved;
	total->ledger_rows += sums->ledger_rows;
	total->ledger_letters += sums->ledger_letters;
	total->gaps += sums->gaps;
	total->lost += sums->lost;
	total->bad_batches += sums->bad_batches;
	total->bad_ranges += sums->bad_ranges;
	total->untaken_rows += sums->untaken_rows;
	total->untaken_letters += sums->untaken_letters;
	total->unbatched_rows += sums->unbatched_rows;
	total->unlisted_rows += sums->unlisted_rows;
	total->run_rows_missing += sums->run_rows_missing;
	total->run_rows_extra += sums->run_rows_extra;
	total->bad_pieces += sums->bad_pieces;
	total->fault_count += sums->fault_count;
}

static void
report_source(const struct audit *audit, const struct audit_source *source)
{
	const struct audit_watch *watch = audit->watch;

	watch->source(watch->context, source);
	if (source->sums.gaps == 0)
		return;
	for (size_t i = 0; i < audit->taken_count; i++)
		if (audit->taken[i].from > expected_seq(audit, i))
			watch->gap(watch->context, source->name,
			    expected_seq(audit, i), audit->taken[i].from - 1);
}

static int
audit_source(struct audit *audit, int64_t no, struct audit_totals *totals,
    struct err *err)
{
	struct audit_source source = { .no = no };
	bool is_known = is_at(&audit->sources, no);

	if (is_known) {
		source.kind = db_column_text(audit->sources.statement, 1);
		source.name = db_column_text(audit->sources.statement, 2);
	}
	if (read_batches(audit, &source, err) < 0 ||
	    read_ranges(audit, &source, err) < 0 ||
	    (audit->news != NULL && audit_new_read(audit->news, no,
	    &source.sums.bad_pieces, err) < 0) ||
	    count_ids(audit, &audit->letters, no, &source.sums, err) < 0)
		return -1;
	for (int table = 0; table < EVENT_TABLE_COUNT; table++)
		if (count_ids(audit, &audit->rows[table], no, &source.sums, err) < 0)
			return -1;
	if (audit->news != NULL && audit_new_compare_runs(audit->news, no,
	    &source.sums.run_rows_missing, &source.sums.run_rows_extra, err) < 0)
		return -1;
	count_gaps(audit, &source);
	audit_find_faults(&source);
	report_source(audit, &source);
	totals->source_count += is_known;
	add_sums(&totals->sums, &source.sums);
	return is_known ? advance(&audit->sources, err) : 0;
}

/* Every row that was archived has departed. */
static int
check_departures(const struct audit *audit, struct audit_totals *totals,
    struct err *err)
{
	if (db_integer(audit->db, "SELECT sum(row_count) FROM departures", 0,
	    &totals->departed, err) < 0)
		return -1;
	totals->has_wrong_departures = totals->departed != totals->sums.archived;
	totals->sums.fault_count += totals->has_wrong_departures;
	return 0;
}

int
audit_run(struct db *db, const struct audit_watch *watch,
    struct audit_totals *totals, struct err *err)
{
	struct audit audit = { .db = db, .watch = watch };
	struct err ignored;
	int64_t no;
	int result;

	memset(totals, 0, sizeof(*totals));
	/* A large ledger needs a large sort, which is done in a file, not in memory. */
	if (db_run(db, "PRAGMA temp_store = FILE; BEGIN", err) < 0)
		return -1;
	result = open_all(&audit, err);
	while (result == 0 && find_next_source(&audit, &no))
		result = audit_source(&audit, no, totals, err);
	if (result == 0 && audit.news != NULL)
		result = check_departures(&audit, totals, err);
	close_all(&audit);
	if (db_run(db, "ROLLBACK", result < 0 ? &ignored : err) < 0)
		return -1;
	return result;
}
