/* SPDX-License-Identifier: ISC */
#include "store/run_left.h"
#include "base/buf.h"
#include "base/mem.h"
#include "store/event_id.h"
#include "store/run.h"
#include "tel/event.h"

#define SHIFT STORE_TEXT(STORE_POSITION_BITS)
/* Whether a departure may have rows of the time of a run. */
#define DEPARTED_MEANWHILE \
	" coalesce(from_ts_ms < :until_ts_ms AND until_ts_ms > :from_ts_ms, 1)"

/* What run_sources says of the run. */
struct listing {
	int64_t rows;     /* that were inserted */
	bool is_complete; /* all of its rows are counted there */
};

/* Only the places of the run itself: rows between others are in none of its counts. */
static const struct run_from own_places = {
	"(SELECT (source_no << " SHIFT ") + from_position AS first_id,"
	" (source_no << " SHIFT ") + until_position AS end_id FROM run_sources"
	" WHERE run_id = :run_id) CROSS JOIN ",
	" ON id >= first_id AND id < end_id"
};

/* "SELECT columns FROM table WHERE run_id = :run_id rest" of every table of events, joined
 * by UNION ALL. */
static void
add_events(struct buf *sql, const struct run_from *from, const char *columns,
    const char *rest)
{
	for (int table = 0; table < EVENT_TABLE_COUNT; table++)
		buf_printf(sql, "%sSELECT %s FROM %s%s%s WHERE run_id = :run_id%s",
		    table > 0 ? " UNION ALL " : "", columns, from->before,
		    event_table(table), from->after, rest);
}

/* Widens the times of the run by the columns first and first + 1. */
static void
widen(struct run_left *left, struct db_statement *statement, int first)
{
	int64_t from_ms, until_ms;

	if (db_column_type(statement, first) == DB_NULL)
		return;
	from_ms = db_column_integer(statement, first);
	until_ms = db_column_integer(statement, first + 1);
	if (left->from_ts_ms == left->until_ts_ms || from_ms < left->from_ts_ms)
		left->from_ts_ms = from_ms;
	if (until_ms > left->until_ts_ms)
		left->until_ts_ms = until_ms;
}

/* Begins the only row of a query about the run. Returns 1, or -1. The caller finalizes
 * *out, also after an error. */
static int
ask(struct db *db, struct db_statement **out, const char *sql, const char *run_id,
    struct err *err)
{
	*out = NULL;
	if (db_prepare(db, out, sql, err) < 0)
		return -1;
	DB_BIND(*out, db_value_text(":run_id", run_id));
	return db_step(*out, err);
}

/* Rows of the run that are not listed by name may lie at its places, or go on from there;
 * then the count of its own rows is not that of all. */
static int
read_listing(struct db *db, const char *run_id, struct listing *listing,
    struct run_left *left, struct err *err)
{
	struct db_statement *statement;
	int result = ask(db, &statement, "SELECT count(*), count(row_count),"
	    " coalesce(sum(row_count), 0), min(from_ts_ms), max(until_ts_ms),"
	    " count(*) FILTER (WHERE EXISTS (SELECT 1 FROM run_sources AS other"
	    " WHERE other.run_id = '' AND other.source_no = own.source_no"
	    " AND other.from_position <= own.until_position"
	    " AND other.until_position >= own.from_position))"
	    " FROM run_sources AS own WHERE run_id = :run_id", run_id, err);

	if (result == 1) {
		int64_t count = db_column_integer(statement, 0);

		listing->rows = db_column_integer(statement, 2);
		listing->is_complete = count > 0 &&
		    db_column_integer(statement, 1) == count &&
		    db_column_integer(statement, 5) == 0;
		widen(left, statement, 3);
	}
	db_finalize(statement);
	return result < 0 ? -1 : 0;
}

static int
left_by_count(struct db *db, const char *run_id, const struct listing *listing,
    struct run_left *left, struct err *err)
{
	struct db_statement *statement;
	struct buf sql = BUF_EMPTY;
	int result;

	buf_add_text(&sql, "SELECT sum(present) FROM (");
	add_events(&sql, &own_places, "count(*) AS present", "");
	buf_add_text(&sql, ")");
	result = ask(db, &statement, buf_text(&sql), run_id, err);
	if (result == 1 && db_column_integer(statement, 0) < listing->rows)
		left->rows = listing->rows - db_column_integer(statement, 0);
	left->is_exact = true;
	db_finalize(statement);
	buf_release(&sql);
	return result < 0 ? -1 : 0;
}

/* The places of the run: those of its rows, and those that are listed. */
static int
left_by_position(struct db *db, const char *run_id, bool has_listing,
    struct run_left *left, struct err *err)
{
	struct db_statement *statement;
	struct buf sql = BUF_EMPTY;
	struct run_from from;
	int result;

	if (run_from(db, run_id, &from, err) < 0)
		return -1;
	buf_add_text(&sql, "WITH place AS MATERIALIZED (SELECT source_no,"
	    " min(from_position) AS first, max(until_position) AS end,"
	    " min(from_ts_ms) AS from_ms, max(until_ts_ms) AS until_ms FROM (");
	add_events(&sql, &from, STORE_SQL_SOURCE_NO " AS source_no,"
	    " min(id) - (" STORE_SQL_SOURCE_NO " << " SHIFT ") AS from_position,"
	    " max(id) + 1 - (" STORE_SQL_SOURCE_NO " << " SHIFT ") AS until_position,"
	    " min(ts_ms) AS from_ts_ms, max(ts_ms) + 1 AS until_ts_ms",
	    " GROUP BY 1");
	if (has_listing)
		buf_add_text(&sql, " UNION ALL SELECT source_no, from_position,"
		    " until_position, from_ts_ms, until_ts_ms FROM run_sources"
		    " WHERE run_id = :run_id");
	buf_add_text(&sql, ") GROUP BY source_no) SELECT"
	    " (SELECT -sum(row_count) FROM batches JOIN place USING (source_no)"
	    " WHERE row_count < 0 AND from_position <= place.end"
	    " AND until_position >= place.first),"
	    " (SELECT min(from_ms) FROM place), (SELECT max(until_ms) FROM place)");
	result = ask(db, &statement, buf_text(&sql), run_id, err);
	if (result == 1) {
		left->rows = db_column_integer(statement, 0);
		widen(left, statement, 1);
	}
	db_finalize(statement);
	buf_release(&sql);
	return result < 0 ? -1 : 0;
}

/* Returns 1 when the file has the table, 0 when an older program made it, -1. */
static int
has_departures(struct db *db, struct err *err)
{
	int64_t count;

	return db_integer(db, "SELECT count(*) FROM sqlite_schema"
	    " WHERE name = 'departures'", 0, &count, err) < 0 ? -1 : count > 0;
}

static int
find_archive(struct db *db, struct run_left *left, struct err *err)
{
	struct db_statement *statement;
	int result = has_departures(db, err);

	if (left->rows == 0 || result < 1)
		return result;
	if (db_prepare(db, &statement, "SELECT archive FROM departures"
	    " WHERE archive <> '' ORDER BY" DEPARTED_MEANWHILE " DESC, no DESC"
	    " LIMIT 1", err) < 0)
		return -1;
	DB_BIND(statement, db_value_integer(":from_ts_ms", left->from_ts_ms),
	    db_value_integer(":until_ts_ms", left->until_ts_ms));
	result = db_step(statement, err);
	if (result == 1)
		left->archive = mem_text(db_column_text(statement, 0));
	db_finalize(statement);
	return result;
}

int
run_left(struct db *db, const char *run_id, struct run_left *out, struct err *err)
{
	struct listing listing = { 0 };
	int64_t column_count;
	int result = 0;

	*out = (struct run_left){ 0 };
	/* Of the columns of run_sources, row_count came last. */
	if (db_integer(db, "SELECT count(*) FROM pragma_table_info('run_sources')"
	    " WHERE name IN ('run_id', 'row_count')", 0, &column_count, err) < 0)
		return -1;
	if (column_count == 2)
		result = read_listing(db, run_id, &listing, out, err);
	if (result == 0)
		result = listing.is_complete
		    ? left_by_count(db, run_id, &listing, out, err)
		    : left_by_position(db, run_id, column_count > 0, out, err);
	return result < 0 || find_archive(db, out, err) < 0 ? -1 : 0;
}

int
run_left_from(struct db *db, const struct run_left *left, const char *table,
    int64_t *rows, struct err *err)
{
	struct db_statement *statement;
	int result = has_departures(db, err);

	*rows = left->rows;
	if (left->rows == 0 || result < 1)
		return result;
	if (db_prepare(db, &statement, "SELECT coalesce(sum(row_count), 0)"
	    " FROM departures WHERE table_name IN (:table_name, '') AND"
	    DEPARTED_MEANWHILE, err) < 0)
		return -1;
	DB_BIND(statement, db_value_text(":table_name", table),
	    db_value_integer(":from_ts_ms", left->from_ts_ms),
	    db_value_integer(":until_ts_ms", left->until_ts_ms));
	result = db_step(statement, err);
	if (result == 1 && db_column_integer(statement, 0) < *rows)
		*rows = db_column_integer(statement, 0);
	db_finalize(statement);
	return result < 0 ? -1 : 0;
}
