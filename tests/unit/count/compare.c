/* SPDX-License-Identifier: ISC
 *
 * Counts of one database that are compared: those of the file, which the tests change, with
 * those of the rows.
 */
#include "count/compare.h"
#include "tests/unit/count/archived.h"
#include "tests/unit/count/opened.h"

static const struct count_options from_file = { .path = NULL };
static const struct count_options from_rows = { .has_no_file = true };
static struct buf where;
static int64_t skipped;

static int
leave_compare(void **state)
{
	buf_release(&where);
	return leave_counts(state);
}

/* Compares the file with the rows, and the rows with the file. */
static bool
agree(void)
{
	struct count *file, *rows;
	int result, reverse;
	int64_t reverse_skipped;

	buf_reset(&where);
	done(count_open(&file, db, definitions, DEFINITIONS, &from_file, &err));
	done(count_open_within(&rows, file, definitions, DEFINITIONS, &from_rows, &err));
	reverse = count_compare(rows, file, &where, &reverse_skipped, &err);
	done(reverse);
	buf_reset(&where);
	result = count_compare(file, rows, &where, &skipped, &err);
	done(result);
	assert_int_equal(result, reverse);
	assert_int_equal(result, where.len == 0);
	if (result == 1)
		assert_int_equal(skipped, reverse_skipped);
	count_close(rows);
	count_close(file);
	return result == 1;
}

static void
counts_of_the_same_rows_agree(void **state)
{
	(void)state;
	assert_true(agree());
	for (int i = 0; i < 10; i++) {
		traffic_transaction(30);
		assert_true(agree());
		assert_int_equal(skipped, 0);
	}
}

/* Writes the seal of a row of that key. */
static void
seal(struct db *file, const char *sql, const struct count_sealed *row, int64_t time)
{
	struct db_statement *write;

	done(db_prepare(file, &write, sql, &err));
	DB_BIND(write, db_value_integer(":seal", count_seal(row)),
	    db_value_integer(":no", row->definition_no), db_value_integer(":time", time),
	    db_value_integer(":group_no", row->group_no),
	    db_value_blob(":bytes", row->bytes, row->len));
	done(db_execute(write, &err));
	db_finalize(write);
}

/* Adds 1 to a number of the first minute of the first hour. */
static void
change_hour(int number)
{
	struct db *file = open_counts_file();
	struct db_statement *read;
	struct count_row row;
	struct buf bytes = BUF_EMPTY;
	struct count_sealed sealed = { .cell = NULL };
	int64_t hour;
	int i = 0;

	done(db_prepare(file, &read, "SELECT definition_no, hour, group_no, minutes"
	    " FROM count_hours", &err));
	assert_int_equal(db_step(read, &err), 1);
	hour = db_column_integer(read, 1);
	count_row_init_hour(&row, hour * COUNT_HOUR_MS);
	done(count_row_read(&row, db_column_blob(read, 3), db_column_bytes(read, 3), &err));
	while (count_cell_total(&row.cells[i]) == 0)
		i++;
	++*(int64_t *[]){ &row.cells[i].good, &row.cells[i].unknown, &row.cells[i].excluded,
		&row.cells[i].newest_ms }[number];
	count_row_write(&bytes, &row);
	sealed.definition_no = db_column_integer(read, 0);
	sealed.group_no = db_column_integer(read, 2);
	sealed.from_ms = hour * COUNT_HOUR_MS;
	sealed.bytes = bytes.data;
	sealed.len = bytes.len;
	db_finalize(read);
	seal(file, "UPDATE count_hours SET seal = :seal, minutes = :bytes"
	    " WHERE definition_no = :no AND hour = :time AND group_no = :group_no", &sealed, hour);
	db_close(file);
	buf_release(&bytes);
}

/* Changes the first row of a table of sums, days or totals, and seals it again. read_sql
 * reads the rows: definition_no, time, group_no, bytes, and the numbers of a cell. */
static void
change_sum(const char *change_sql, const char *read_sql, const char *seal_sql)
{
	struct db *file = open_counts_file();
	struct db_statement *read;
	struct count_sealed sealed;
	struct count_cell cell;

	done(db_run(file, change_sql, &err));
	done(db_prepare(file, &read, read_sql, &err));
	assert_int_equal(db_step(read, &err), 1);
	cell = (struct count_cell){ db_column_integer(read, 4), db_column_integer(read, 5),
		db_column_integer(read, 6), db_column_integer(read, 7),
		db_column_integer(read, 8), db_column_integer(read, 9),
		db_column_integer(read, 10) };
	sealed = (struct count_sealed){ db_column_integer(read, 0),
		db_column_integer(read, 1) * COUNT_DAY_MS, db_column_integer(read, 2), &cell,
		db_column_blob(read, 3), db_column_bytes(read, 3) };
	seal(file, seal_sql, &sealed, db_column_integer(read, 1));
	db_finalize(read);
	db_close(file);
}

/* Begins the file anew, with one definition and events in the middle of two days. */
static void
begin_file(void)
{
	(void)unlink("t.db.counts");
	made[0] = model_make(-1, -1, 0, false);
	made[0].definition.group[0] = "cohort";
	made[0].definition.group_count = 1;
	for (size_t i = 0; i < DEFINITIONS; i++)
		definitions[i] = made[0].definition;
	if (model_count == 0) {
		begin();
		for (int i = 0; i < 20; i++)
			traffic_store(traffic_source(0), i + 1, (struct model_event){
			    .ts_ms = TRAFFIC_FROM_MS + i / 10 * COUNT_DAY_MS +
				COUNT_HOUR_MS + i, .status = 200, .cohort = i % 2 });
		commit();
	}
	assert_true(agree());
}

/* They differ, and these words say where. */
static void
expect_difference(const char *words)
{
	assert_false(agree());
	if (strstr(buf_text(&where), words) == NULL)
		fail_msg("%s", buf_text(&where));
	assert_null(strchr(buf_text(&where), '\n'));
}

/* The sums of the day may be right. */
static void
one_number_of_one_hour_is_noticed(void **state)
{
	(void)state;
	for (int number = 0; number < 4; number++) {
		begin_file();
		change_hour(number);
		expect_difference("on 2024-10-04 the counts have 10 events, the rows 10");
	}
}

/* Adds 1 to a number of the first row of a day. */
static void
change_day(const char *column, int64_t day)
{
	char sql[120], read_sql[200];

	snprintf(sql, sizeof(sql), "UPDATE count_days SET %s = %s + 1 WHERE day = %lld"
	    " AND group_no = 1", column, column, (long long)day);
	snprintf(read_sql, sizeof(read_sql), "SELECT definition_no, day, group_no, hours, good,"
	    " bad, unknown, excluded, bad_minutes, first_ms, newest_ms FROM count_days"
	    " WHERE day = %lld", (long long)day);
	change_sum(sql, read_sql, "UPDATE count_days SET seal = :seal, hours = :bytes"
	    " WHERE definition_no = :no AND day = :time AND group_no = :group_no");
}

static void
change_total(void)
{
	change_sum("UPDATE count_totals SET first_ms = first_ms - 1 WHERE group_no = 1",
	    "SELECT definition_no, 0, group_no, NULL, good, bad, unknown, excluded, 0,"
	    " first_ms, newest_ms FROM count_totals", "UPDATE count_totals SET seal = :seal"
	    " WHERE definition_no = :no AND :time = 0 AND group_no = :group_no"
	    " AND :bytes IS NOT 0");
}

static void
one_number_of_one_day_is_noticed(void **state)
{
	static const char *const columns[] = { "good", "bad", "unknown", "excluded",
		"bad_minutes", "newest_ms" };

	(void)state;
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		begin_file();
		change_day(columns[i], 20000);
		expect_difference(i < 4
		    ? "on 2024-10-04 the counts have 11 events, the rows 10"
		    : "on 2024-10-04 the counts have 10 events, the rows 10");
	}
}

static void
one_number_in_total_is_noticed(void **state)
{
	(void)state;
	begin_file();
	change_total();
	expect_difference("in total the counts have 20 events, the rows 20");
}

/* NULL is another group than the text. */
static void
one_group_is_noticed(void **state)
{
	static const char *const changes[] = {
		"UPDATE count_groups SET key = '[\"x\"]' WHERE no = 1",
		"UPDATE count_groups SET key = '[\"null\"]' WHERE key = '[null]'",
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin_file();
		change_counts_file(changes[i]);
		expect_difference("on 2024-10-04");
	}
}

/* Events of one day that one of them does not have at all. */
static void
a_day_that_one_lacks_is_noticed(void **state)
{
	(void)state;
	begin_file();
	done(db_run(db, "DELETE FROM http_events WHERE ts_ms >= 20001 * 86400000", &err));
	expect_difference("on 2024-10-05 the counts have 10 events, the rows 0,");
	done(db_run(db, "DELETE FROM http_events", &err));
	expect_difference("on 2024-10-04 the counts have 10 events, the rows 0,");
}

/* The file counted a day before it left; the rows lack it, and so no total is compared. */
static void
days_of_rows_that_left_are_skipped(void **state)
{
	(void)state;
	begin_file();
	archived_remove(TRAFFIC_FROM_MS, TRAFFIC_FROM_MS + COUNT_DAY_MS,
	    archived_last_batch());
	assert_true(agree());
	assert_int_equal(skipped, 1);
	change_day("good", 20000);
	change_total();
	assert_true(agree());
	assert_int_equal(skipped, 1);
	change_day("good", 20001);
	expect_difference("on 2024-10-05 the counts have 11 events, the rows 10");
	/* Both lack it. */
	begin_file();
	assert_int_equal(skipped, 1);
	change_day("good", 20001);
	expect_difference("on 2024-10-05");
}

/* They may be of each day that began before they left, those that one does not have
 * included. */
static void
days_of_rows_that_left_at_unknown_times_are_skipped(void **state)
{
	(void)state;
	begin_file();
	archived_remove(TRAFFIC_FROM_MS, TRAFFIC_FROM_MS + COUNT_DAY_MS,
	    archived_last_batch());
	done(db_run(db, "UPDATE departures SET from_ts_ms = NULL, until_ts_ms = NULL,"
	    " day = NULL", &err));
	assert_true(agree());
	assert_int_equal(skipped, 2);
	change_day("good", 20001);
	assert_true(agree());
	/* The second day began when they had left. */
	done(db_run(db, "UPDATE departures SET committed_ms = 20001 * 86400000", &err));
	expect_difference("on 2024-10-05 the counts have 11 events, the rows 10");
}

/* Each definition is compared, and none twice. */
static void
the_last_definition_is_compared(void **state)
{
	(void)state;
	begin_file();
	made[0].definition.group_count = 0;
	definitions[3] = definitions[6] = made[0].definition;
	assert_true(agree());
	change_counts_file("UPDATE count_days SET definition_no = 9 WHERE definition_no = 2");
	expect_difference("on 2024-10-04 the counts have 0 events, the rows 10");
}

static void
what_cannot_be_read_is_an_error(void **state)
{
	struct count *file, *rows;

	(void)state;
	begin_file();
	change_counts_file("UPDATE count_hours SET seal = seal + 1");
	done(count_open(&file, db, definitions, DEFINITIONS, &from_file, &err));
	done(count_open_within(&rows, file, definitions, DEFINITIONS, &from_rows, &err));
	assert_int_equal(count_compare(file, rows, &where, &skipped, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
	assert_int_equal(count_compare(rows, file, &where, &skipped, &err), -1);
	assert_int_equal(where.len, 0);
	count_close(rows);
	count_close(file);
}

#define TEST_COMPARE(function) \
	cmocka_unit_test_setup_teardown(function, enter_counts, leave_compare)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_COMPARE(counts_of_the_same_rows_agree),
		TEST_COMPARE(one_number_of_one_hour_is_noticed),
		TEST_COMPARE(one_number_of_one_day_is_noticed),
		TEST_COMPARE(one_number_in_total_is_noticed),
		TEST_COMPARE(one_group_is_noticed),
		TEST_COMPARE(a_day_that_one_lacks_is_noticed),
		TEST_COMPARE(days_of_rows_that_left_are_skipped),
		TEST_COMPARE(days_of_rows_that_left_at_unknown_times_are_skipped),
		TEST_COMPARE(the_last_definition_is_compared),
		TEST_COMPARE(what_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
