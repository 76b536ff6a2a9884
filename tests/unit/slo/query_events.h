/* SPDX-License-Identifier: ISC
 *
 * query_events -- for the tests of slo/query: random events in a database and in memory,
 * random queries, and the same counts made in C.
 */
#ifndef TESTS_UNIT_SLO_QUERY_EVENTS_H
#define TESTS_UNIT_SLO_QUERY_EVENTS_H

#include "base/mem.h"
#include "db/db.h"
#include "slo/query.h"
#include "tel/event_sql.h"
#include "tests/unit/random.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE_MS INT64_C(60000)
#define DAY_MS (1440 * MINUTE_MS)
#define UNTIL_MS INT64_C(1700000000000)
#define FROM_MS (UNTIL_MS - 5 * DAY_MS)
#define MAX_EVENTS 200
#define GROUP_COUNT 3 /* of host: 'a', an apostrophe, a control character */
#define NO_STATUS 0

static const char *const hosts[GROUP_COUNT] = { "a", "it's", "\x01\n" };

struct event {
	int64_t ts_ms;
	int status; /* NO_STATUS for NULL */
	size_t host;
	bool is_of_run, is_cached;
};

static struct event events[MAX_EVENTS];
static size_t event_count;

static inline void
run_sql(struct db *db, const char *sql)
{
	struct err err;

	if (db_run(db, sql, &err) < 0)
		fail_msg("%s: %s", err.text, sql);
}

static inline struct db *
open_events(void)
{
	struct buf sql = BUF_EMPTY;
	struct err err;
	struct db *db;

	if (db_open(&db, DB_TEMPORARY, DB_WRITE, 0, &err) < 0)
		fail_msg("%s", err.text);
	event_sql_table(&sql, EVENT_http);
	run_sql(db, buf_text(&sql));
	buf_release(&sql);
	return db;
}

/* Returns a random age, mostly near the end of a window. */
static inline int64_t
any_time(void)
{
	int64_t age_ms = (int64_t)random_below(6 * DAY_MS);

	if (random_below(2) == 0)
		age_ms = slo_age_ms((int)random_below(SLO_AGE_COUNT)) +
		    (int64_t)random_below(3) - 1;
	else if (random_below(8) == 0)
		age_ms = (int64_t)random_below(3) - 1;
	else if (random_below(8) == 0)
		age_ms = UNTIL_MS - FROM_MS + (int64_t)random_below(3) - 1;
	return UNTIL_MS - age_ms;
}

static inline void
make_events(struct db *db)
{
	static const int statuses[] = { NO_STATUS, 200, 304, 404, 500 };
	struct buf sql = BUF_EMPTY;

	run_sql(db, "DELETE FROM http_events");
	event_count = random_below(MAX_EVENTS + 1);
	for (size_t i = 0; i < event_count; i++) {
		struct event *event = &events[i];

		*event = (struct event){ any_time(), statuses[random_below(5)],
			random_below(GROUP_COUNT), random_below(2) == 0,
			random_below(4) == 0 };
		buf_printf(&sql, "INSERT INTO http_events (id, ts_ms, host, role, method,"
		    " status, run_id, from_cache) VALUES (%zu, %" PRId64 ", %s, 'landing',"
		    " 'GET', nullif(%d, 0), %s, %d);\n", i + 1, event->ts_ms,
		    event->host == 0 ? "'a'" : event->host == 1 ? "'it''s'"
		    : "char(1, 10)", event->status, event->is_of_run ? "'it''s'" : "NULL",
		    event->is_cached);
	}
	if (event_count > 0)
		run_sql(db, buf_text(&sql));
	buf_release(&sql);
}

/* Runs the statement of the query and adds up its rows in a tally for each host. */
static inline void
count_by_sql(struct db *db, const struct slo_query *query, const struct slo_scope *scope,
    struct slo_slots tallies[GROUP_COUNT])
{
	struct buf sql = BUF_EMPTY;
	struct db_statement *statement;
	struct err err;

	memset(tallies, 0, GROUP_COUNT * sizeof(tallies[0]));
	slo_query_sql(&sql, query, scope);
	if (db_prepare(db, &statement, buf_text(&sql), &err) < 0)
		fail_msg("%s: %s", err.text, buf_text(&sql));
	if (scope->run_id != NULL)
		DB_BIND(statement,
		    db_value_integer(":from_ms", scope->window.from_ms),
		    db_value_integer(":until_ms", scope->window.until_ms),
		    db_value_text(":run_id", scope->run_id));
	else
		DB_BIND(statement,
		    db_value_integer(":from_ms", scope->window.from_ms),
		    db_value_integer(":until_ms", scope->window.until_ms));
	assert_int_equal(db_column_count(statement),
	    (int)query->group_count + SLO_ROW_COUNT);
	while (db_step(statement, &err) == 1) {
		int64_t row[SLO_ROW_COUNT];
		size_t host = 0;

		while (query->group_count > 0 &&
		    strcmp(hosts[host], db_column_text(statement, 0)) != 0)
			host++;
		for (int i = 0; i < SLO_ROW_COUNT; i++)
			row[i] = db_column_integer(statement, (int)query->group_count + i);
		slo_query_add(query, scope, &tallies[host], row);
	}
	db_finalize(statement);
	buf_release(&sql);
}

static inline bool
is_counted(const struct event *event, const struct slo_scope *scope)
{
	return event->ts_ms <= scope->window.until_ms && (scope->run_id != NULL
	    ? event->ts_ms >= scope->window.from_ms && event->is_of_run
	    : event->ts_ms > scope->window.from_ms);
}

static inline void
widen(struct slo_slots *tally, const struct event *event)
{
	if (tally->first_ms == 0 || event->ts_ms < tally->first_ms)
		tally->first_ms = event->ts_ms;
	if (event->ts_ms > tally->last_ms)
		tally->last_ms = event->ts_ms;
}

/* The conditions of the queries below, in C. */
static inline bool
is_excluded(const struct event *event)
{
	return event->status == 404;
}

static inline bool
is_good(const struct event *event, bool is_bad)
{
	bool meets = event->status != NO_STATUS && event->status < 400;

	return meets != is_bad;
}

/* The minutes with bad events that were counted already, for each host and slot. */
static int64_t bad_minutes[GROUP_COUNT][SLO_SLOT_COUNT][MAX_EVENTS];

/* Counts a bad event, and its minute when it is the first of it. */
static inline void
count_bad(struct slo_counts *counts, int64_t seen[MAX_EVENTS], int64_t ts_ms)
{
	counts->bad++;
	for (int64_t i = 0; i < counts->bad_minutes; i++)
		if (seen[i] == ts_ms / MINUTE_MS)
			return;
	seen[counts->bad_minutes++] = ts_ms / MINUTE_MS;
}

static inline void
count_here(const struct slo_query *query, const struct slo_scope *scope,
    struct slo_slots tallies[GROUP_COUNT])
{
	memset(tallies, 0, GROUP_COUNT * sizeof(tallies[0]));
	for (size_t i = 0; i < event_count; i++) {
		const struct event *event = &events[i];
		size_t host = query->group_count > 0 ? event->host : 0;
		struct slo_slots *tally = &tallies[host];
		int slot = slo_slot(scope->window.until_ms - event->ts_ms);
		struct slo_counts *counts = &tally->slots[slot];

		if (!is_counted(event, scope) || (query->where != NULL && event->is_cached))
			continue;
		widen(tally, event);
		if (query->exclude != NULL && is_excluded(event))
			counts->excluded++;
		else if (is_good(event, query->is_bad))
			counts->good++;
		else
			count_bad(counts, bad_minutes[host][slot], event->ts_ms);
	}
}

static inline void
same_tallies(const struct slo_slots *a, const struct slo_slots *b)
{
	for (size_t i = 0; i < GROUP_COUNT; i++) {
		assert_memory_equal(a[i].slots, b[i].slots, sizeof(a[i].slots));
		assert_int_equal(a[i].first_ms, b[i].first_ms);
		assert_int_equal(a[i].last_ms, b[i].last_ms);
	}
}

static inline struct slo_query
any_query(void)
{
	struct slo_query query = { .event = { EVENT_http, NULL },
		.presence = { EVENT_http, NULL } };

	query.good = mem_text("(status < 400)");
	query.is_bad = random_below(2) == 0;
	if (random_below(2) == 0)
		query.exclude = mem_text("(status = 404)");
	if (random_below(2) == 0)
		query.where = mem_text("(NOT from_cache)");
	if (random_below(2) == 0)
		query.group[query.group_count++] = (struct slo_group){
			mem_text("host"), mem_text("host"), mem_text("host") };
	return query;
}

static inline struct slo_scope
any_scope(void)
{
	struct slo_scope scope = { .window = { FROM_MS, UNTIL_MS },
		.run_id = random_below(2) == 0 ? NULL : "it's" };

	return scope;
}

#endif
