/* SPDX-License-Identifier: ISC
 *
 * Counts that follow a database, in steps: always those that a count of all its rows
 * would have, whatever comes late, twice or again, and whichever definitions were asked
 * for before. catch_up_history.c has databases that are put back, and rows that leave.
 */
#include "tests/unit/count/steps.h"

static void
counts_are_those_of_all_rows(void **state)
{
	(void)state;
	random_start();
	for (int round = 0; round < 25; round++) {
		open_stores();
		make_definitions();
		for (int i = 0; i < 12; i++) {
			size_t first = random_below(DEFINITIONS);
			size_t end = first + 1 + random_below(DEFINITIONS - first);

			traffic_transaction(random_below(30));
			if (random_below(3) == 0)
				continue;
			catch_up(wanted + first, end - first,
			    1 + (int64_t)random_below(60));
			expect_all(first, end);
		}
		catch_up(wanted, DEFINITIONS, 1 + (int64_t)random_below(60));
		expect_all(0, DEFINITIONS);
		/* Nothing is new. */
		assert_int_equal(catch_up(wanted, DEFINITIONS, 1), 0);
		release_definitions();
		close_stores();
	}
}

/* So many rows at most, or one transaction. */
static void
steps_are_short(void **state)
{
	int64_t read = 0;

	(void)state;
	for (int i = 0; i < 6; i++) {
		begin();
		for (int k = 0; k < 10; k++)
			traffic_store(traffic_source(i % 2), traffic_positions[i % 2]++,
			    model_any_event(traffic_now_ms));
		commit();
	}
	assert_int_equal(step(wanted, 2, 3, &read), 1);
	assert_int_equal(read, 10);
	assert_int_equal(wanted[0].mark.batch_no, 1);
	assert_int_equal(step(wanted, 1, 30, &read), 1);
	assert_int_equal(read, 40);
	/* The second is behind, and does not go beyond the first. */
	assert_int_equal(step(wanted, 2, 1000, &read), 1);
	assert_int_equal(read, 70);
	assert_int_equal(wanted[1].mark.batch_no, 4);
	/* Together from there. */
	assert_int_equal(step(wanted, 2, 1000, &read), 1);
	assert_int_equal(read, 90);
	assert_int_equal(wanted[0].mark.batch_no, 6);
	assert_int_equal(step(wanted, 2, 1000, &read), 0);
	assert_int_equal(read, 90);
	expect_all(0, 2);
	assert_int_equal(count_catch_up(base, db, wanted, 0, 1, &read, &err), 0);
}

static void
a_step_that_is_undone_is_made_again(void **state)
{
	int64_t read = 0;

	(void)state;
	for (int i = 0; i < 10; i++)
		traffic_transaction(20);
	(void)step(wanted, DEFINITIONS, 50, &read);
	for (int i = 0; i < 3; i++) {
		done(db_begin(counts, &err));
		done(count_catch_up(base, db, wanted, DEFINITIONS, 40, &read, &err));
		db_rollback(counts);
	}
	catch_up(wanted, DEFINITIONS, 50);
	expect_all(0, DEFINITIONS);
}

/* The program ends after a step, and another one goes on. */
static void
another_program_goes_on(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		int64_t read = 0;

		traffic_transaction(20);
		(void)step(wanted, DEFINITIONS, 10, &read);
		count_base_close(base);
		done(count_base_open(&base, counts, NULL, &err));
		for (size_t k = 0; k < DEFINITIONS; k++) {
			wanted[k].no = 0;
			memset(&wanted[k].mark, 0x55, sizeof(wanted[k].mark));
		}
	}
	catch_up(wanted, DEFINITIONS, INT64_MAX);
	expect_all(0, DEFINITIONS);
}

static void
who_finds_nothing_new_writes_nothing(void **state)
{
	int64_t before;

	(void)state;
	traffic_transaction(50);
	catch_up(wanted, DEFINITIONS, 50);
	before = integer(counts, "SELECT total_changes()");
	catch_up(wanted, DEFINITIONS, 50);
	assert_int_equal(integer(counts, "SELECT total_changes()"), before);
	traffic_transaction(0);
	catch_up(wanted, DEFINITIONS, 50);
	assert_int_equal(integer(counts, "SELECT total_changes()"), before);
}

static struct db *beside_db;
static struct count_base *beside;

static void
open_beside(void)
{
	done(db_open(&beside_db, DB_TEMPORARY, DB_WRITE, 0, &err));
	done(count_base_begin(beside_db, "", NOW_MS, &err));
	done(count_base_open(&beside, beside_db, NULL, &err));
}

static void
close_beside(void)
{
	count_base_close(beside);
	db_close(beside_db);
}

static void
all_rows_are_counted_without_a_ledger(void **state)
{
	int64_t read = 0;

	(void)state;
	for (int i = 0; i < 6; i++)
		traffic_transaction(30);
	open_beside();
	done(count_all_rows(beside, db, wanted, DEFINITIONS, &read, &err));
	assert_int_equal(read, model_count);
	for (size_t i = 0; i < DEFINITIONS; i++)
		traffic_expect(beside_db, wanted[i].no, &made[i]);
	assert_int_equal(count_all_rows(beside, db, wanted, 0, &read, &err), 0);
	close_beside();
}

static void
rows_between_times_are_counted(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++)
		traffic_transaction(30);
	catch_up(wanted, DEFINITIONS, 50);
	for (int round = 0; round < 10; round++) {
		int64_t from_ms = traffic_any_time(), read = 0;
		int64_t last_ms = from_ms + (int64_t)random_below(COUNT_HOUR_MS);
		struct count_mark mark;
		int64_t no;

		open_beside();
		for (size_t i = 0; i < model_count; i++)
			model_events[i].is_uncounted = model_events[i].ts_ms < from_ms ||
			    model_events[i].ts_ms > last_ms;
		done(count_rows_between(beside, db, wanted, DEFINITIONS, from_ms, last_ms,
		    &read, &err));
		for (size_t i = 0; i < DEFINITIONS; i++) {
			assert_int_equal(count_base_find(beside, wanted[i].text, &no, &mark,
			    &err), 1);
			traffic_expect(beside_db, no, &made[i]);
		}
		close_beside();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_are_those_of_all_rows),
		TEST_STORES(steps_are_short),
		TEST_STORES(a_step_that_is_undone_is_made_again),
		TEST_STORES(another_program_goes_on),
		TEST_STORES(who_finds_nothing_new_writes_nothing),
		TEST_STORES(all_rows_are_counted_without_a_ledger),
		TEST_STORES(rows_between_times_are_counted),
	};

	return cmocka_run_group_tests_name("catch_up", tests, folder_enter, folder_leave);
}
