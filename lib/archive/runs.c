/* SPDX-License-Identifier: ISC */
#include "archive/runs.h"
#include "base/tim.h"
#include "store/event_id.h"
#include "store/ledger.h"

#include <inttypes.h>
#include <string.h>

#define MAX_NAMES 10
#define FIRST_ID "(source_no << " STORE_TEXT(STORE_POSITION_BITS) ") + "
#define WITHIN " ON id >= first_id AND id < end_id"

/* SQL around the name of a table in FROM: which of its rows are read. */
struct scope {
	const char *before, *after;
};

static const struct scope all_rows = { "main.", "" };

/* Where rows are of runs that have no name in run_sources. */
static const struct scope unlisted_rows = {
	"(SELECT " FIRST_ID "from_position AS first_id,"
	" " FIRST_ID "until_position AS end_id"
	" FROM main.run_sources WHERE run_id = '') CROSS JOIN main.", WITHIN
};

/* Where rows are of the runs found, each source once however many runs it has. */
static const struct scope rows_of_runs = {
	"(SELECT " FIRST_ID "min(from_position) AS first_id,"
	" " FIRST_ID "max(until_position) AS end_id"
	" FROM main.run_sources WHERE run_id = ''"
	" OR run_id IN (SELECT run_id FROM temp.run_edge)"
	" GROUP BY source_no) CROSS JOIN main.", WITHIN
};

/* "SELECT columns FROM table WHERE condition" of the tables, joined by UNION ALL. */
static void
add_rows(struct buf *sql, const char *const *tables, size_t count,
    const struct scope *scope, const char *columns, const char *condition)
{
	for (size_t i = 0; i < count; i++)
		buf_printf(sql, "%sSELECT %s FROM %s%s%s WHERE %s",
		    i > 0 ? " UNION ALL " : "", columns, scope->before, tables[i],
		    scope->after, condition);
}

/* Executes a statement with the parameter :before_ms. */
static int
execute(const struct archive_runs *runs, const struct buf *sql, struct err *err)
{
	struct db_statement *statement;
	int result;

	if (db_prepare(runs->reader, &statement, buf_text(sql), err) < 0)
		return -1;
	DB_BIND(statement, db_value_integer(":before_ms", runs->before_ms));
	result = db_execute(statement, err);
	db_finalize(statement);
	return result;
}

/* Appends, as (run_id, from_ts_ms, until_ts_ms, is_unlisted), what is listed, and the rows
 * that may not be, each with its condition. */
static void
add_places(struct buf *sql, const struct archive_runs *runs, const char *listed,
    const char *rows)
{
	if (runs->has_listing)
		buf_printf(sql, "SELECT run_id, from_ts_ms, until_ts_ms,"
		    " 0 AS is_unlisted FROM main.run_sources WHERE %s", listed);
	if (runs->has_listing && runs->has_unlisted)
		buf_add_text(sql, " UNION ALL ");
	if (runs->has_unlisted)
		add_rows(sql, runs->tables, runs->table_count,
		    runs->has_listing ? &unlisted_rows : &all_rows,
		    "run_id, ts_ms AS from_ts_ms, ts_ms + 1 AS until_ts_ms,"
		    " 1 AS is_unlisted", rows);
}

/* Executes "begin SELECT ... FROM the places". */
static int
execute_of_places(const struct archive_runs *runs, const char *begin,
    const char *listed, const char *rows, const char *end, struct err *err)
{
	struct buf sql = BUF_EMPTY;
	int result;

	buf_printf(&sql, "%s FROM (", begin);
	add_places(&sql, runs, listed, rows);
	buf_printf(&sql, ") %s", end);
	result = execute(runs, &sql, err);
	buf_release(&sql);
	return result;
}

/* Narrows the runs, of which each row may have one of its own, down to those with events
 * on both sides, so that only the rows of these are sorted. */
static int
narrow(const struct archive_runs *runs, struct err *err)
{
	static const char is_early[] = "run_id IN (SELECT run_id FROM temp.run_early)";
	struct buf listed = BUF_EMPTY, rows = BUF_EMPTY;
	int result = db_run(runs->reader,
	    "CREATE TEMP TABLE run_early (run_id TEXT PRIMARY KEY) WITHOUT ROWID;"
	    "CREATE TEMP TABLE run_both (run_id TEXT PRIMARY KEY) WITHOUT ROWID", err);

	buf_printf(&listed, "until_ts_ms > :before_ms AND %s", is_early);
	buf_printf(&rows, "ts_ms >= :before_ms AND %s", is_early);
	if (result == 0)
		result = execute_of_places(runs,
		    "INSERT OR IGNORE INTO temp.run_early SELECT run_id",
		    "from_ts_ms < :before_ms AND run_id <> ''",
		    "ts_ms < :before_ms AND run_id <> ''", "", err);
	if (result == 0)
		result = execute_of_places(runs,
		    "INSERT OR IGNORE INTO temp.run_both SELECT run_id",
		    buf_text(&listed), buf_text(&rows), "", err);
	if (result == 0)
		result = db_run(runs->reader, "DROP TABLE temp.run_early", err);
	buf_release(&listed);
	buf_release(&rows);
	return result;
}

/* Enters the runs with events on both sides. A run may be listed with one part of its
 * events and not with another. */
static int
find_edges(const struct archive_runs *runs, struct err *err)
{
	static const char is_both[] = "run_id IN (SELECT run_id FROM temp.run_both)";

	if (runs->has_unlisted && narrow(runs, err) < 0)
		return -1;
	return execute_of_places(runs, "INSERT INTO temp.run_edge (run_id,"
	    " from_ts_ms, until_ts_ms, is_unlisted) SELECT run_id, min(from_ts_ms),"
	    " max(until_ts_ms), max(is_unlisted)",
	    runs->has_unlisted ? is_both : "run_id <> ''", is_both,
	    "GROUP BY run_id HAVING min(from_ts_ms) < :before_ms"
	    " AND max(until_ts_ms) > :before_ms", err);
}

/* Counts the rows that are old enough, forgets the runs that have none, and decides
 * which of the others stay whole. */
static int
count_rows(const struct archive_runs *runs, struct err *err)
{
	struct buf sql = BUF_EMPTY;
	int result;

	buf_add_text(&sql, "INSERT INTO temp.run_edge (run_id, row_count)"
	    " SELECT run_id, count(*) FROM (");
	add_rows(&sql, runs->leaving, runs->leaving_count,
	    runs->has_listing ? &rows_of_runs : &all_rows, "run_id",
	    "ts_ms < :before_ms AND run_id IN (SELECT run_id FROM temp.run_edge)");
	buf_add_text(&sql, ") WHERE 1 GROUP BY run_id ON CONFLICT (run_id)"
	    " DO UPDATE SET row_count = excluded.row_count");
	result = execute(runs, &sql, err);
	buf_reset(&sql);
	buf_printf(&sql, "DELETE FROM temp.run_edge WHERE row_count = 0;"
	    "UPDATE temp.run_edge SET is_kept = until_ts_ms - 1 - from_ts_ms <= %"
	    PRId64, runs->max_span_ms);
	if (result == 0)
		result = db_run(runs->reader, buf_text(&sql), err);
	buf_release(&sql);
	return result;
}

static int
look_at_listing(struct archive_runs *runs, struct err *err)
{
	int64_t count;

	if (db_integer(runs->reader, "SELECT count(*) FROM main.sqlite_schema"
	    " WHERE name = 'run_sources'", 0, &count, err) < 0)
		return -1;
	runs->has_listing = count > 0;
	runs->has_unlisted = true;
	if (count == 0)
		return 0;
	if (db_integer(runs->reader, "SELECT EXISTS (SELECT 1 FROM main.run_sources"
	    " WHERE run_id = '')", 0, &count, err) < 0)
		return -1;
	runs->has_unlisted = count > 0;
	return 0;
}

int
archive_runs_find(struct archive_runs *runs, struct err *err)
{
	int64_t count;

	runs->kept_count = runs->kept_row_count = runs->cut_count = 0;
	if (runs->leaving_count == 0)
		return 0;
	if (db_run(runs->reader, "CREATE TEMP TABLE run_edge (run_id TEXT PRIMARY KEY,"
	    " from_ts_ms INTEGER, until_ts_ms INTEGER, is_unlisted INTEGER,"
	    " row_count INTEGER NOT NULL DEFAULT 0, is_kept INTEGER) WITHOUT ROWID",
	    err) < 0 ||
	    look_at_listing(runs, err) < 0 || find_edges(runs, err) < 0 ||
	    db_integer(runs->reader, "SELECT count(*) FROM temp.run_edge", 0, &count,
	    err) < 0)
		return -1;
	if (count == 0)
		return 0;
	if (count_rows(runs, err) < 0 ||
	    db_integer(runs->reader, "SELECT count(*) FROM temp.run_edge"
	    " WHERE is_kept", 0, &runs->kept_count, err) < 0 ||
	    db_integer(runs->reader, "SELECT sum(row_count) FROM temp.run_edge"
	    " WHERE is_kept", 0, &runs->kept_row_count, err) < 0)
		return -1;
	return db_integer(runs->reader, "SELECT count(*) FROM temp.run_edge"
	    " WHERE NOT is_kept", 0, &runs->cut_count, err);
}

const char *
archive_runs_condition(const struct archive_runs *runs)
{
	return runs->kept_count == 0 ? ""
	    : " AND (run_id IS NULL OR run_id NOT IN"
	    " (SELECT run_id FROM temp.run_edge WHERE is_kept))";
}

/* Lists the places that the statement has found, in one transaction of writer. */
static int
list_places(struct db_statement *places, struct db *writer, struct err *err)
{
	int result;

	if (db_begin(writer, err) < 0)
		return -1;
	while ((result = db_step(places, err)) == 1) {
		const struct ledger_place place = {
			.run_id = db_column_text(places, 0),
			.run_id_len = db_column_bytes(places, 0),
			.source_no = db_column_integer(places, 1),
			.from = store_position(db_column_integer(places, 2)),
			.until = store_position(db_column_integer(places, 3)) + 1,
			.from_ts_ms = db_column_integer(places, 4),
			.until_ts_ms = db_column_integer(places, 5),
		};

		result = ledger_list_run(writer, &place, err);
		if (result < 0)
			break;
	}
	if (result < 0) {
		db_rollback(writer);
		return -1;
	}
	return db_commit(writer, err);
}

int
archive_runs_list(const struct archive_runs *runs, struct db *writer, struct err *err)
{
	struct db_statement *places;
	struct buf sql = BUF_EMPTY;
	int64_t count = 0;
	int result;

	if (runs->cut_count > 0 && db_integer(runs->reader, "SELECT count(*)"
	    " FROM temp.run_edge WHERE is_unlisted AND NOT is_kept", 0, &count,
	    err) < 0)
		return -1;
	if (count == 0)
		return 0;
	buf_add_text(&sql, "SELECT run_id, " STORE_SQL_SOURCE_NO ", min(id), max(id),"
	    " min(ts_ms), max(ts_ms) + 1 FROM (");
	add_rows(&sql, runs->tables, runs->table_count,
	    runs->has_listing ? &unlisted_rows : &all_rows, "run_id, id, ts_ms",
	    "run_id IN (SELECT run_id FROM temp.run_edge"
	    " WHERE is_unlisted AND NOT is_kept)");
	buf_add_text(&sql, ") GROUP BY 1, 2");
	result = db_prepare(runs->reader, &places, buf_text(&sql), err);
	buf_release(&sql);
	if (result < 0)
		return -1;
	result = list_places(places, writer, err);
	db_finalize(places);
	return result;
}

/* Appends the time: only the day when that is all it says. */
static void
add_time(struct buf *out, int64_t at_ms)
{
	char text[TIM_TEXT_SIZE];

	if (at_ms % TIM_MS_PER_DAY == 0)
		tim_print_day(text, at_ms);
	else
		tim_print(text, at_ms);
	buf_add_text(out, text);
}

static void
describe_cut(struct buf *out, const struct archive_runs *runs,
    struct db_statement *cut)
{
	int64_t span_ms = db_column_integer(cut, 1);
	int64_t days = span_ms / TIM_MS_PER_DAY + (span_ms % TIM_MS_PER_DAY > 0);

	buf_printf(out, "run %.100s spans %" PRId64 " day%s and is cut at ",
	    db_column_text(cut, 0), days, days == 1 ? "" : "s");
	add_time(out, runs->before_ms);
	buf_printf(out, ": it is not judged as a whole any more; --run-days %" PRId64
	    " keeps it", days);
}

int
archive_runs_warn(const struct archive_runs *runs, const char *db_path,
    const struct archive_watch *watch, struct err *err)
{
	struct db_statement *cut;
	struct buf text = BUF_EMPTY;
	int result = 0;

	if (runs->cut_count == 0 || watch->warning == NULL)
		return 0;
	if (db_prepare(runs->reader, &cut, "SELECT run_id, until_ts_ms - 1 - from_ts_ms"
	    " FROM temp.run_edge WHERE NOT is_kept ORDER BY from_ts_ms, run_id", err) < 0)
		return -1;
	for (int i = 0; i < MAX_NAMES && (result = db_step(cut, err)) == 1; i++) {
		buf_reset(&text);
		buf_printf(&text, "%s: ", db_path);
		describe_cut(&text, runs, cut);
		watch->warning(watch->context, buf_text(&text));
	}
	db_finalize(cut);
	if (result >= 0 && runs->cut_count > MAX_NAMES) {
		buf_reset(&text);
		buf_printf(&text, "%s: %" PRId64 " more run%s cut", db_path,
		    runs->cut_count - MAX_NAMES,
		    runs->cut_count == MAX_NAMES + 1 ? " is" : "s are");
		watch->warning(watch->context, buf_text(&text));
	}
	buf_release(&text);
	return result < 0 ? -1 : 0;
}
