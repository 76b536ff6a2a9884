/* SPDX-License-Identifier: ISC */
#include "ingest/audit_new.h"
#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Where the events of one run may be in one source. */
struct place {
	struct buf run_id;
	int64_t source_no; /* 0: none was looked up */
	int64_t from, until, from_ts_ms, until_ts_ms;
	bool is_counted;   /* run_sources tells how many rows it had there */
	int64_t row_count; /* that were met there since the place was looked up */
};

struct audit_new {
	struct db_statement *pieces, *old, *run;
	struct db_statement *counts; /* NULL in a file that does not count them */
	struct db_statement *add_met, *met, *forget_met;
	bool has_piece;          /* there is a current row of pieces */
	bool has_count;          /* the same of counts */
	struct ranges positions; /* of the source that was read */
	bool is_old;             /* it has batches from before pieces were kept */
	struct place place;      /* of the run that was looked up last */
};

/* The hull of a batch stands for its pieces when it has none of its own. */
static const char pieces_sql[] =
    "SELECT source_no, from_position, until_position FROM batch_pieces UNION ALL"
    " SELECT source_no, from_position, until_position FROM batches"
    " WHERE row_count > 0 AND transaction_no > (SELECT pieces_since FROM store_identity)"
    " AND NOT EXISTS (SELECT 1 FROM batch_pieces AS piece"
    " WHERE piece.transaction_no = batches.transaction_no"
    " AND piece.source_no = batches.source_no) ORDER BY 1, 2";

static const char old_sql[] = "SELECT 1 FROM batches WHERE source_no = :source_no"
    " AND transaction_no <= (SELECT pieces_since FROM store_identity) LIMIT 1";

static const char run_sql[] = "SELECT from_position, until_position, from_ts_ms,"
    " until_ts_ms, run_id <> '' AND row_count IS NOT NULL FROM run_sources"
    " WHERE run_id = :run_id AND source_no = :source_no";

/* A file that was opened only for reading may lack the column. */
static const char old_run_sql[] = "SELECT from_position, until_position, from_ts_ms,"
    " until_ts_ms, 0 FROM run_sources WHERE run_id = :run_id AND source_no = :source_no";

/* How many rows the runs had, by source. Where rows lie that are not listed by name, some
 * of them may be of the run as well, so that it cannot be counted. */
static const char counts_sql[] = "SELECT source_no, run_id, row_count"
    " FROM run_sources AS own WHERE row_count IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM run_sources AS other WHERE other.run_id = ''"
    " AND other.source_no = own.source_no"
    " AND other.from_position < own.until_position"
    " AND other.until_position > own.from_position) ORDER BY source_no";

/* The rows that were met of each run in the current source. */
static const char make_met_sql[] = "PRAGMA query_only = OFF;"
    "CREATE TEMP TABLE run_rows (run_id TEXT PRIMARY KEY, row_count INTEGER NOT NULL)"
    " WITHOUT ROWID";

static const char add_met_sql[] = "INSERT INTO temp.run_rows (run_id, row_count)"
    " VALUES (:run_id, :row_count) ON CONFLICT (run_id)"
    " DO UPDATE SET row_count = row_count + excluded.row_count";

static int
step(struct db_statement *statement, bool *has_row, struct err *err)
{
	int result = db_step(statement, err);

	*has_row = result == 1;
	return result < 0 ? -1 : 0;
}

/* Begins to read how many rows runs had, unless the file is older than that column. */
static int
open_counts(struct audit_new *news, struct db *db, struct err *err)
{
	int64_t count;

	if (db_integer(db, "SELECT count(*) FROM pragma_table_info('run_sources')"
	    " WHERE name = 'row_count'", 0, &count, err) < 0 ||
	    db_prepare(db, &news->run, count == 0 ? old_run_sql : run_sql, err) < 0)
		return -1;
	if (count == 0)
		return 0;
	if (db_run(db, make_met_sql, err) < 0 ||
	    db_prepare(db, &news->counts, counts_sql, err) < 0 ||
	    db_prepare(db, &news->add_met, add_met_sql, err) < 0 ||
	    db_prepare(db, &news->met, "SELECT row_count FROM temp.run_rows"
	    " WHERE run_id = :run_id", err) < 0 ||
	    db_prepare(db, &news->forget_met, "DELETE FROM temp.run_rows", err) < 0)
		return -1;
	return step(news->counts, &news->has_count, err);
}

int
audit_new_open(struct audit_new **out, struct db *db, struct err *err)
{
	struct audit_new *news;
	int64_t count;

	*out = NULL;
	if (db_integer(db, "SELECT count(*) FROM sqlite_schema WHERE name"
	    " = 'store_identity'", 0, &count, err) < 0)
		return -1;
	if (count == 0)
		return 0;
	news = mem_new(1, sizeof(*news));
	if (db_prepare(db, &news->pieces, pieces_sql, err) < 0 ||
	    db_prepare(db, &news->old, old_sql, err) < 0 ||
	    open_counts(news, db, err) < 0 ||
	    step(news->pieces, &news->has_piece, err) < 0) {
		audit_new_close(news);
		return -1;
	}
	*out = news;
	return 0;
}

void
audit_new_close(struct audit_new *news)
{
	if (news == NULL)
		return;
	db_finalize(news->pieces);
	db_finalize(news->old);
	db_finalize(news->run);
	db_finalize(news->counts);
	db_finalize(news->add_met);
	db_finalize(news->met);
	db_finalize(news->forget_met);
	ranges_release(&news->positions);
	buf_release(&news->place.run_id);
	free(news);
}

int
audit_new_read(struct audit_new *news, int64_t source_no, int64_t *bad_count,
    struct err *err)
{
	int64_t end = INT64_MIN;
	int result;

	news->positions.count = 0;
	news->place.source_no = 0;
	*bad_count = 0;
	while (news->has_piece && db_column_integer(news->pieces, 0) <= source_no) {
		int64_t from = db_column_integer(news->pieces, 1);
		int64_t until = db_column_integer(news->pieces, 2);

		if (db_column_integer(news->pieces, 0) == source_no) {
			*bad_count += from < end;
			end = until > end ? until : end;
			ranges_add(&news->positions, from, until);
		}
		if (step(news->pieces, &news->has_piece, err) < 0)
			return -1;
	}
	DB_BIND(news->old, db_value_integer(":source_no", source_no));
	result = db_step(news->old, err);
	news->is_old = result == 1;
	db_reset(news->old);
	return result < 0 ? -1 : 0;
}

bool
audit_new_has(const struct audit_new *news, int64_t position)
{
	return news->is_old || ranges_have(&news->positions, position);
}

static bool
is_within(const struct place *place, int64_t position, int64_t ts_ms)
{
	return position >= place->from && position < place->until &&
	    ts_ms >= place->from_ts_ms && ts_ms < place->until_ts_ms;
}

/* Notes the rows that were met of the run that was looked up last. */
static int
note_met(struct audit_new *news, struct err *err)
{
	struct place *place = &news->place;

	if (place->row_count == 0)
		return 0;
	DB_BIND(news->add_met, db_value_text(":run_id", place->run_id.data),
	    db_value_integer(":row_count", place->row_count));
	place->row_count = 0;
	return db_execute(news->add_met, err);
}

/* Looks up the run; an unknown one is nowhere. */
static int
find_run(struct audit_new *news, int64_t source_no, const char *run_id,
    struct err *err)
{
	struct place *place = &news->place;
	int result;

	if (note_met(news, err) < 0)
		return -1;
	place->source_no = source_no;
	place->from = place->until = 0;
	place->is_counted = false;
	buf_reset(&place->run_id);
	buf_add(&place->run_id, run_id, strlen(run_id) + 1);
	DB_BIND(news->run, db_value_text(":run_id", run_id),
	    db_value_integer(":source_no", source_no));
	result = db_step(news->run, err);
	if (result == 1) {
		place->from = db_column_integer(news->run, 0);
		place->until = db_column_integer(news->run, 1);
		place->from_ts_ms = db_column_integer(news->run, 2);
		place->until_ts_ms = db_column_integer(news->run, 3);
		place->is_counted = db_column_integer(news->run, 4) != 0;
		db_reset(news->run);
	}
	return result < 0 ? -1 : 0;
}

int
audit_new_has_run(struct audit_new *news, int64_t source_no, int64_t position,
    int64_t ts_ms, const char *run_id, struct err *err)
{
	struct place *place = &news->place;

	if (place->source_no != source_no || strcmp(place->run_id.data, run_id) != 0)
		if (find_run(news, source_no, run_id, err) < 0)
			return -1;
	if (is_within(place, position, ts_ms)) {
		place->row_count += place->is_counted;
		return 1;
	}
	/* Runs without a name in the list; old files have only these. */
	if (find_run(news, source_no, "", err) < 0)
		return -1;
	return is_within(place, position, ts_ms) || (news->is_old &&
	    position >= place->from && position < place->until);
}

/* Compares the current row of counts with what was met of its run. */
static int
compare_count(struct audit_new *news, int64_t *missing, int64_t *extra, struct err *err)
{
	int64_t lacking = db_column_integer(news->counts, 2);
	int result;

	DB_BIND(news->met, db_value_text(":run_id", db_column_text(news->counts, 1)));
	result = db_step(news->met, err);
	if (result == 1) {
		lacking -= db_column_integer(news->met, 0);
		db_reset(news->met);
	}
	if (lacking > 0)
		*missing += lacking;
	else
		*extra -= lacking;
	return result < 0 ? -1 : 0;
}

int
audit_new_compare_runs(struct audit_new *news, int64_t source_no, int64_t *missing,
    int64_t *extra, struct err *err)
{
	*missing = *extra = 0;
	if (news->counts == NULL)
		return 0;
	if (note_met(news, err) < 0)
		return -1;
	while (news->has_count && db_column_integer(news->counts, 0) <= source_no) {
		if (db_column_integer(news->counts, 0) == source_no &&
		    compare_count(news, missing, extra, err) < 0)
			return -1;
		if (step(news->counts, &news->has_count, err) < 0)
			return -1;
	}
	return db_execute(news->forget_met, err);
}
