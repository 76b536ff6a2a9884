/* SPDX-License-Identifier: ISC
 *
 * Counts of what left for an archive at times that nobody noted, as with older versions: a
 * table is counted at once.
 */
#include "tests/unit/count/archiving.h"

/* Forgets what departures say of times, and, of a table of "", which table they are of. */
static void
forget_times(const char *table)
{
	struct buf sql = BUF_EMPTY;

	buf_printf(&sql, "UPDATE departures SET from_ts_ms = NULL, until_ts_ms = NULL,"
	    " day = NULL, listed_batch_no = NULL, table_name = '%s'", table);
	done(db_run(db, buf_text(&sql), &err));
	buf_release(&sql);
}

static void
make_traffic(void)
{
	for (int i = 0; i < 8; i++)
		traffic_transaction(40);
}

/* Packs what is in the database. */
static void
pack_all(void)
{
	archived_pack(TRAFFIC_FROM_MS - COUNT_DAY_MS, traffic_now_ms);
}

static void
the_table_is_counted_at_once(void **state)
{
	static const char *const tables[] = { "", ARCHIVED_TABLE };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		make_traffic();
		pack_all();
		forget_times(tables[i]);
		make_traffic();
		bring(wanted, DEFINITIONS);
		expect_all(0, DEFINITIONS);
		expect_missing(0, DEFINITIONS, 0);
		assert_int_equal(bring(wanted, DEFINITIONS), 0);
	}
}

/* Later ones have times: nothing is counted with both, whichever came first. */
static void
days_are_not_counted_again_with_the_table(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		make_traffic();
		pack_all();
		if (i == 0)
			forget_times("");
		else
			done(db_run(db, "UPDATE departures SET no = no + 1000"
			    " WHERE from_ts_ms IS NULL", &err));
		make_traffic();
		pack_all();
		make_traffic();
		restart_all();
		bring(wanted, DEFINITIONS);
		expect_all(0, DEFINITIONS);
		expect_missing(0, DEFINITIONS, 0);
	}
}

/* All rows are needed: those of the days whose departures have times as well. */
static void
a_part_of_the_table_is_not_counted(void **state)
{
	struct buf path = BUF_EMPTY;
	int64_t departure_count;

	(void)state;
	make_traffic();
	pack_all();
	forget_times(ARCHIVED_TABLE);
	make_traffic();
	pack_all();
	archived_path(&path, TRAFFIC_FROM_MS + 3 * COUNT_DAY_MS);
	assert_int_equal(rename(buf_text(&path), "kept"), 0);
	archived_count(0, INT64_MAX, false);
	departure_count = integer(db, "SELECT count(*) FROM departures");
	assert_true(departure_count > 1);
	for (int i = 0; i < 2; i++) {
		bring(wanted, DEFINITIONS);
		expect_all(0, DEFINITIONS);
		expect_missing(0, DEFINITIONS, departure_count);
	}
	assert_int_equal(rename("kept", buf_text(&path)), 0);
	archived_count(0, INT64_MAX, true);
	bring(wanted, DEFINITIONS);
	expect_all(0, DEFINITIONS);
	expect_missing(0, DEFINITIONS, 0);
	buf_release(&path);
}

/* What was counted before it left may be of any day. */
static void
who_counted_another_day_begins_anew(void **state)
{
	int64_t read = 0, unknown_count;

	(void)state;
	make_traffic();
	pack_all();
	forget_times("");
	unknown_count = integer(db, "SELECT count(*) FROM departures");
	make_traffic();
	catch_up(wanted, DEFINITIONS, 50);
	pack_all();
	catch_up(wanted, DEFINITIONS, 50);
	expect_missing(0, DEFINITIONS, unknown_count);
	assert_int_equal(archive_step(&given, wanted, DEFINITIONS, &read), 1);
	assert_int_equal(wanted[0].mark.batch_no, 0);
	bring(wanted, DEFINITIONS);
	expect_all(0, DEFINITIONS);
	expect_missing(0, DEFINITIONS, 0);
}

/* Those of another table, which the archive may have or not, are none of its. */
static void
other_tables_are_passed_over(void **state)
{
	int64_t read = 0;

	(void)state;
	make_traffic();
	pack_all();
	catch_up(wanted, 2, 50);
	done(db_run(db, "INSERT INTO departures (transaction_no, table_name, row_count,"
	    " archive, committed_ms) VALUES (1, 'rate_events', 5, '', 5)", &err));
	bring(wanted, 2);
	expect_all(0, 2);
	expect_missing(0, 2, 0);
	assert_int_equal(archive_step(&given, wanted, 2, &read), 0);
	assert_int_equal(read, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_ARCHIVE(the_table_is_counted_at_once),
		TEST_ARCHIVE(days_are_not_counted_again_with_the_table),
		TEST_ARCHIVE(a_part_of_the_table_is_not_counted),
		TEST_ARCHIVE(who_counted_another_day_begins_anew),
		TEST_ARCHIVE(other_tables_are_passed_over),
	};

	return cmocka_run_group_tests_name("from_archive_whole", tests, NULL, NULL);
}
