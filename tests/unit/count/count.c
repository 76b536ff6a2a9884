/* SPDX-License-Identifier: ISC
 *
 * Counts as programs open them: from the file, beside it, and from rows alone, the numbers
 * are the same, whatever becomes of the file.
 */
#include "count/count.h"
#include "count/file.h"
#include "tests/unit/count/reading.h"

#include <sys/stat.h>

#define DEFINITIONS 8

static struct model_definition made[DEFINITIONS];
static struct slo_definition definitions[DEFINITIONS];

/* Some may be the same. */
static void
make_definitions(void)
{
	for (size_t i = 0; i < DEFINITIONS; i++) {
		made[i] = i == 5 ? made[2] : model_any_definition();
		definitions[i] = made[i].definition;
	}
}

static int
enter_counts(void **state)
{
	if (enter(state) < 0)
		return -1;
	random_start();
	traffic_start();
	make_definitions();
	return 0;
}

static int
leave_counts(void **state)
{
	traffic_stop();
	return leave(state);
}

static struct count *
open_counts(const struct count_options *options)
{
	struct count *count;

	done(count_open(&count, db, definitions, DEFINITIONS, options, &err));
	for (size_t i = 0; i < DEFINITIONS; i++)
		reading_expect(count, i, &made[i]);
	return count;
}

/* Opens, compares and closes; the file is used, or written, or not. */
static void
expect(bool has_file, bool is_written)
{
	const struct count_options options = { .path = NULL };
	struct count *count = open_counts(&options);

	assert_int_equal(count_report(count)->has_file, has_file);
	assert_int_equal(count_report(count)->is_file_written, is_written);
	count_close(count);
}

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

/* Reads what there is, whatever it says. */
static int
pass_over(struct count *count, const struct count_visit *visit, struct count_row *row,
    struct err *failure)
{
	char *values[SLO_MAX_GROUP] = { NULL };

	if (count_read_group(count, visit->group_no, values, SLO_MAX_GROUP, failure) < 0)
		return -1;
	for (size_t i = 0; i < SLO_MAX_GROUP; i++)
		free(values[i]);
	return count_row_read(row, visit->bytes, visit->len, failure);
}

static int
pass_hour(void *count, const struct count_visit *visit, struct err *failure)
{
	struct count_row row;

	count_row_init_hour(&row, visit->from_ms);
	return pass_over(count, visit, &row, failure);
}

static int
pass_day(void *count, const struct count_visit *visit, struct err *failure)
{
	struct count_row row;

	count_row_init_day(&row, visit->from_ms);
	return pass_over(count, visit, &row, failure);
}

/* Returns whether it could be read. */
static bool
read_all(struct count *count)
{
	for (size_t i = 0; i < DEFINITIONS; i++)
		if (count_read_days(count, i, 0, INT64_MAX / 2, pass_day, count, &err) < 0 ||
		    count_read_hours(count, i, 0, INT64_MAX / 2, pass_hour, count,
		    &err) < 0 ||
		    count_read_totals(count, i, pass_day, count, &err) < 0)
			return false;
	return true;
}

/* The numbers are those of the rows, or it is an error that goes away without the file. */
static void
a_damaged_file_is_noticed(void **state)
{
	static const char *const damages[] = {
		"UPDATE count_days SET hours = x'00ff', good = -1",
		"UPDATE count_hours SET minutes = x'ff'",
		"UPDATE count_totals SET newest_ms = -5",
		"DROP TABLE count_totals",
		"DELETE FROM count_groups",
	};
	const struct count_options alone = { .has_no_file = true };

	(void)state;
	traffic_transaction(100);
	expect(true, true);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		const struct count_options options = { .path = NULL };
		struct count *count;
		struct db *other;
		bool is_noticed;

		done(db_open(&other, "t.db.counts", DB_SHARE, 1000, &err));
		done(db_run(other, damages[i], &err));
		db_close(other);
		is_noticed = count_open(&count, db, definitions, DEFINITIONS, &options,
		    &err) < 0;
		if (!is_noticed) {
			is_noticed = !read_all(count);
			count_close(count);
		}
		assert_true(is_noticed);
		count_close(open_counts(&alone));
		assert_int_equal(unlink("t.db.counts"), 0);
		expect(true, true);
	}
}

/* Any bytes: an error, or numbers; never the end of the program. */
static void
any_damage_is_withstood(void **state)
{
	const struct count_options options = { .path = NULL };
	static char bytes[1 << 20];
	size_t len;
	FILE *stream;
	int opened = 0;

	(void)state;
	traffic_transaction(100);
	expect(true, true);
	stream = fopen("t.db.counts", "re");
	len = fread(bytes, 1, sizeof(bytes), stream);
	fclose(stream);
	for (int round = 0; round < 100; round++) {
		struct count *count;
		char old[16];
		size_t at = random_below(len - sizeof(old));

		memcpy(old, bytes + at, sizeof(old));
		for (size_t i = 0; i < 1 + random_below(sizeof(old)); i++)
			bytes[at + i] = (char)random_next();
		assert_int_equal(folder_put("t.db.counts", bytes,
		    round % 10 == 0 ? random_below(len) : len), 0);
		memcpy(bytes + at, old, sizeof(old));
		if (count_open(&count, db, definitions, DEFINITIONS, &options, &err) < 0)
			continue;
		opened++;
		(void)read_all(count);
		count_close(count);
	}
	assert_true(opened > 0);
}

static void
what_is_no_file_of_counts_is_an_error(void **state)
{
	const struct count_options own = { .path = "t.db" }, options = { .path = NULL };
	struct count *count;

	(void)state;
	traffic_transaction(20);
	assert_int_equal(count_open(&count, db, definitions, DEFINITIONS, &own, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
	assert_int_equal(folder_put_text("t.db.counts", "something else"), 0);
	assert_int_equal(count_open(&count, db, definitions, DEFINITIONS, &options, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
	/* The database has no transaction that was left open. */
	traffic_transaction(5);
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

#define TEST_COUNTS(function) \
	cmocka_unit_test_setup_teardown(function, enter_counts, leave_counts)

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
		TEST_COUNTS(a_damaged_file_is_noticed),
		TEST_COUNTS(any_damage_is_withstood),
		TEST_COUNTS(what_is_no_file_of_counts_is_an_error),
		TEST_COUNTS(no_definitions_are_fine),
		TEST_COUNTS(a_database_of_an_older_version_is_counted_from_rows),
	};

	return cmocka_run_group_tests_name("count", tests, NULL, NULL);
}
