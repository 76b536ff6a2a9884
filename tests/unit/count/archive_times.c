/* SPDX-License-Identifier: ISC
 *
 * Rows of some times that left for an archive, counted from there for the definitions that
 * have counted them before they left.
 */
#include "count/archive_times.h"
#include "tests/unit/count/reopened.h"

#define LAST_MS INT64_MAX

static struct db *times_db;
static struct count_base *times;

static void
close_times(void)
{
	count_base_close(times);
	db_close(times_db);
	times = NULL;
	times_db = NULL;
}

static int
leave_times(void **state)
{
	close_times();
	return leave_reopened(state);
}

/* Counts the times in an empty base. */
static int
count_times(int64_t from_ms, int64_t last_ms)
{
	int result;

	close_times();
	done(db_open(&times_db, DB_TEMPORARY, DB_WRITE, 0, &err));
	done(count_base_begin(times_db, "", NOW_MS, &err));
	done(count_base_open(&times, times_db, NULL, &err));
	result = count_archive_times(times, count, from_ms, last_ms, &err);
	done(result);
	return result;
}

/* Of the events, those that left the table and are of these times are counted. A definition
 * without any may be missing. */
static void
expect_gone(int64_t from_ms, int64_t last_ms)
{
	struct db_statement *find;
	struct count_mark mark;
	int64_t no;

	done(db_prepare(db, &find, "SELECT 1 FROM " ARCHIVED_TABLE " WHERE id = :id", &err));
	for (size_t i = 0; i < model_count; i++)
		model_events[i].is_uncounted = model_events[i].ts_ms < from_ms ||
		    model_events[i].ts_ms > last_ms ||
		    archived_is_in_table(find, model_events[i].id);
	db_finalize(find);
	for (size_t i = 0; i < DEFINITIONS; i++) {
		done(count_base_find(times, count->wanted[count->places[i]].text, &no, &mark,
		    &err));
		traffic_expect(times_db, no, &made[i]);
	}
	archived_count(0, INT64_MAX, true);
}

/* No definition has counts there. */
static void
expect_nothing(void)
{
	int64_t found;

	done(db_integer(times_db, "SELECT count(*) FROM count_definitions", 0, &found, &err));
	assert_int_equal(found, 0);
	done(db_integer(times_db, "SELECT count(*) FROM count_hours", 0, &found, &err));
	assert_int_equal(found, 0);
}

static void
make_traffic(void)
{
	close_count();
	for (int i = 0; i < 6; i++)
		traffic_transaction(40);
}

static void
rows_that_left_are_counted(void **state)
{
	int64_t from_ms = TRAFFIC_FROM_MS - COUNT_DAY_MS;

	(void)state;
	make_traffic();
	count_and_pack(from_ms, traffic_now_ms - COUNT_HOUR_MS);
	make_traffic();
	count_and_pack(from_ms, traffic_now_ms - 8 * COUNT_HOUR_MS);
	assert_int_equal(count_times(0, LAST_MS), 1);
	expect_gone(0, LAST_MS);
	for (int round = 0; round < 20; round++) {
		int64_t at_ms = model_events[random_below(model_count)].ts_ms;
		int64_t until_ms = at_ms + (int64_t)random_below(2 * COUNT_DAY_MS);

		assert_int_equal(count_times(at_ms, until_ms), 1);
		expect_gone(at_ms, until_ms);
	}
}

/* Ten events of a day, a minute apart. */
static void
make_day(int64_t day_ms)
{
	begin();
	for (int i = 0; i < 10; i++)
		traffic_store(traffic_source(0), traffic_positions[0]++,
		    model_any_event(day_ms + i * COUNT_MINUTE_MS));
	commit();
}

/* Both ends belong to the times. */
static void
times_are_those_of_what_left(void **state)
{
	int64_t day_ms = TRAFFIC_FROM_MS;
	int64_t last_ms = day_ms + 9 * COUNT_MINUTE_MS;

	(void)state;
	make_day(day_ms);
	make_day(day_ms + 2 * COUNT_DAY_MS);
	open_again(&with_archive);
	assert_int_equal(count_times(0, LAST_MS), 1);
	expect_nothing();
	count_and_pack(day_ms + 1, day_ms + COUNT_DAY_MS);
	assert_int_equal(count_times(0, day_ms + COUNT_MINUTE_MS - 1), 1);
	expect_nothing();
	assert_int_equal(count_times(last_ms + 1, LAST_MS), 1);
	expect_nothing();
	assert_int_equal(count_times(0, day_ms + COUNT_MINUTE_MS), 1);
	expect_gone(0, day_ms + COUNT_MINUTE_MS);
	assert_int_equal(count_times(last_ms, LAST_MS), 1);
	expect_gone(last_ms, LAST_MS);
	/* Rows of another table are none of its. */
	close_count();
	done(db_run(db, "UPDATE departures SET table_name = 'rate_events'", &err));
	open_again(&with_archive);
	assert_int_equal(count_times(0, LAST_MS), 1);
	expect_nothing();
	/* Those of several tables may be, at any time. */
	close_count();
	done(db_run(db, "UPDATE departures SET table_name = '', from_ts_ms = NULL", &err));
	open_again(&with_archive);
	assert_int_equal(count_times(last_ms + 1, LAST_MS), 1);
	expect_gone(last_ms + 1, LAST_MS);
}

/* The archive lacks one of ten rows of the first day, so that nobody could count it who had
 * not before. */
static void
who_has_not_counted_all_gets_nothing(void **state)
{
	int64_t day_ms = TRAFFIC_FROM_MS;

	(void)state;
	make_day(day_ms);
	make_day(day_ms + COUNT_DAY_MS);
	archived_write(day_ms + COUNT_MINUTE_MS, day_ms + COUNT_DAY_MS);
	archived_remove(day_ms, day_ms + COUNT_DAY_MS, archived_last_batch());
	archived_pack(day_ms + COUNT_DAY_MS, day_ms + 2 * COUNT_DAY_MS);
	open_again(&with_archive);
	assert_true(count_is_missing(count, 0, 0));
	assert_int_equal(count_times(0, LAST_MS), 1);
	expect_nothing();
	assert_int_equal(count_times(day_ms + COUNT_DAY_MS, LAST_MS), 1);
	expect_gone(day_ms + COUNT_DAY_MS, LAST_MS);
}

/* Only partitions with such times are read. */
static void
an_archive_that_cannot_be_read_says_nothing(void **state)
{
	int64_t day_ms = TRAFFIC_FROM_MS;
	const struct count_options elsewhere = { .archive = "elsewhere" };
	const struct count_options remembered = { .archive = NULL };
	struct buf path = BUF_EMPTY;

	(void)state;
	make_day(day_ms);
	make_day(day_ms + COUNT_DAY_MS);
	count_and_pack(day_ms, day_ms + 2 * COUNT_DAY_MS);
	archived_path(&path, day_ms);
	assert_int_equal(rename(buf_text(&path), "kept"), 0);
	open_again(&with_archive);
	assert_int_equal(count_times(0, LAST_MS), 0);
	assert_int_equal(count_times(day_ms + COUNT_DAY_MS, LAST_MS), 1);
	expect_gone(day_ms + COUNT_DAY_MS, LAST_MS);
	assert_int_equal(rename("kept", buf_text(&path)), 0);
	assert_int_equal(count_times(0, LAST_MS), 1);
	expect_gone(0, LAST_MS);
	/* Another folder; none; and the one that the database remembers. */
	open_again(&elsewhere);
	assert_int_equal(count_times(0, LAST_MS), 0);
	open_again(&remembered);
	assert_int_equal(count_times(0, LAST_MS), 0);
	close_count();
	done(store_identity_set_archive(db, ARCHIVED_ROOT, 0, "", &err));
	open_again(&remembered);
	assert_int_equal(count_times(0, LAST_MS), 1);
	expect_gone(0, LAST_MS);
	buf_release(&path);
}

#define TEST_TIMES(function) \
	cmocka_unit_test_setup_teardown(function, enter_counts, leave_times)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TIMES(rows_that_left_are_counted),
		TEST_TIMES(times_are_those_of_what_left),
		TEST_TIMES(who_has_not_counted_all_gets_nothing),
		TEST_TIMES(an_archive_that_cannot_be_read_says_nothing),
	};

	return cmocka_run_group_tests_name("archive_times", tests, NULL, NULL);
}
