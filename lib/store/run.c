/* SPDX-License-Identifier: ISC */
#include "store/run.h"
#include "base/mem.h"
#include "store/event_id.h"
#include "tel/event.h"

#include <stdlib.h>
#include <string.h>

#define LISTED_RUNS 5

/* The hulls of the run and of runs that are not listed, one of each source. */
static const char places[] =
    "(SELECT (source_no << " STORE_TEXT(STORE_POSITION_BITS) ") + min(from_position)"
    " AS first_id, (source_no << " STORE_TEXT(STORE_POSITION_BITS) ") +"
    " max(until_position) AS end_id FROM run_sources"
    " WHERE run_id IN (:run_id, '') GROUP BY source_no) CROSS JOIN ";

static const char last_ended[] =
    "SELECT run_id FROM run_summary WHERE run_id IS NOT NULL AND ts_ms <= :at_ms"
    " ORDER BY ts_ms DESC, id DESC LIMIT 1";

/* "SELECT columns FROM table rest" of every event, joined by UNION ALL. */
static void
add_all_events(struct buf *sql, const char *columns, const char *rest)
{
	for (int i = 0; i < EVENT_TABLE_COUNT; i++)
		buf_printf(sql, "%sSELECT %s FROM %s %s",
		    i > 0 ? " UNION ALL " : "", columns, event_table(i), rest);
}

/* Appends "SELECT columns FROM table rest" of every event, joined by UNION ALL. */
static void
add_events_of_run(struct buf *sql, const struct run_from *from,
    const char *columns, const char *rest)
{
	for (int i = 0; i < EVENT_TABLE_COUNT; i++)
		buf_printf(sql, "%sSELECT %s FROM %s%s%s %s",
		    i > 0 ? " UNION ALL " : "", columns, from->before,
		    event_table(i), from->after, rest);
}

/* Returns 1 when a row that is reached in this way belongs to the run, 0 when none does,
 * -1 on an error. */
static int
has_event(struct db *db, const struct run_from *from, const char *run_id,
    struct err *err)
{
	struct db_statement *statement;
	struct buf sql = BUF_EMPTY;
	int result;

	add_events_of_run(&sql, from, "1", "WHERE run_id = :run_id");
	buf_add_text(&sql, " LIMIT 1");
	result = db_prepare(db, &statement, buf_text(&sql), err);
	buf_release(&sql);
	if (result < 0)
		return -1;
	DB_BIND(statement, db_value_text(":run_id", run_id));
	result = db_step(statement, err);
	db_finalize(statement);
	return result;
}

/* Whether the file has run_sources. Returns 1, 0 or -1. */
static int
has_places(struct db *db, struct err *err)
{
	int64_t count;

	if (db_integer(db, "SELECT count(*) FROM sqlite_schema"
	    " WHERE name = 'run_sources'", 0, &count, err) < 0)
		return -1;
	return count > 0;
}

/* Whether run_sources lists every run. Returns 1, 0 or -1. */
static int
are_listed(struct db *db, struct err *err)
{
	int64_t is_complete;
	int result = has_places(db, err);

	if (result < 1)
		return result;
	if (db_integer(db, "SELECT (SELECT max(pieces_since) FROM store_identity) = 0"
	    " AND NOT EXISTS (SELECT 1 FROM run_sources WHERE run_id = '')"
	    " AND EXISTS (SELECT 1 FROM run_sources)", 0, &is_complete, err) < 0)
		return -1;
	return is_complete == 1;
}

int
run_from(struct db *db, const char *run_id, struct run_from *out,
    struct err *err)
{
	const struct run_from by_place = { places,
		" ON id >= first_id AND id < end_id" };
	int result = are_listed(db, err);

	*out = (struct run_from){ "", "" };
	if (result == 0 && has_places(db, err) == 1)
		result = has_event(db, &by_place, run_id, err);
	if (result == 1)
		*out = by_place;
	return result < 0 ? -1 : 0;
}

/* Returns 1 when run_sources, if the file has it, lists the run; 0 or -1. */
static int
is_listed(struct db *db, const char *run_id, struct err *err)
{
	struct db_statement *statement;
	int result = has_places(db, err);

	if (result < 1)
		return result;
	if (db_prepare(db, &statement, "SELECT 1 FROM run_sources"
	    " WHERE run_id = :run_id AND run_id <> '' LIMIT 1", err) < 0)
		return -1;
	DB_BIND(statement, db_value_text(":run_id", run_id));
	result = db_step(statement, err);
	db_finalize(statement);
	return result;
}

static int
read_name(struct db *db, const char *sql, int64_t at_ms, char **run_id,
    struct err *err)
{
	struct db_statement *statement;
	int result;

	if (db_prepare(db, &statement, sql, err) < 0)
		return -1;
	DB_BIND(statement, db_value_integer(":at_ms", at_ms));
	result = db_step(statement, err);
	if (result == 1)
		*run_id = mem_text(db_column_text(statement, 0));
	db_finalize(statement);
	return result;
}

/* When an event happened, and which it is of those of one time. */
struct moment {
	int64_t ts_ms, id;
};

/* Prepares "head columns of the events of the run up to at_ms, of all tables, tail"; the
 * caller finalizes *out. */
static int
prepare_of_run(struct db *db, const char *run_id, int64_t at_ms, const char *const words[3],
    struct db_statement **out, struct err *err)
{
	struct buf sql = BUF_EMPTY;
	struct run_from from;
	int result;

	if (run_from(db, run_id, &from, err) < 0)
		return -1;
	buf_add_text(&sql, words[0]);
	add_events_of_run(&sql, &from, words[1],
	    "WHERE run_id = :run_id AND ts_ms <= :at_ms");
	buf_add_text(&sql, words[2]);
	result = db_prepare(db, out, buf_text(&sql), err);
	buf_release(&sql);
	if (result == 0)
		DB_BIND(*out, db_value_text(":run_id", run_id),
		    db_value_integer(":at_ms", at_ms));
	return result;
}

/* Sets *out to the newest event of a run. Returns 1; 0 when it has none; -1 on an
 * error. */
static int
newest_event(struct db *db, const char *run_id, int64_t at_ms, struct moment *out,
    struct err *err)
{
	static const char *const words[] = { "SELECT ts_ms, id FROM (", "ts_ms, id",
		") ORDER BY ts_ms DESC, id DESC LIMIT 1" };
	struct db_statement *statement;
	int result;

	if (prepare_of_run(db, run_id, at_ms, words, &statement, err) < 0)
		return -1;
	result = db_step(statement, err);
	if (result == 1)
		*out = (struct moment){ db_column_integer(statement, 0),
			db_column_integer(statement, 1) };
	db_finalize(statement);
	return result;
}

/* Takes the run of the current row when it has a newer event than *best, which is that of
 * *run_id. Returns 1 when later rows can have one, 0 when they cannot, -1 on an error. */
static int
take_newer(struct db *db, struct db_statement *row, int64_t at_ms, struct moment *best,
    char **run_id, struct err *err)
{
	struct moment newest = { 0, 0 };
	int result;

	if (*run_id != NULL && db_column_integer(row, 1) < best->ts_ms)
		return 0;
	result = newest_event(db, db_column_text(row, 0), at_ms, &newest, err);
	if (result < 1)
		return result < 0 ? -1 : 1;
	if (*run_id != NULL && (newest.ts_ms < best->ts_ms ||
	    (newest.ts_ms == best->ts_ms && newest.id < best->id)))
		return 1;
	free(*run_id);
	*run_id = mem_text(db_column_text(row, 0));
	*best = newest;
	return 1;
}

/* Sets *run_id to the run of the newest event, of those that are listed. Returns 1; 0 when
 * none of them has an event; -1 on an error. */
static int
newest_listed(struct db *db, int64_t at_ms, char **run_id, struct err *err)
{
	struct moment best = { 0, 0 };
	struct db_statement *runs;
	int result;

	if (db_prepare(db, &runs, "SELECT run_id, max(min(until_ts_ms - 1, :at_ms)) AS most"
	    " FROM run_sources WHERE from_ts_ms <= :at_ms GROUP BY run_id"
	    " ORDER BY most DESC", err) < 0)
		return -1;
	DB_BIND(runs, db_value_integer(":at_ms", at_ms));
	do {
		result = db_step(runs, err);
		if (result == 1)
			result = take_newer(db, runs, at_ms, &best, run_id, err);
	} while (result == 1);
	db_finalize(runs);
	return result < 0 ? -1 : *run_id != NULL;
}

int
run_newest(struct db *db, int64_t at_ms, char **run_id, struct err *err)
{
	struct buf sql = BUF_EMPTY;
	int result;

	*run_id = NULL;
	result = read_name(db, last_ended, at_ms, run_id, err);
	if (result != 0)
		return result;
	result = are_listed(db, err);
	if (result == 1)
		result = newest_listed(db, at_ms, run_id, err);
	if (result != 0)
		return result;
	buf_add_text(&sql, "SELECT run_id FROM (");
	add_all_events(&sql, "run_id, ts_ms, id",
	    "WHERE run_id IS NOT NULL AND ts_ms <= :at_ms");
	buf_add_text(&sql, ") ORDER BY ts_ms DESC, id DESC LIMIT 1");
	result = read_name(db, buf_text(&sql), at_ms, run_id, err);
	buf_release(&sql);
	return result;
}

int
run_is_known(struct db *db, const char *run_id, struct err *err)
{
	struct run_from from;
	int result = is_listed(db, run_id, err);

	if (result != 0)
		return result;
	if (run_from(db, run_id, &from, err) < 0)
		return -1;
	return has_event(db, &from, run_id, err);
}

int
run_span(struct db *db, const char *run_id, int64_t at_ms, int64_t *first_ms,
    int64_t *last_ms, struct err *err)
{
	static const char *const words[] = { "SELECT min(first), max(last) FROM (",
		"min(ts_ms) AS first, max(ts_ms) AS last", ")" };
	struct db_statement *statement;
	int result;

	if (prepare_of_run(db, run_id, at_ms, words, &statement, err) < 0)
		return -1;
	result = db_step(statement, err);
	if (result == 1 && db_column_type(statement, 0) == DB_NULL)
		result = 0;
	if (result == 1) {
		*first_ms = db_column_integer(statement, 0);
		*last_ms = db_column_integer(statement, 1);
	}
	db_finalize(statement);
	return result;
}

/* The order of run_newest: runs that ended come before those that did not. */
int
run_names(struct db *db, int64_t at_ms, size_t most, struct run_names *out, struct err *err)
{
	struct db_statement *statement;
	struct buf sql = BUF_EMPTY;
	int result = are_listed(db, err);

	*out = (struct run_names){ NULL, 0 };
	if (result < 0)
		return -1;
	buf_add_text(&sql, "SELECT run_id, max(has_ended) FROM ("
	    "SELECT run_id, ts_ms, id, 1 AS has_ended FROM run_summary"
	    " WHERE run_id IS NOT NULL AND ts_ms <= :at_ms UNION ALL ");
	if (result == 1)
		buf_add_text(&sql, "SELECT run_id, min(until_ts_ms - 1, :at_ms), 0, 0"
		    " FROM run_sources WHERE from_ts_ms <= :at_ms");
	else
		add_all_events(&sql, "run_id, max(ts_ms), id, 0",
		    "WHERE run_id IS NOT NULL AND ts_ms <= :at_ms GROUP BY run_id");
	buf_printf(&sql, ") GROUP BY run_id ORDER BY max(has_ended) DESC,"
	    " max(ts_ms) FILTER (WHERE has_ended) DESC,"
	    " max(id) FILTER (WHERE has_ended) DESC,"
	    " max(ts_ms) DESC, max(id) DESC LIMIT %zu", most);
	result = db_prepare(db, &statement, buf_text(&sql), err);
	buf_release(&sql);
	if (result < 0)
		return -1;
	DB_BIND(statement, db_value_integer(":at_ms", at_ms));
	while ((result = db_step(statement, err)) == 1) {
		out->items = mem_resize(out->items, out->count + 1, sizeof(*out->items));
		out->items[out->count++] = mem_text(db_column_text(statement, 0));
	}
	db_finalize(statement);
	return result;
}

void
run_names_release(struct run_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
	*names = (struct run_names){ NULL, 0 };
}

int
run_list(struct db *db, int64_t at_ms, struct buf *out, struct err *err)
{
	struct run_names names;
	int result = run_names(db, at_ms, LISTED_RUNS, &names, err);

	for (size_t i = 0; i < names.count; i++)
		buf_printf(out, "%s%s", i > 0 ? ", " : "", names.items[i]);
	run_names_release(&names);
	return result;
}
