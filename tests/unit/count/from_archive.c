/* SPDX-License-Identifier: ISC
 *
 * Counts of what left for an archive: as if nothing had left where the archive has it all,
 * and else unknown. from_archive_whole.c has departures whose times are not known.
 */
#include "count/from_archive.h"
#include "tests/unit/count/archiving.h"

#define THREE_DAYS_MS (3 * COUNT_DAY_MS)

/* Events of four days before the time that traffic begins with. */
static int64_t
first_day(void)
{
	return TRAFFIC_FROM_MS - COUNT_DAY_MS;
}

static void
make_traffic(void)
{
	for (int i = 0; i < 8; i++)
		traffic_transaction(40);
}

/* Those that counted them before they left are not touched; the others get all. */
static void
what_left_is_counted(void **state)
{
	(void)state;
	for (int round = 0; round < 3; round++) {
		int64_t until_ms = traffic_now_ms - (int64_t)random_below(COUNT_DAY_MS);

		make_traffic();
		catch_up(wanted, 2, 50);
		/* What came late left later, beside what stays of the same minutes. */
		archived_pack(first_day(), until_ms);
		make_traffic();
		catch_up(wanted, 3, 50);
		archived_pack(first_day(), until_ms - COUNT_HOUR_MS);
		make_traffic();
		bring(wanted, DEFINITIONS);
		expect_all(0, DEFINITIONS);
		expect_missing(0, DEFINITIONS, 0);
		assert_int_equal(bring(wanted, DEFINITIONS), 0);
	}
}

/* Only what a definition lacks is read, a day once for all definitions. */
static void
a_day_is_read_once(void **state)
{
	int64_t until_ms = TRAFFIC_FROM_MS + THREE_DAYS_MS;
	size_t left_count;

	(void)state;
	make_traffic();
	free(archived_events(first_day(), until_ms, &left_count));
	assert_true(left_count > 0);
	archived_pack(first_day(), until_ms);
	assert_int_equal(bring(wanted, 3), model_count);
	assert_int_equal(bring(wanted, 3), 0);
	assert_int_equal(bring(wanted, DEFINITIONS), model_count);
	expect_all(0, DEFINITIONS);
}

/* A day of `count` events, a minute apart, of which each third is bad. */
static void
make_day(int64_t day_ms, int count)
{
	begin();
	for (int i = 0; i < count; i++)
		traffic_store(traffic_source(0), traffic_positions[0]++,
		    (struct model_event){ .ts_ms = day_ms + i * COUNT_MINUTE_MS,
			.host = i % 2, .status = i % 3 == 0 ? 500 : 200 });
	commit();
}

/* Day 0 has what is given, day 1 all that left. Only day 1 is counted. */
static void
expect_day_0_unknown(int64_t day_ms)
{
	archived_count(day_ms, day_ms + COUNT_DAY_MS, false);
	bring(wanted, DEFINITIONS);
	expect_all(0, DEFINITIONS);
	expect_missing(0, DEFINITIONS, 1);
}

static void
a_partition_that_lacks_rows_is_not_counted(void **state)
{
	int64_t day_ms = TRAFFIC_FROM_MS;

	(void)state;
	make_day(day_ms, 10);
	make_day(day_ms + COUNT_DAY_MS, 10);
	archived_write(day_ms, day_ms + 9 * COUNT_MINUTE_MS);
	archived_write(day_ms + COUNT_DAY_MS, day_ms + 2 * COUNT_DAY_MS);
	archived_remove(day_ms, day_ms + 2 * COUNT_DAY_MS, -1);
	expect_day_0_unknown(day_ms);
}

/* A row that the archive has and the database too is counted from there: it did not leave,
 * or came back. */
static void
rows_that_are_in_the_database_are_not_counted_twice(void **state)
{
	int64_t day_ms = TRAFFIC_FROM_MS;
	int64_t nine_ms = day_ms + 9 * COUNT_MINUTE_MS;

	(void)state;
	make_day(day_ms, 10);
	make_day(day_ms + COUNT_DAY_MS, 10);
	archived_write(day_ms, day_ms + COUNT_DAY_MS);
	archived_remove(day_ms, nine_ms, -1);
	archived_write(day_ms + COUNT_DAY_MS, day_ms + 2 * COUNT_DAY_MS);
	archived_remove(day_ms + COUNT_DAY_MS, day_ms + 2 * COUNT_DAY_MS, -1);
	assert_int_equal(bring(wanted, DEFINITIONS), 20);
	expect_all(0, DEFINITIONS);
	expect_missing(0, DEFINITIONS, 0);
	/* As if all ten had left, and one had come back: only nine are left to count. */
	restart_all();
	done(db_run(db, "UPDATE departures SET row_count = 10 WHERE row_count = 9", &err));
	archived_count(day_ms, nine_ms, false);
	bring(wanted, DEFINITIONS);
	expect_all(0, DEFINITIONS);
	expect_missing(0, DEFINITIONS, 1);
}

/* More rows than left: what is in the archive is not what is known to have left. */
static void
a_partition_that_has_more_rows_is_not_counted(void **state)
{
	int64_t day_ms = TRAFFIC_FROM_MS;
	int64_t until_ms = day_ms + 9 * COUNT_MINUTE_MS;

	(void)state;
	make_day(day_ms, 10);
	make_day(day_ms + COUNT_DAY_MS, 10);
	archived_write(day_ms, day_ms + COUNT_DAY_MS);
	archived_write(day_ms + COUNT_DAY_MS, day_ms + 2 * COUNT_DAY_MS);
	archived_remove(day_ms, until_ms, -1);
	archived_remove(day_ms + COUNT_DAY_MS, day_ms + 2 * COUNT_DAY_MS, -1);
	/* The tenth is gone without a word. */
	done(db_run(db, "DELETE FROM http_events", &err));
	expect_day_0_unknown(day_ms);
}

/* The same rows in two partitions. */
static void
rows_that_the_archive_has_twice_are_not_counted(void **state)
{
	int64_t day_ms = TRAFFIC_FROM_MS;

	(void)state;
	make_day(day_ms, 10);
	make_day(day_ms + COUNT_DAY_MS, 10);
	archived_write(day_ms, day_ms + COUNT_DAY_MS);
	archived_pack(day_ms, day_ms + 2 * COUNT_DAY_MS);
	expect_day_0_unknown(day_ms);
}

static void
a_damaged_partition_is_not_counted_until_it_is_mended(void **state)
{
	int64_t day_ms = TRAFFIC_FROM_MS;
	struct buf path = BUF_EMPTY;

	(void)state;
	make_day(day_ms, 10);
	make_day(day_ms + COUNT_DAY_MS, 10);
	archived_pack(day_ms, day_ms + 2 * COUNT_DAY_MS);
	archived_path(&path, day_ms);
	assert_int_equal(rename(buf_text(&path), "whole"), 0);
	assert_int_equal(folder_put_text(buf_text(&path), "no partition"), 0);
	expect_day_0_unknown(day_ms);
	assert_int_equal(unlink(buf_text(&path)), 0);
	expect_day_0_unknown(day_ms);
	assert_int_equal(rename("whole", buf_text(&path)), 0);
	archived_count(day_ms, day_ms + COUNT_DAY_MS, true);
	assert_int_equal(bring(wanted, DEFINITIONS), 10);
	expect_all(0, DEFINITIONS);
	expect_missing(0, DEFINITIONS, 0);
	buf_release(&path);
}

/* A definition came when a part of a day had left for an archive that was not there. The
 * rest of the day left after it was counted: which rows of the archive are of which part,
 * nobody knows. */
static void
who_counted_half_of_a_day_begins_anew(void **state)
{
	int64_t day_ms = TRAFFIC_FROM_MS;
	int64_t half_ms = day_ms + 5 * COUNT_MINUTE_MS, read = 0;

	(void)state;
	make_day(day_ms, 10);
	make_day(day_ms + COUNT_DAY_MS, 10);
	catch_up(wanted + 1, 1, 50); /* has all */
	archived_pack(day_ms, half_ms);
	catch_up(wanted, 2, 50);
	expect_missing(0, 1, 1);
	/* Another day may leave. */
	archived_pack(day_ms + COUNT_DAY_MS, day_ms + 2 * COUNT_DAY_MS);
	catch_up(wanted, 2, 50);
	assert_int_equal(archive_step(&given, wanted, 2, &read), 0);
	assert_int_equal(read, 5);
	expect_all(0, 2);

	restart(0);
	(void)rename(ARCHIVED_ROOT, "gone");
	make_day(day_ms + 2 * COUNT_DAY_MS, 10);
	half_ms = day_ms + 2 * COUNT_DAY_MS + 5 * COUNT_MINUTE_MS;
	catch_up(wanted + 1, 1, 50);
	(void)rename("gone", ARCHIVED_ROOT);
	archived_pack(day_ms + 2 * COUNT_DAY_MS, half_ms);
	catch_up(wanted, 2, 50);
	archived_pack(half_ms, day_ms + 3 * COUNT_DAY_MS);
	catch_up(wanted, 2, 50);
	expect_missing(0, 1, 3);
	assert_int_equal(archive_step(&given, wanted, 2, &read), 1);
	assert_int_equal(wanted[0].mark.batch_no, 0);
	assert_true(wanted[1].mark.batch_no > 0);
	bring(wanted, 2);
	expect_all(0, 2);
	expect_missing(0, 2, 0);
}

static void
an_archive_of_another_database_is_refused_where_it_was_given(void **state)
{
	const struct count_archive none = { .root = NULL, .store = "", .is_given = false };
	struct count_archive other = { .root = "other", .store = archived_store };
	int64_t day_ms = TRAFFIC_FROM_MS, read = 0;

	(void)state;
	make_day(day_ms, 10);
	archived_write_to("other", "0123456789abcdef0123456789abcdef", day_ms,
	    day_ms + COUNT_DAY_MS);
	catch_up(wanted, 1, 50);
	for (int i = 0; i < 2; i++) {
		/* At first nothing has left. */
		other.is_given = false;
		assert_int_equal(archive_step(&other, wanted, 1, &read), 0);
		assert_int_equal(archive_step(&none, wanted, 1, &read), 0);
		other.is_given = true;
		assert_int_equal(archive_step(&other, wanted, 1, &read), -1);
		assert_int_equal(err.exit_code, EXIT_CONFIG);
		archived_remove(day_ms, day_ms + COUNT_DAY_MS, -1);
		catch_up(wanted, 1, 50);
	}
	assert_int_equal(read, 0);
	expect_missing(0, 1, 1);
}

/* Given, it must be there when it is needed, and not before. */
static void
an_archive_that_is_not_there_is_missed_where_it_was_given(void **state)
{
	struct count_archive gone = { .root = "gone", .store = "", .is_given = true };
	int64_t day_ms = TRAFFIC_FROM_MS, read = 0;

	(void)state;
	make_day(day_ms, 10);
	catch_up(wanted, 1, 50);
	assert_int_equal(archive_step(&gone, wanted, 1, &read), 0);
	archived_remove(day_ms, day_ms + COUNT_DAY_MS, -1);
	catch_up(wanted, 1, 50);
	assert_int_equal(archive_step(&gone, wanted, 1, &read), -1);
	assert_int_equal(err.exit_code, EXIT_NO_INPUT);
	gone.is_given = false;
	assert_int_equal(archive_step(&gone, wanted, 1, &read), 0);
	expect_missing(0, 1, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_ARCHIVE(what_left_is_counted),
		TEST_ARCHIVE(a_day_is_read_once),
		TEST_ARCHIVE(a_partition_that_lacks_rows_is_not_counted),
		TEST_ARCHIVE(rows_that_are_in_the_database_are_not_counted_twice),
		TEST_ARCHIVE(a_partition_that_has_more_rows_is_not_counted),
		TEST_ARCHIVE(rows_that_the_archive_has_twice_are_not_counted),
		TEST_ARCHIVE(a_damaged_partition_is_not_counted_until_it_is_mended),
		TEST_ARCHIVE(who_counted_half_of_a_day_begins_anew),
		TEST_ARCHIVE(an_archive_of_another_database_is_refused_where_it_was_given),
		TEST_ARCHIVE(an_archive_that_is_not_there_is_missed_where_it_was_given),
	};

	return cmocka_run_group_tests_name("from_archive", tests, NULL, NULL);
}
