/* SPDX-License-Identifier: ISC
 *
 * Tables that show the events of about one run, while its metrics are read.
 */
#include "store/run_view.h"
#include "tests/unit/store/ledger_open.h"

#include <inttypes.h>

static struct db *reader;

static int
enter_reader(void **state)
{
	if (enter(state) < 0)
		return -1;
	return store_open(&reader, "t.db", DB_READ, 1000, &err);
}

static int
leave_reader(void **state)
{
	db_close(reader);
	return leave(state);
}

/* An event of the source at the position, in a transaction that has begun. */
static void
event(const char *source, int64_t position, const char *run_id)
{
	struct ledger_source *from = producer(source);
	struct buf sql = BUF_EMPTY;

	buf_printf(&sql, "INSERT INTO observations (id, ts_ms, run_id, name) VALUES (%"
	    PRId64 ", 10, nullif('%s', ''), 'x')", ledger_id(from, position), run_id);
	done(db_run(db, buf_text(&sql), &err));
	buf_release(&sql);
	ledger_take(ledger, from, position, position + 1);
	ledger_count(ledger, from, position, position + 1, 1, LEDGER_INSERTED, 1);
	ledger_count_row(ledger, from, position, 10, run_id, strlen(run_id));
}

/* Two runs one after the other from p, one of them from q too. */
static void
store_two_runs(void)
{
	begin();
	for (int i = 1; i <= 5; i++)
		event("p", i, "a");
	for (int i = 6; i <= 9; i++)
		event("p", i, "b");
	for (int i = 1; i <= 3; i++)
		event("q", i, "a");
	commit();
}

static void
rows_are(int64_t expected)
{
	int64_t count;

	done(db_integer(reader, "SELECT count(*) FROM observations", -1, &count, &err));
	assert_int_equal(count, expected);
}

static void
open_view(const char *run_id)
{
	done(run_view_open(reader, run_id, &err));
}

static void
close_view(void)
{
	done(run_view_close(reader, &err));
}

static void
rows_of_a_run_are_seen_and_then_all(void **state)
{
	(void)state;
	store_two_runs();
	rows_are(12);
	open_view("a");
	rows_are(8);
	close_view();
	rows_are(12);
	open_view("b");
	rows_are(4);
	close_view();
	rows_are(12);
}

/* The view has the same columns, in the same order. */
static void
rows_are_whole(void **state)
{
	struct db_statement *rows;

	(void)state;
	store_two_runs();
	open_view("b");
	done(db_prepare(reader, &rows, "SELECT * FROM observations", &err));
	assert_int_equal(db_step(rows, &err), 1);
	assert_string_equal(db_column_name(rows, 0), "id");
	db_finalize(rows);
	done(db_prepare(reader, &rows, "SELECT run_id FROM observations ORDER BY id", &err));
	for (int i = 0; i < 4; i++) {
		assert_int_equal(db_step(rows, &err), 1);
		assert_string_equal(db_column_text(rows, 0), "b");
	}
	assert_int_equal(db_step(rows, &err), 0);
	db_finalize(rows);
	close_view();
}

/* An unknown run has no rows in the views, as it has none in the tables. */
static void
an_unknown_run(void **state)
{
	int64_t count;

	(void)state;
	store_two_runs();
	open_view("it's");
	done(db_integer(reader, "SELECT count(*) FROM observations WHERE run_id = 'it''s'", -1,
	    &count, &err));
	assert_int_equal(count, 0);
	close_view();
	rows_are(12);
}

/* Where run_sources lacks a run, the tables themselves are read. */
static void
rows_that_were_put_in_by_hand(void **state)
{
	int64_t count;

	(void)state;
	done(db_run(db, "INSERT INTO observations (id, ts_ms, run_id, name)"
	    " VALUES (5, 1, 'c', 'x')", &err));
	open_view("c");
	done(db_integer(reader, "SELECT count(*) FROM observations WHERE run_id = 'c'", -1,
	    &count, &err));
	assert_int_equal(count, 1);
	close_view();
}

/* More sources than one SELECT takes: the tables are read, and nothing is missed. */
static void
a_run_of_very_many_sources(void **state)
{
	(void)state;
	for (int i = 0; i < 450; i++) {
		char name[20];

		snprintf(name, sizeof(name), "s%d", i);
		begin();
		event(name, 1, i == 7 ? "b" : "a");
		commit();
	}
	open_view("a");
	rows_are(450);
	close_view();
	open_view("b");
	rows_are(1);
	close_view();
}

/* A reader may not write before, while or after. */
static void
nothing_may_be_written(void **state)
{
	(void)state;
	store_two_runs();
	open_view("a");
	assert_int_equal(db_run(reader, "DELETE FROM main.observations", &err), -1);
	assert_int_equal(db_run(reader, "CREATE TEMP TABLE t (a)", &err), -1);
	close_view();
	assert_int_equal(db_run(reader, "CREATE TEMP TABLE t (a)", &err), -1);
	rows_are(12);
}

static void
closing_twice_is_fine(void **state)
{
	(void)state;
	store_two_runs();
	close_view();
	open_view("a");
	close_view();
	close_view();
	rows_are(12);
}

#define TEST_VIEW(function) \
	cmocka_unit_test_setup_teardown(function, enter_reader, leave_reader)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_VIEW(rows_of_a_run_are_seen_and_then_all),
		TEST_VIEW(rows_are_whole),
		TEST_VIEW(an_unknown_run),
		TEST_VIEW(rows_that_were_put_in_by_hand),
		TEST_VIEW(a_run_of_very_many_sources),
		TEST_VIEW(nothing_may_be_written),
		TEST_VIEW(closing_twice_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
