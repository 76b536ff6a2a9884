/* SPDX-License-Identifier: ISC
 *
 * The file of counts is brought up to date before rows leave the database, so that nothing
 * is missing of what any of its definitions counts.
 */
#include "count/bring_up.h"
#include "count/base.h"
#include "tests/unit/count/archived.h"
#include "tests/unit/count/opened.h"
#include "tests/unit/nobody.h"

#include <sys/wait.h>


static const struct count_options options = { .path = NULL };

/* Counts some of the definitions in the file. */
static void
count_some(size_t first, size_t end)
{
	struct count *count;

	done(count_open(&count, db, definitions + first, end - first, &options, &err));
	count_close(count);
}

static void
bring_up(void)
{
	done(count_bring_up_to_date(db, &err));
}

static int64_t
file_integer(const char *sql)
{
	struct db *file = open_counts_file();
	int64_t value;

	done(db_integer(file, sql, -1, &value, &err));
	db_close(file);
	return value;
}

/* The file has all events for a definition. */
static void
expect_in_file(const struct model_definition *definition)
{
	struct db *file = open_counts_file();
	struct count_base *base;
	struct buf text = BUF_EMPTY;
	struct count_mark mark;
	int64_t no;

	slo_definition_text(&text, &definition->definition);
	done(count_base_open(&base, file, NULL, &err));
	assert_int_equal(count_base_find(base, buf_text(&text), &no, &mark, &err), 1);
	assert_int_equal(mark.batch_no, archived_last_batch());
	traffic_expect(file, no, definition);
	count_base_close(base);
	db_close(file);
	buf_release(&text);
}

static void
no_file_is_made(void **state)
{
	(void)state;
	traffic_transaction(20);
	bring_up();
	assert_int_equal(access("t.db.counts", F_OK), -1);
}

/* They have been counted up to different times, in files of one and of all. */
static void
all_definitions_are_brought_up(void **state)
{
	(void)state;
	for (int round = 0; round < 6; round++) {
		for (size_t i = 0; i < DEFINITIONS; i++) {
			traffic_transaction(15);
			if (random_below(3) > 0 || round == 5)
				count_some(i, i + 1 + random_below(DEFINITIONS - i));
		}
		traffic_transaction(15);
		if (access("t.db.counts", F_OK) == 0)
			bring_up();
	}
	for (size_t i = 0; i < DEFINITIONS; i++)
		expect_in_file(&made[i]);
}

/* Who asks next for them reads no rows, though all have left. */
static void
nothing_is_missing_when_rows_leave(void **state)
{
	struct count *count;

	(void)state;
	for (int i = 0; i < 4; i++)
		traffic_transaction(30);
	count_some(0, DEFINITIONS);
	for (int i = 0; i < 4; i++)
		traffic_transaction(30);
	bring_up();
	archived_remove(0, INT64_MAX, archived_last_batch());
	count = open_counts(&options);
	assert_int_equal(count_report(count)->row_count, 0);
	assert_true(count_departures(count)->count > 0);
	for (size_t i = 0; i < count_departures(count)->count; i++)
		assert_false(count_is_missing(count, 0, i));
	count_close(count);
}

/* Nobody asked for the definitions: they are as near to be forgotten as before. */
static void
bringing_up_is_not_asking(void **state)
{
	(void)state;
	traffic_transaction(30);
	count_some(0, 1);
	change_counts_file("UPDATE count_definitions SET asked_ms = 5");
	traffic_transaction(30);
	bring_up();
	assert_int_equal(file_integer("SELECT asked_ms FROM count_definitions"), 5);
	expect_in_file(&made[0]);
}

/* Holds the lock of the file for a while, in a child. Returns when it has it. */
static pid_t
hold_file(int milliseconds)
{
	int ends[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		struct db *file;

		if (db_open(&file, "t.db.counts", DB_SHARE, 1000, &err) < 0 ||
		    db_begin(file, &err) < 0 || write(ends[1], "x", 1) != 1)
			_exit(1);
		usleep((useconds_t)milliseconds * 1000);
		_exit(0);
	}
	close(ends[1]);
	assert_true(pid > 0 && read(ends[0], &byte, 1) == 1);
	close(ends[0]);
	return pid;
}

/* Another program that writes the file is waited for. */
static void
a_writer_is_waited_for(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	traffic_transaction(30);
	count_some(0, DEFINITIONS);
	traffic_transaction(30);
	pid = hold_file(300);
	bring_up();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	for (size_t i = 0; i < DEFINITIONS; i++)
		expect_in_file(&made[i]);
}

static void
expect_failure(int exit_code)
{
	assert_int_equal(count_bring_up_to_date(db, &err), -1);
	assert_int_equal(err.exit_code, exit_code);
	/* The database can be used. */
	traffic_transaction(5);
}

static void
a_file_that_is_something_else_stays(void **state)
{
	char *text;

	(void)state;
	traffic_transaction(30);
	assert_int_equal(folder_put_text("t.db.counts", "no database, but a text of some bytes"),
	    0);
	expect_failure(EXIT_DATA);
	text = folder_get("t.db.counts");
	assert_non_null(strstr(text, "no database"));
	free(text);
}

/* All or nothing is brought up. */
static void
a_definition_that_nobody_can_read_is_an_error(void **state)
{
	int64_t before;

	(void)state;
	traffic_transaction(30);
	count_some(0, 2);
	change_counts_file("INSERT INTO count_definitions SELECT 99, 'x', 'what?', batch_no,"
	    " transaction_no, committed_ms, departure_no, asked_ms, since_ms"
	    " FROM count_definitions LIMIT 1");
	before = file_integer("SELECT sum(batch_no) FROM count_definitions");
	traffic_transaction(30);
	expect_failure(EXIT_DATA);
	assert_int_equal(file_integer("SELECT sum(batch_no) FROM count_definitions"), before);
	change_counts_file("DELETE FROM count_definitions WHERE no = 99");
	bring_up();
	expect_in_file(&made[0]);
	expect_in_file(&made[1]);
}

static int
bring_up_as_reader(void)
{
	struct db *own;

	if (store_open(&own, "t.db", DB_READ, 1000, &err) < 0)
		return 1;
	if (count_bring_up_to_date(own, &err) == 0)
		return 2;
	if (strstr(err.text, "t.db.counts: may not be written") == NULL)
		return 3;
	return err.exit_code;
}

static void
who_may_not_write_the_file_is_told(void **state)
{
	(void)state;
	assert_int_equal(chmod(".", 0755), 0);
	assert_int_equal(chmod("t.db", 0644), 0);
	traffic_transaction(30);
	count_some(0, 1);
	traffic_stop();
	close_all();
	assert_int_equal(as_nobody(bring_up_as_reader), EXIT_CREATE);
	open_all();
	traffic_start();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_COUNTS(no_file_is_made),
		TEST_COUNTS(all_definitions_are_brought_up),
		TEST_COUNTS(nothing_is_missing_when_rows_leave),
		TEST_COUNTS(bringing_up_is_not_asking),
		TEST_COUNTS(a_writer_is_waited_for),
		TEST_COUNTS(a_file_that_is_something_else_stays),
		TEST_COUNTS(a_definition_that_nobody_can_read_is_an_error),
		TEST_COUNTS(who_may_not_write_the_file_is_told),
	};

	return cmocka_run_group_tests_name("bring_up", tests, NULL, NULL);
}
