/* SPDX-License-Identifier: ISC
 *
 * The statement that people get: it lists the events that a line counted as bad, whatever
 * the values of its group and the name of its run are.
 */
#include "slo/query.h"
#include "base/mem.h"
#include "db/db.h"
#include "tel/event_sql.h"
#include "tests/unit/random.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_EVENTS 100
#define UNTIL_MS INT64_C(1700000000000)
#define SPAN_MS INT64_C(3600000)
#define NO_STATUS 0
#define RUN "it's"

static const char *const hosts[] = { "a", "it's", "\x01\n" };
static const char *const cohorts[] = { NULL, "" };

struct event {
	int64_t ts_ms;
	int status; /* NO_STATUS for NULL */
	size_t host, cohort;
	bool is_of_run, is_cached;
};

static struct event events[MAX_EVENTS];
static size_t event_count;

static void
run_sql(struct db *db, const char *sql)
{
	struct err err;

	if (db_run(db, sql, &err) < 0)
		fail_msg("%s: %s", err.text, sql);
}

static struct db *
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

static void
make_events(struct db *db)
{
	static const int statuses[] = { NO_STATUS, 200, 304, 404, 500 };
	struct buf sql = BUF_EMPTY;

	run_sql(db, "DELETE FROM http_events");
	event_count = random_below(MAX_EVENTS + 1);
	for (size_t i = 0; i < event_count; i++) {
		struct event *event = &events[i];
		uint64_t edge = random_below(4);

		*event = (struct event){ UNTIL_MS - (int64_t)random_below(SPAN_MS),
			statuses[random_below(5)], random_below(3), random_below(2),
			random_below(2) == 0, random_below(4) == 0 };
		if (edge < 2) /* about the ends of the window */
			event->ts_ms = UNTIL_MS - (int64_t)edge * SPAN_MS +
			    (int64_t)random_below(3) - 1;
		buf_printf(&sql, "INSERT INTO http_events (id, ts_ms, host, role, method,"
		    " status, run_id, from_cache, cohort) VALUES (%zu, %" PRId64 ", ", i + 1,
		    event->ts_ms);
		event_sql_text(&sql, hosts[event->host], strlen(hosts[event->host]));
		buf_printf(&sql, ", 'landing', 'GET', nullif(%d, 0), %s, %d, %s);\n",
		    event->status, event->is_of_run ? "'it''s'" : "NULL", event->is_cached,
		    event->cohort == 0 ? "NULL" : "''");
	}
	run_sql(db, buf_text(&sql));
	buf_release(&sql);
}

static struct slo_query
any_query(void)
{
	struct slo_query query = { .event = { EVENT_http, NULL } };

	query.good = mem_text("(status < 400)");
	query.is_bad = random_below(2) == 0;
	query.counts_events = random_below(6) == 0;
	query.counts_age = !query.counts_events && random_below(6) == 0;
	if (random_below(2) == 0)
		query.exclude = mem_text("(status = 404)");
	if (random_below(2) == 0)
		query.where = mem_text("(NOT from_cache)");
	if (random_below(2) == 0)
		query.group[query.group_count++] = (struct slo_group){ .sql =
			mem_text("host") };
	if (query.group_count == 1 && random_below(2) == 0)
		query.group[query.group_count++] = (struct slo_group){ .sql =
			mem_text("cohort") };
	return query;
}

/* Whether an event is one of those among which the newest is that of an age. */
static bool
is_listed(const struct slo_query *query, const struct slo_scope *scope,
    const struct event *event, size_t host, size_t cohort)
{
	bool is_of_all = query->counts_events || query->counts_age;

	if (scope->run_id != NULL ? !event->is_of_run
	    : event->ts_ms > scope->window.until_ms ||
	    (event->ts_ms < scope->window.from_ms && !query->counts_age))
		return false;
	if ((query->group_count > 0 && event->host != host) ||
	    (query->group_count > 1 && event->cohort != cohort) ||
	    (query->where != NULL && event->is_cached))
		return false;
	if (is_of_all)
		return true;
	/* What is unknown is not bad. */
	return event->status != NO_STATUS && (event->status < 400) == query->is_bad &&
	    (query->exclude == NULL || event->status != 404);
}

/* Returns how many rows the statement lists. */
static int64_t
list(struct db *db, const struct slo_query *query, const struct slo_scope *scope,
    size_t host, size_t cohort)
{
	const char *values[SLO_MAX_GROUP] = { hosts[host], cohorts[cohort] };
	struct buf sql = BUF_EMPTY;
	struct db_statement *statement;
	int64_t count = 0;
	struct err err;

	slo_query_sql_bad(&sql, query, scope, values);
	for (const char *p = buf_text(&sql); *p != '\0'; p++)
		assert_true((unsigned char)*p >= 0x20);
	if (db_prepare(db, &statement, buf_text(&sql), &err) < 0)
		fail_msg("%s: %s", err.text, buf_text(&sql));
	while (db_step(statement, &err) == 1) {
		const struct event *event = &events[db_column_integer(statement, 0) - 1];

		if (!is_listed(query, scope, event, host, cohort))
			fail_msg("%s", buf_text(&sql));
		for (size_t i = 0; i < event_count && query->counts_age; i++)
			if (is_listed(query, scope, &events[i], host, cohort))
				assert_true(events[i].ts_ms <= event->ts_ms);
		count++;
	}
	db_finalize(statement);
	buf_release(&sql);
	return count;
}

static void
the_bad_ones_are_listed(void **state)
{
	struct db *db = open_events();

	(void)state;
	random_start();
	for (int round = 0; round < 1500; round++) {
		struct slo_query query = any_query();
		struct slo_scope scope = { .window = { UNTIL_MS - SPAN_MS, UNTIL_MS },
			.run_id = random_below(2) == 0 ? NULL : RUN };

		if (round % 10 == 0)
			make_events(db);
		for (size_t host = 0; host < 3; host++)
			for (size_t cohort = 0; cohort < 2; cohort++) {
				int64_t count = 0;

				for (size_t i = 0; i < event_count; i++)
					count += is_listed(&query, &scope, &events[i], host,
					    cohort);
				if (query.counts_age && count > 1)
					count = 1;
				assert_int_equal(list(db, &query, &scope, host, cohort),
				    count);
			}
		slo_query_release(&query);
		assert_null(query.good);
	}
	db_close(db);
}

static void
what_people_paste(void **state)
{
	const char *values[] = { "it's\n\xc3\xa9\xff;", NULL };
	struct slo_query query = { .event = { EVENT_http, NULL }, .counts_events = true,
		.group = { { .sql = mem_text("host") }, { .sql = mem_text("cohort") } },
		.group_count = 2 };
	struct slo_scope scope = { .window = { 1, 2 } };
	struct buf sql = BUF_EMPTY;

	(void)state;
	slo_query_sql_bad(&sql, &query, &scope, values);
	assert_string_equal(buf_text(&sql), "SELECT * FROM http_events WHERE ts_ms >= 1 AND "
	    "ts_ms <= 2 AND host = 'it''s' || char(10) || '\xc3\xa9\xff;' AND cohort IS "
	    "NULL");
	buf_reset(&sql);
	query.counts_events = false;
	query.where = mem_text("(a)");
	query.exclude = mem_text("(b)");
	query.good = mem_text("(c)");
	scope.run_id = "' OR 1 --";
	/* Without values it lists those of all groups. */
	slo_query_sql_bad(&sql, &query, &scope, NULL);
	assert_string_equal(buf_text(&sql), "SELECT * FROM http_events WHERE run_id = "
	    "''' OR 1 --' AND (a) AND (b) IS NOT TRUE AND (c) IS FALSE");
	slo_query_release(&query);
	buf_release(&sql);
}

static void
events_of_ones_own_are_told_apart(void **state)
{
	struct slo_query query = { .event = { EVENTS_OTHER, mem_text("back'up") },
		.counts_age = true };
	const struct slo_scope scope = { .window = { 1, 2 } };
	struct buf sql = BUF_EMPTY;

	(void)state;
	slo_query_sql_bad(&sql, &query, &scope, NULL);
	assert_string_equal(buf_text(&sql), "SELECT * FROM other_events WHERE ts_ms <= 2 AND "
	    "type = 'back''up' ORDER BY ts_ms DESC LIMIT 1");
	slo_query_release(&query);
	buf_release(&sql);
}

static void
signs_of_comparison(void **state)
{
	(void)state;
	assert_string_equal(slo_compare_sql(SLO_LTE), "<=");
	assert_string_equal(slo_compare_sql(SLO_LT), "<");
	assert_string_equal(slo_compare_sql(SLO_GTE), ">=");
	assert_string_equal(slo_compare_sql(SLO_GT), ">");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bad_ones_are_listed),
		cmocka_unit_test(what_people_paste),
		cmocka_unit_test(events_of_ones_own_are_told_apart),
		cmocka_unit_test(signs_of_comparison),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
