/* SPDX-License-Identifier: ISC
 *
 * The statements that count random events agree with a count in C; the
 * statement for people lists exactly the bad events.
 */
#include "slo/query.h"
#include "tests/unit/slo/query_events.h"

static void
events_are_counted(void **state)
{
	struct slo_slots found[GROUP_COUNT], wanted[GROUP_COUNT];
	struct db *db = open_events();

	(void)state;
	random_start();
	for (int round = 0; round < 1500; round++) {
		struct slo_query query = any_query();
		struct slo_scope scope = any_scope();

		if (round % 10 == 0)
			make_events(db);
		count_by_sql(db, &query, &scope, found);
		count_here(&query, &scope, wanted);
		same_tallies(found, wanted);
		slo_query_release(&query);
		assert_null(query.good);
	}
	db_close(db);
}

#define MAX_SLICES 64

/* Counts the events of each slice; slices begin with the clock, or with the run. */
struct slice {
	int64_t good, bad, matching;
	bool exists;
};

static bool
slice_is_good(const struct slo_query *query, const struct slice *slice)
{
	if (!query->counts_events) /* the target is 0.5 */
		return 2 * slice->good >= slice->good + slice->bad;
	switch (query->compare) {
	case SLO_LTE:
		return slice->matching <= query->limit;
	case SLO_LT:
		return slice->matching < query->limit;
	case SLO_GTE:
		return slice->matching >= query->limit;
	default:
		return slice->matching > query->limit;
	}
}

static void
slices_here(const struct slo_query *query, const struct slo_scope *scope,
    struct slo_slots *tally)
{
	int64_t origin = scope->run_id != NULL ? scope->window.from_ms : 0;
	int64_t first = (scope->window.from_ms - origin) / query->slice_ms;
	struct slice slices[MAX_SLICES] = { { 0, 0, 0, false } };

	memset(tally, 0, sizeof(*tally));
	for (size_t i = 0; i < event_count; i++) {
		const struct event *event = &events[i];
		struct slice *slice =
		    &slices[((event->ts_ms - origin) / query->slice_ms - first) & 63];
		bool matches = query->where == NULL || !event->is_cached;

		if (!is_counted(event, scope) || (!matches && !query->counts_events))
			continue;
		widen(tally, event);
		slice->exists = true;
		slice->matching += matches;
		if (query->exclude == NULL || !is_excluded(event)) {
			slice->good += is_good(event, query->is_bad);
			slice->bad += !is_good(event, query->is_bad);
		}
	}
	for (int64_t i = 0; i < MAX_SLICES; i++) {
		int64_t last_ms = origin + (first + i + 1) * query->slice_ms - 1;
		struct slo_counts *counts =
		    &tally->slots[slo_slot(scope->window.until_ms - last_ms)];

		if (!slices[i].exists)
			continue;
		if (!query->counts_events && slices[i].good + slices[i].bad == 0)
			counts->excluded++;
		else if (slice_is_good(query, &slices[i]))
			counts->good++;
		else
			counts->bad++;
	}
}

static void
slices_are_counted(void **state)
{
	struct slo_slots found[GROUP_COUNT], wanted;
	struct db *db = open_events();

	(void)state;
	random_start();
	for (int round = 0; round < 1500; round++) {
		struct slo_query query = any_query();
		struct slo_scope scope = any_scope();

		query.group_count = 0;
		query.slice_ms = (int64_t)(3 + random_below(5)) * 60 * MINUTE_MS;
		query.counts_events = random_below(2) == 0;
		query.compare = (enum slo_compare)random_below(4);
		query.limit = (int64_t)random_below(8);
		assert_int_equal(decimal_parse("0.5", 0, &query.slice_target), 0);
		if (round % 10 == 0)
			make_events(db);
		count_by_sql(db, &query, &scope, found);
		slices_here(&query, &scope, &wanted);
		same_tallies(found, (struct slo_slots[GROUP_COUNT]){ wanted });
		slo_query_release(&query);
	}
	db_close(db);
}

/* Returns how many rows the statement for people lists. */
static int64_t
listed(struct db *db, const struct slo_query *query, const struct slo_scope *scope,
    const char *host)
{
	const char *values[SLO_MAX_GROUP] = { host };
	struct buf sql = BUF_EMPTY;
	struct db_statement *statement;
	int64_t count = 0;
	struct err err;

	slo_query_sql_bad(&sql, query, scope, values);
	for (const char *p = buf_text(&sql); *p != '\0'; p++)
		assert_true((unsigned char)*p >= 0x20);
	if (db_prepare(db, &statement, buf_text(&sql), &err) < 0)
		fail_msg("%s: %s", err.text, buf_text(&sql));
	while (db_step(statement, &err) == 1)
		count++;
	db_finalize(statement);
	buf_release(&sql);
	return count;
}

static void
the_bad_ones_are_listed(void **state)
{
	struct slo_slots tallies[GROUP_COUNT];
	struct db *db = open_events();

	(void)state;
	random_start();
	for (int round = 0; round < 1500; round++) {
		struct slo_query query = any_query();
		struct slo_scope scope = any_scope();

		/* The window of a run has all of its events. */
		if (scope.run_id != NULL)
			scope.window = (struct slo_window){ 0, 2 * UNTIL_MS };
		if (round % 10 == 0)
			make_events(db);
		count_here(&query, &scope, tallies);
		for (size_t i = 0; i < (query.group_count > 0 ? GROUP_COUNT : 1); i++) {
			int64_t bad = 0;

			for (size_t slot = 0; slot < SLO_SLOT_COUNT; slot++)
				bad += tallies[i].slots[slot].bad;
			assert_int_equal(listed(db, &query, &scope, hosts[i]), bad);
		}
		slo_query_release(&query);
	}
	db_close(db);
}

static void
slots_begin_with_their_age(void **state)
{
	(void)state;
	assert_int_equal(slo_slot(-5), 0);
	assert_int_equal(slo_slot(0), 0);
	for (int i = 0; i < SLO_AGE_COUNT; i++) {
		assert_int_equal(slo_slot(slo_age_ms(i) - 1), i);
		assert_int_equal(slo_slot(slo_age_ms(i)), i + 1);
	}
	assert_int_equal(slo_slot(INT64_MAX), SLO_AGE_COUNT);
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
	assert_string_equal(buf_text(&sql), "SELECT * FROM http_events WHERE ts_ms > 1 AND "
	    "ts_ms <= 2 AND host = 'it''s' || char(10) || '\xc3\xa9\xff;' AND cohort IS "
	    "NULL");
	buf_reset(&sql);
	query.group_count = 0;
	query.counts_events = false;
	query.where = mem_text("(a)");
	query.exclude = mem_text("(b)");
	query.good = mem_text("(c)");
	scope.run_id = "' OR 1 --";
	slo_query_sql_bad(&sql, &query, &scope, values);
	assert_string_equal(buf_text(&sql), "SELECT * FROM http_events WHERE run_id = "
	    "''' OR 1 --' AND (a) AND (b) IS NOT TRUE AND (c) IS NOT TRUE");
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
		cmocka_unit_test(events_are_counted),
		cmocka_unit_test(slices_are_counted),
		cmocka_unit_test(the_bad_ones_are_listed),
		cmocka_unit_test(slots_begin_with_their_age),
		cmocka_unit_test(what_people_paste),
		cmocka_unit_test(signs_of_comparison),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
