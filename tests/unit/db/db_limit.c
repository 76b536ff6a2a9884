/* SPDX-License-Identifier: ISC
 *
 * Statements that take too long are given up, and others go on.
 */
#include "tests/unit/leap.h"
#include "tests/unit/temporary_db.h"

#define ENDLESS ENDLESS_ROWS " SELECT max(i) FROM n"
#define LONG "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n" \
	" LIMIT 100000) SELECT max(i) FROM n"

static int
enter(void **state)
{
	leap_calls = -1;
	leap_seconds = 0;
	return open_temporary_db(state);
}

/* The clock leaps at the next look at it but so many. */
static void
leap(int calls, int64_t seconds)
{
	leap_calls = calls;
	leap_seconds = seconds;
}

static void
a_statement_that_takes_longer_is_given_up(void **state)
{
	struct db_statement *endless = prepare(ENDLESS);

	(void)state;
	db_limit(db, 5000);
	leap(3, 6);
	assert_int_equal(db_step(endless, &err), -1);
	assert_int_equal(err.exit_code, EXIT_BUG);
	assert_string_equal(err.text, "the statement took longer than 5000 ms");
	/* All that were given the time together. */
	assert_int_equal(db_step(endless, &err), -1);
	db_finalize(endless);
}

static void
one_that_is_done_in_time_has_its_rows(void **state)
{
	struct db_statement *rows = prepare(LONG);

	(void)state;
	db_limit(db, 5000);
	leap(0, 4); /* too little */
	assert_int_equal(db_step(rows, &err), 1);
	assert_int_equal(db_column_integer(rows, 0), 100000);
	db_finalize(rows);
}

static void
the_limit_is_taken_away(void **state)
{
	struct db_statement *rows = prepare(LONG);

	(void)state;
	db_limit(db, 5000);
	leap(0, 3600);
	assert_int_equal(db_step(rows, &err), -1);
	db_limit(db, 0);
	assert_int_equal(db_step(rows, &err), 1);
	assert_int_equal(db_column_integer(rows, 0), 100000);
	db_finalize(rows);
}

static void
a_new_limit_begins_then(void **state)
{
	struct db_statement *rows = prepare(LONG);

	(void)state;
	db_limit(db, 5000);
	leap(0, 3600);
	assert_int_equal(db_step(rows, &err), -1);
	db_limit(db, 5000);
	assert_int_equal(db_step(rows, &err), 1);
	db_finalize(rows);
}

/* The connection is as it was: a transaction goes on, and what it wrote stays. */
static void
a_transaction_outlives_it(void **state)
{
	struct db_statement *endless = prepare(ENDLESS);
	int64_t value;

	(void)state;
	assert_int_equal(db_run(db, "CREATE TABLE t (a); BEGIN; INSERT INTO t VALUES (7)",
	    &err), 0);
	db_limit(db, 1000);
	leap(2, 2);
	assert_int_equal(db_step(endless, &err), -1);
	db_limit(db, 0);
	assert_int_equal(db_run(db, "COMMIT", &err), 0);
	assert_int_equal(db_integer(db, "SELECT a FROM t", 0, &value, &err), 0);
	assert_int_equal(value, 7);
	db_finalize(endless);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter, \
    close_temporary_db)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_statement_that_takes_longer_is_given_up),
		TEST(one_that_is_done_in_time_has_its_rows),
		TEST(the_limit_is_taken_away),
		TEST(a_new_limit_begins_then),
		TEST(a_transaction_outlives_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
