/* SPDX-License-Identifier: ISC
 *
 * Counts as programs open them: from the file, beside it, and from rows alone, the numbers
 * are the same, whatever others do with the file. count_damaged.c has damaged ones.
 */
#include "tests/unit/count/opened.h"

static int64_t
rows_read(const struct count_options *options)
{
	struct count *count = open_counts(options);
	int64_t row_count = count_report(count)->row_count;

	count_close(count);
	return row_count;
}

static void
only_what_is_new_is_read(void **state)
{
	const struct count_options options = { .path = NULL };
	const struct count_options alone = { .has_no_file = true };

	(void)state;
	traffic_transaction(80);
	assert_int_equal(rows_read(&options), model_count);
	assert_int_equal(rows_read(&options), 0);
	traffic_transaction(20);
	assert_in_range(rows_read(&options), 1, 20);
	assert_int_equal(rows_read(&options), 0);
	assert_int_equal(rows_read(&alone), model_count);
}

static void
it_is_right_after_each_transaction(void **state)
{
	const struct count_options own = { .path = "own" };

	(void)state;
	expect(true, true);
	for (int i = 0; i < 12; i++) {
		traffic_transaction(random_below(40));
		expect(true, true);
		if (random_below(3) == 0)
			(void)rows_read(&own);
		if (random_below(4) == 0)
			assert_int_equal(unlink("t.db.counts"), 0);
	}
}

/* Another program writes the file, and does not end. */
static void
a_writer_is_not_waited_for(void **state)
{
	struct db *other;

	(void)state;
	traffic_transaction(40);
	expect(true, true);
	for (int i = 0; i < 4; i++) {
		done(db_open(&other, "t.db.counts", DB_SHARE, 0, &err));
		done(db_begin(other, &err));
		traffic_transaction(20);
		/* New definitions too. */
		if (i == 2)
			make_definitions();
		expect(true, false);
		db_rollback(other);
		db_close(other);
		if (i == 1)
			expect(true, true);
	}
	expect(true, true);
}

/* The file is there, and has nothing yet. */
static void
a_file_that_another_program_begins_is_done_without(void **state)
{
	struct db *other;

	(void)state;
	traffic_transaction(40);
	assert_int_equal(folder_put_text("t.db.counts", ""), 0);
	done(db_open(&other, "t.db.counts", DB_SHARE, 0, &err));
	done(db_begin(other, &err));
	expect(false, false);
	db_rollback(other);
	db_close(other);
}

/* A program that reads the file for long holds up the commit. */
static void
a_reader_does_not_make_it_fail(void **state)
{
	struct db *other;
	int64_t ignored;

	(void)state;
	traffic_transaction(40);
	expect(true, true);
	done(db_open(&other, "t.db.counts", DB_SHARE_READ, 0, &err));
	done(db_run(other, "BEGIN", &err));
	done(db_integer(other, "SELECT count(*) FROM count_groups", 0, &ignored, &err));
	expect(true, true); /* nothing is new */
	traffic_transaction(20);
	expect(true, false);
	done(db_run(other, "ROLLBACK", &err));
	expect(true, true);
	db_close(other);
}

/* While a count is open, others may write the database and the file. */
static void
a_count_sees_one_moment(void **state)
{
	const struct count_options options = { .path = NULL };
	struct count *count;
	struct db *reader;

	(void)state;
	traffic_transaction(40);
	expect(true, true);
	done(store_open(&reader, "t.db", DB_READ, 1000, &err));
	done(count_open(&count, reader, definitions, DEFINITIONS, &options, &err));
	/* The traffic is new, so that it is none of its. */
	{
		size_t before = model_count;

		traffic_transaction(30);
		for (size_t i = before; i < model_count; i++)
			model_events[i].is_uncounted = true;
	}
	for (size_t i = 0; i < DEFINITIONS; i++)
		reading_expect(count, i, &made[i]);
	count_close(count);
	db_close(reader);
}

static void
an_exclusive_lock_is_an_error_of_the_file(void **state)
{
	const struct count_options options = { .path = NULL };
	struct count *count;
	struct db *other;

	(void)state;
	traffic_transaction(40);
	expect(true, true);
	done(db_open(&other, "t.db.counts", DB_SHARE, 0, &err));
	done(db_run(other, "BEGIN EXCLUSIVE", &err));
	assert_int_equal(count_open(&count, db, definitions, DEFINITIONS, &options, &err), -1);
	assert_int_equal(err.exit_code, EXIT_AGAIN);
	done(db_run(other, "ROLLBACK", &err));
	db_close(other);
	expect(true, true);
}

static void
no_definitions_are_fine(void **state)
{
	const struct count_options options = { .path = NULL };
	struct count *count;

	(void)state;
	traffic_transaction(20);
	done(count_open(&count, db, NULL, 0, &options, &err));
	count_close(count);
	count_close(NULL);
}

/* A database of an older version has no identity, and no ledger of what is new. */
static void
a_database_of_an_older_version_is_counted_from_rows(void **state)
{
	(void)state;
	traffic_transaction(80);
	done(db_run(db, "DROP TABLE store_identity; DROP TABLE batch_pieces;"
	    "DROP TABLE departures", &err));
	expect(false, false);
	assert_int_equal(access("t.db.counts", F_OK), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_COUNTS(only_what_is_new_is_read),
		TEST_COUNTS(it_is_right_after_each_transaction),
		TEST_COUNTS(a_writer_is_not_waited_for),
		TEST_COUNTS(a_file_that_another_program_begins_is_done_without),
		TEST_COUNTS(a_reader_does_not_make_it_fail),
		TEST_COUNTS(a_count_sees_one_moment),
		TEST_COUNTS(an_exclusive_lock_is_an_error_of_the_file),
		TEST_COUNTS(no_definitions_are_fine),
		TEST_COUNTS(a_database_of_an_older_version_is_counted_from_rows),
	};

	return cmocka_run_group_tests_name("count", tests, NULL, NULL);
}
