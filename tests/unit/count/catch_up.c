/* SPDX-License-Identifier: ISC
 *
 * Counts that follow a database, in steps: always those that a count of all its rows
 * would have, whatever comes late, twice or again, and whichever definitions were asked
 * for before.
 */
#include "count/catch_up.h"
#include "store/row_store.h"
#include "tests/unit/count/traffic.h"

#define DEFINITIONS 6

static struct db *counts;
static struct count_base *base;
static struct model_definition made[DEFINITIONS];
static struct count_wanted wanted[DEFINITIONS];

static void
open_stores(void)
{
	done(store_open(&db, DB_TEMPORARY, DB_WRITE, 0, &err));
	done(ledger_open(&ledger, db, &err));
	done(db_open(&counts, DB_TEMPORARY, DB_WRITE, 0, &err));
	done(count_base_begin(counts, "store", NOW_MS, &err));
	done(count_base_open(&base, counts, NULL, &err));
	traffic_start();
}

static void
close_stores(void)
{
	traffic_stop();
	count_base_close(base);
	db_close(counts);
	close_all();
}

static bool
is_wanted(const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(wanted[i].text, text) == 0)
			return true;
	return false;
}

static void
make_definitions(void)
{
	for (size_t i = 0; i < DEFINITIONS;) {
		struct buf text = BUF_EMPTY;

		made[i] = model_any_definition();
		slo_definition_text(&text, &made[i].definition);
		if (is_wanted(buf_text(&text), i)) {
			buf_release(&text);
			continue;
		}
		wanted[i] = (struct count_wanted){ .definition = made[i].definition,
			.text = text.data };
		i++;
	}
}

static void
release_definitions(void)
{
	for (size_t i = 0; i < DEFINITIONS; i++)
		free(wanted[i].text);
}

static int
enter_stores(void **state)
{
	(void)state;
	random_start();
	open_stores();
	make_definitions();
	return 0;
}

static int
leave_stores(void **state)
{
	(void)state;
	release_definitions();
	close_stores();
	return 0;
}

/* Makes one step, in one transaction and one snapshot. */
static int
step(struct count_wanted *some, size_t count, int64_t max_rows, int64_t *row_count)
{
	int result;

	done(db_begin(counts, &err));
	done(db_run(db, "BEGIN", &err));
	result = count_catch_up(base, db, some, count, max_rows, row_count, &err);
	done(result);
	done(db_run(db, "ROLLBACK", &err));
	done(db_commit(counts, &err));
	return result;
}

/* Brings some of the definitions up to date, and returns how many rows were read. */
static int64_t
catch_up(struct count_wanted *some, size_t count, int64_t max_rows)
{
	int64_t row_count = 0;

	while (step(some, count, max_rows, &row_count) == 1)
		;
	return row_count;
}

static void
expect_all(size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		traffic_expect(counts, wanted[i].no, &made[i]);
}

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

/* What the list of events and the sources were at a time. */
struct past {
	struct model_event events[MODEL_EVENTS];
	size_t count, letter_count;
	struct traffic_letter letters[TRAFFIC_LETTERS];
	int64_t positions[TRAFFIC_SOURCES];
};

static void
remember(struct past *past, const char *path)
{
	struct buf sql = BUF_EMPTY;

	buf_printf(&sql, "VACUUM INTO '%s'", path);
	done(db_run(db, buf_text(&sql), &err));
	buf_release(&sql);
	memcpy(past->events, model_events, sizeof(past->events));
	memcpy(past->letters, traffic_letters, sizeof(past->letters));
	memcpy(past->positions, traffic_positions, sizeof(past->positions));
	past->count = model_count;
	past->letter_count = traffic_letter_count;
}

/* Puts the copy in the place of the database. */
static void
go_back(const struct past *past, const char *path)
{
	int64_t now_ms = traffic_now_ms;

	traffic_stop();
	close_all();
	done(store_open(&db, path, DB_WRITE, 1000, &err));
	done(ledger_open(&ledger, db, &err));
	traffic_start();
	memcpy(model_events, past->events, sizeof(past->events));
	memcpy(traffic_letters, past->letters, sizeof(past->letters));
	memcpy(traffic_positions, past->positions, sizeof(past->positions));
	model_count = past->count;
	traffic_letter_count = past->letter_count;
	traffic_now_ms = now_ms;
}

/* The copy may be used as it is, or other transactions follow there. */
static void
an_older_copy_is_counted_afresh(void **state)
{
	static struct past past;
	char path[20];

	(void)state;
	for (int round = 0; round < 6; round++) {
		for (int i = 0; i < 3; i++)
			traffic_transaction(20);
		if (round % 2 == 0)
			catch_up(wanted, 3, 50);
		snprintf(path, sizeof(path), "%d.db", round);
		remember(&past, path);
		for (int i = 0; i < 3; i++) {
			traffic_transaction(20);
			if (random_below(2) == 0)
				catch_up(wanted + 1, 4, 50);
		}
		go_back(&past, path);
		for (size_t i = random_below(6); i > 0; i--)
			traffic_transaction(20);
		catch_up(wanted, DEFINITIONS, 50);
		expect_all(0, DEFINITIONS);
	}
}

/* Archives rows of the table older than a time, as tel-archive does. What is counted
 * keeps them. listed_batch_no is that of the departures, -1 for none. */
static void
pack(int64_t before_ms, int64_t listed_batch_no)
{
	struct row_remover *remover;

	done(row_remover_open(&remover, db, "http_events", "/archive", listed_batch_no,
	    &err));
	done(db_begin(db, &err));
	for (size_t i = 0; i < model_count; i++)
		if (model_events[i].ts_ms < before_ms)
			done(row_remover_remove(remover, model_events[i].id,
			    model_events[i].ts_ms, &err));
	done(row_remover_finish(remover, traffic_now_ms, &err));
	row_remover_close(remover);
	if (listed_batch_no < 0)
		done(db_run(db, "UPDATE departures SET listed_batch_no = NULL"
		    " WHERE listed_batch_no < 0", &err));
	done(db_commit(db, &err));
}

static void
forget_before(int64_t before_ms)
{
	for (size_t i = 0; i < model_count; i++)
		if (model_events[i].ts_ms < before_ms)
			model_events[i].is_uncounted = true;
}

static int64_t
integer(struct db *from, const char *sql)
{
	int64_t value;

	done(db_integer(from, sql, -1, &value, &err));
	return value;
}

static void
misses_are(int64_t no, int64_t count)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM count_missing"
	    " WHERE definition_no = %lld", (long long)no);
	assert_int_equal(integer(counts, sql), count);
}

static int64_t
last_batch(void)
{
	return integer(db, "SELECT max(no) FROM batches");
}

/* Rows that left after they were counted stay in the counts. */
static void
counted_rows_may_leave(void **state)
{
	int64_t before_ms = TRAFFIC_FROM_MS + 3 * COUNT_DAY_MS;
	size_t packed;

	(void)state;
	for (int i = 0; i < 8; i++)
		traffic_transaction(30);
	catch_up(wanted, 4, 50);
	packed = model_count;
	pack(before_ms, last_batch());
	for (int i = 0; i < 8; i++)
		traffic_transaction(30);
	catch_up(wanted, 4, 50);
	expect_all(0, 4);
	misses_are(wanted[0].no, 0);
	/* A definition that comes later has only the rows that are left, and those that
	 * came late. */
	for (size_t i = 0; i < packed; i++)
		model_events[i].is_uncounted = model_events[i].ts_ms < before_ms;
	catch_up(wanted, DEFINITIONS, 50);
	expect_all(4, DEFINITIONS);
	misses_are(wanted[4].no, integer(db, "SELECT count(*) FROM departures"));
}

/* Some of the rows were counted, and it is not known which. */
static void
rows_that_leave_before_they_are_counted_are_missing(void **state)
{
	(void)state;
	for (int how = 0; how < 2; how++) {
		int64_t listed_batch_no = -1, read = 0;

		for (int i = 0; i < 8; i++)
			traffic_transaction(30);
		if (how == 0) { /* counted, but the departure says nothing */
			catch_up(wanted, 4, 50);
		} else { /* in part */
			(void)step(wanted, 4, 20, &read);
			listed_batch_no = last_batch();
		}
		pack(traffic_now_ms - COUNT_DAY_MS, listed_batch_no);
		forget_before(traffic_now_ms - COUNT_DAY_MS);
		catch_up(wanted, DEFINITIONS, 50);
		expect_all(0, DEFINITIONS);
		for (int i = 0; i < DEFINITIONS; i++)
			misses_are(wanted[i].no, integer(db,
			    "SELECT count(*) FROM departures"));
	}
}

/* Rows of another table that leave are none of its. */
static void
departures_of_other_tables_are_passed_over(void **state)
{
	(void)state;
	traffic_transaction(50);
	catch_up(wanted, DEFINITIONS, 50);
	done(db_run(db, "INSERT INTO departures (transaction_no, table_name, row_count,"
	    " archive, committed_ms) VALUES (1, 'rate_events', 5, '', 5)", &err));
	assert_int_equal(catch_up(wanted, DEFINITIONS, 50), 0);
	expect_all(0, DEFINITIONS);
	misses_are(wanted[0].no, 0);
	assert_int_equal(wanted[0].mark.departure_no, 1);
	/* Of several tables, which an older version did not tell apart. */
	done(db_run(db, "INSERT INTO departures (transaction_no, table_name, row_count,"
	    " archive, committed_ms) VALUES (1, '', 5, '', 5)", &err));
	assert_true(catch_up(wanted, DEFINITIONS, 50) > 0);
	expect_all(0, DEFINITIONS);
	misses_are(wanted[0].no, 1);
}

/* A copy from before a departure that was seen: later ones may have its number. */
static void
a_departure_that_is_gone_is_noticed(void **state)
{
	static struct past past;
	int64_t read = 0;

	(void)state;
	traffic_transaction(50);
	catch_up(wanted, DEFINITIONS, 50);
	traffic_transaction(20);
	traffic_transaction(20);
	remember(&past, "before.db");
	/* It was seen, and the counting went on to a batch that the copy has. */
	done(db_run(db, "INSERT INTO departures (transaction_no, table_name, row_count,"
	    " archive, committed_ms) VALUES (4, 'rate_events', 5, '', 5)", &err));
	(void)step(wanted, DEFINITIONS, 1, &read);
	assert_int_equal(wanted[0].mark.departure_no, 1);
	go_back(&past, "before.db");
	(void)step(wanted, DEFINITIONS, 1, &read);
	assert_int_equal(wanted[0].mark.departure_no, 0);
	catch_up(wanted, DEFINITIONS, 50);
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

#define TEST_STORES(function) \
	cmocka_unit_test_setup_teardown(function, enter_stores, leave_stores)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_are_those_of_all_rows),
		TEST_STORES(steps_are_short),
		TEST_STORES(a_step_that_is_undone_is_made_again),
		TEST_STORES(another_program_goes_on),
		TEST_STORES(an_older_copy_is_counted_afresh),
		TEST_STORES(counted_rows_may_leave),
		TEST_STORES(rows_that_leave_before_they_are_counted_are_missing),
		TEST_STORES(departures_of_other_tables_are_passed_over),
		TEST_STORES(a_departure_that_is_gone_is_noticed),
		TEST_STORES(who_finds_nothing_new_writes_nothing),
		TEST_STORES(all_rows_are_counted_without_a_ledger),
		TEST_STORES(rows_between_times_are_counted),
	};

	return cmocka_run_group_tests_name("catch_up", tests, folder_enter, folder_leave);
}
