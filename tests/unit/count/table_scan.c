/* SPDX-License-Identifier: ISC
 *
 * One pass over a table counts for any number of definitions what each of them would be
 * alone: SQLite evaluates their conditions, and a plain evaluation in C says the same.
 */
#include "count/table_scan.h"
#include "tests/unit/count/traffic.h"

#define MOST 1280 /* definitions of one table */

static struct db *counts;
static struct count_base *base;
static struct model_definition made[MOST];
static struct count_task tasks[MOST + 1];

static int
enter_scan(void **state)
{
	(void)state;
	random_start();
	done(store_open(&db, DB_TEMPORARY, DB_WRITE, 0, &err));
	done(ledger_open(&ledger, db, &err));
	done(db_open(&counts, DB_TEMPORARY, DB_WRITE, 0, &err));
	done(count_base_begin(counts, "store", NOW_MS, &err));
	done(count_base_open(&base, counts, NULL, &err));
	traffic_start();
	return 0;
}

static int
leave_scan(void **state)
{
	(void)state;
	traffic_stop();
	count_base_close(base);
	db_close(counts);
	close_all();
	return 0;
}

static void
make_tasks(size_t count)
{
	for (size_t i = 0; i < count; i++)
		tasks[i] = (struct count_task){ .definition = made[i].definition,
			.no = (int64_t)i + 1 };
	/* The scan sorts them, whatever their order is. */
	for (size_t i = count; i-- > 1;) {
		size_t k = random_below(i + 1);
		struct count_task task = tasks[i];

		tasks[i] = tasks[k];
		tasks[k] = task;
	}
}

/* Counts all rows, and returns how many were read. */
static int64_t
scan_all(size_t count)
{
	static const struct scan_rows all = { .condition = NULL };
	static const struct scan_values none;
	int64_t row_count = 0;
	struct scan *scan;

	make_tasks(count);
	done(db_begin(counts, &err));
	done(db_run(counts, "DELETE FROM count_hours; DELETE FROM count_days;"
	    "DELETE FROM count_totals; DELETE FROM count_groups", &err));
	done(scan_open(&scan, db, base, tasks, count, &all, &err));
	done(scan_run(scan, &none, &row_count, &err));
	done(scan_flush(scan, &err));
	scan_close(scan);
	done(db_commit(counts, &err));
	return row_count;
}

static void
expect_all(size_t count)
{
	for (size_t i = 0; i < count; i++)
		traffic_expect(counts, (int64_t)i + 1, &made[i]);
}

static void
definitions_are_counted_side_by_side(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++)
		traffic_transaction(50);
	for (int round = 0; round < 15; round++) {
		size_t count = 1 + random_below(90);

		for (size_t i = 0; i < count; i++)
			made[i] = model_any_definition();
		assert_int_equal(scan_all(count), model_count);
		expect_all(count);
	}
}

/* The condition is evaluated once for all, across the words of a row. */
static void
many_have_the_same_where(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		traffic_transaction(50);
	for (int where = -1; where < MODEL_CONDITIONS; where += 3) {
		for (int i = 0; i < 65; i++) {
			int good = i % (MODEL_CONDITIONS + 1) - 1;

			made[i] = model_make(where, i % 7 == 0 ? 4 : -1, good, i % 2 == 0);
			if (i % 3 == 0)
				made[i].definition.group[made[i].definition.group_count++] =
				    model_columns[i % 4];
		}
		scan_all(65);
		expect_all(65);
	}
}

static void
every_class_of_every_condition(void **state)
{
	size_t count = 0;

	(void)state;
	traffic_transaction(150);
	for (int where = -1; where < MODEL_CONDITIONS; where++)
		for (int good = -1; good < MODEL_CONDITIONS; good++)
			made[count++] = model_make(where, (where + good + 3) %
			    (MODEL_CONDITIONS + 1) - 1, good, where % 2 == 0);
	scan_all(count);
	expect_all(count);
}

static void
there_is_a_limit(void **state)
{
	static const struct scan_rows all = { .condition = NULL };
	struct scan *scan;

	(void)state;
	traffic_transaction(40);
	for (size_t i = 0; i < MOST; i++)
		made[i] = model_make((int)(i % 10), -1, (int)(i / 10 % 10), i % 3 == 0);
	assert_int_equal(scan_all(MOST), model_count);
	for (size_t i = 0; i < MOST; i += 97)
		traffic_expect(counts, (int64_t)i + 1, &made[i]);
	make_tasks(MOST);
	tasks[MOST] = tasks[0];
	assert_int_equal(scan_open(&scan, db, base, tasks, MOST + 1, &all, &err), -1);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
}

/* More minutes and groups than are kept in memory are written on the way. */
static void
memory_is_bounded(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < MODEL_EVENTS; i++)
		traffic_store(traffic_source(0), i + 1, model_any_event(TRAFFIC_FROM_MS +
		    (int64_t)random_below(3 * COUNT_DAY_MS)));
	commit();
	for (size_t i = 0; i < 90; i++) {
		made[i] = model_make(-1, -1, (int)(i % 10), false);
		made[i].definition.group_count = 2;
		made[i].definition.group[0] = "cohort";
		made[i].definition.group[1] = "host";
	}
	scan_all(90);
	for (size_t i = 0; i < 90; i += 13)
		traffic_expect(counts, (int64_t)i + 1, &made[i]);
}

static void
chosen_rows_are_counted(void **state)
{
	static const struct scan_rows between = { .before_table = "(SELECT * FROM ",
		.after_table = " WHERE id > 0)",
		.condition = "ts_ms >= :from_ms AND ts_ms <= :last_ms" };
	struct scan_values values[2];
	int64_t row_count = 0, expected = 0;
	struct scan *scan;

	(void)state;
	for (int i = 0; i < 6; i++)
		traffic_transaction(50);
	for (size_t i = 0; i < 30; i++)
		made[i] = model_any_definition();
	values[0] = (struct scan_values){ .from_ms = 0, .last_ms = traffic_now_ms -
		COUNT_DAY_MS };
	values[1] = (struct scan_values){ .from_ms = traffic_now_ms - COUNT_HOUR_MS,
		.last_ms = INT64_MAX, .run_id = "none" };
	for (size_t i = 0; i < model_count; i++) {
		struct model_event *event = &model_events[i];

		event->is_uncounted = event->ts_ms > values[0].last_ms &&
		    event->ts_ms < values[1].from_ms;
		expected += !event->is_uncounted;
	}
	make_tasks(30);
	done(scan_open(&scan, db, base, tasks, 30, &between, &err));
	for (int i = 0; i < 2; i++)
		done(scan_run(scan, &values[i], &row_count, &err));
	done(scan_flush(scan, &err));
	scan_close(scan);
	scan_close(NULL);
	assert_int_equal(row_count, expected);
	expect_all(30);
}

/* Rows that were put in by hand: times before 1970 have no minute. */
static void
rows_of_no_minute_are_left_out(void **state)
{
	(void)state;
	traffic_transaction(20);
	done(db_run(db, "INSERT INTO http_events (id, ts_ms, host, role, method) VALUES"
	    " (9999999999999, -1, 'a', 'landing', 'GET'),"
	    " (9999999999998, -9223372036854775808, 'a', 'landing', 'GET')", &err));
	made[0] = model_make(-1, -1, 0, false);
	scan_all(1);
	expect_all(1);
}

/* Groups whose values are no plain text stay apart. */
static void
odd_values_of_groups(void **state)
{
	int64_t group_count;

	(void)state;
	begin();
	for (int i = 0; i < 4; i++)
		traffic_store(traffic_source(0), i + 1, model_any_event(TRAFFIC_FROM_MS));
	commit();
	done(db_run(db, "UPDATE http_events SET host = CASE id & 3 WHEN 0 THEN 'a' || char(0)"
	    " || 'b' WHEN 1 THEN 'a' || char(0) || 'c' WHEN 2 THEN CAST(x'61ff62' AS TEXT)"
	    " ELSE CAST(x'c3' AS TEXT) END", &err));
	made[0] = model_make(-1, -1, -1, false);
	made[0].definition.group[made[0].definition.group_count++] = "host";
	assert_int_equal(scan_all(1), 4);
	done(db_integer(counts, "SELECT count(*) FROM count_totals WHERE good = 1", 0,
	    &group_count, &err));
	assert_int_equal(group_count, 4);
}

static void
a_missing_column_is_an_error(void **state)
{
	static const struct scan_rows all = { .condition = NULL };
	struct scan *scan;

	(void)state;
	tasks[0] = (struct count_task){ .definition = { .events = &model_http,
		.where = "(missing = 1)" }, .no = 1 };
	assert_int_equal(scan_open(&scan, db, base, tasks, 1, &all, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
}

#define TEST_SCAN(function) \
	cmocka_unit_test_setup_teardown(function, enter_scan, leave_scan)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_SCAN(definitions_are_counted_side_by_side),
		TEST_SCAN(many_have_the_same_where),
		TEST_SCAN(every_class_of_every_condition),
		TEST_SCAN(there_is_a_limit),
		TEST_SCAN(memory_is_bounded),
		TEST_SCAN(chosen_rows_are_counted),
		TEST_SCAN(rows_of_no_minute_are_left_out),
		TEST_SCAN(odd_values_of_groups),
		TEST_SCAN(a_missing_column_is_an_error),
	};

	return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
