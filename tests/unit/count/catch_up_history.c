/* SPDX-License-Identifier: ISC
 *
 * Counts of a database that was put back to an older copy, and of one that rows leave:
 * what is not known any more is begun anew, or marked as missing.
 */
#include "store/row_store.h"
#include "tests/unit/count/steps.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_STORES(an_older_copy_is_counted_afresh),
		TEST_STORES(counted_rows_may_leave),
		TEST_STORES(rows_that_leave_before_they_are_counted_are_missing),
		TEST_STORES(departures_of_other_tables_are_passed_over),
		TEST_STORES(a_departure_that_is_gone_is_noticed),
	};

	return cmocka_run_group_tests_name("catch_up_history", tests, folder_enter,
	    folder_leave);
}
