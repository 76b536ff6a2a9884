/* SPDX-License-Identifier: ISC
 *
 * What the ledger says is new: each row once, in whole transactions, whatever came
 * between or twice; where rows of a time are; and what left.
 */
#include "store/news.h"
#include "store/event_id.h"
#include "tests/unit/random.h"
#include "tests/unit/store/ledger_open.h"

#define MAX_ROWS 3000

/* Rows that were stored, and in which transaction. */
static struct stored {
	int64_t id, ts_ms, transaction_no;
} rows[MAX_ROWS];
static size_t row_count;
static int64_t now_ms;

static void
store(struct ledger_source *source, int64_t position, int64_t ts_ms)
{
	ledger_take(ledger, source, position, position + 1);
	ledger_count(ledger, source, position, position + 1, 1, LEDGER_INSERTED, 1);
	ledger_count_row(ledger, source, position, ts_ms, NULL, 0);
	rows[row_count++] = (struct stored){ ledger_id(source, position), ts_ms,
		ledger_transaction_no(ledger) };
}

static void
refuse(struct ledger_source *source, int64_t position)
{
	ledger_take_dead(ledger, source, position, position + 1);
	ledger_count(ledger, source, position, position + 1, 1, LEDGER_DEAD, 1);
}

/* Takes new positions, in any order, of which some are refused. */
static void
any_transaction(size_t line_count)
{
	static const char *const names[] = { "a", "b", "c" };

	begin();
	for (size_t i = 0; i < line_count; i++) {
		struct ledger_source *source = producer(names[random_below(3)]);
		int64_t position = (int64_t)random_below(1000);

		if (ledger_has(source, position))
			ledger_count(ledger, source, position, position + 1, 1,
			    LEDGER_DUPLICATE, 1);
		else if (random_below(4) == 0)
			refuse(source, position);
		else
			store(source, position, (int64_t)random_below(100000));
	}
	now_ms += (int64_t)random_below(3);
	done(ledger_finish(ledger, now_ms, false, &err));
	done(db_commit(db, &err));
}

static struct news
read_news(int64_t after, int64_t last, int64_t max_rows, int expected)
{
	struct news news;
	int result = news_read(db, after, last, max_rows, &news, &err);

	done(result);
	assert_int_equal(result, expected);
	return news;
}

/* Returns how many positions the ranges have. */
static int64_t
size_of(const struct ranges *ids)
{
	int64_t size = 0;

	for (size_t i = 0; i < ids->count; i++)
		size += ids->items[i].until - ids->items[i].from;
	return size;
}

/* The news have the rows of transactions up to one that no news had, and nothing else. */
static int64_t
check_news(const struct news *news, int64_t after_transaction)
{
	int64_t count = 0;

	for (size_t i = 0; i < row_count; i++) {
		bool is_new = rows[i].transaction_no > after_transaction &&
		    rows[i].transaction_no <= news->transaction_no;

		assert_int_equal(ranges_have(&news->ids, rows[i].id), is_new);
		count += is_new;
	}
	assert_int_equal(news->row_count, count);
	assert_int_equal(size_of(&news->ids), count);
	return count;
}

static int64_t
rows_of(int64_t transaction_no)
{
	int64_t count = 0;

	for (size_t i = 0; i < row_count; i++)
		count += rows[i].transaction_no == transaction_no;
	return count;
}

static void
each_row_is_new_once(void **state)
{
	(void)state;
	random_start();
	for (int round = 0; round < 15; round++) {
		int64_t after = 0, transaction_no = 0;
		int64_t max_rows = 1 + (int64_t)random_below(60);
		size_t seen = 0;

		row_count = 0;
		done(db_run(db, "DELETE FROM batches; DELETE FROM batch_pieces;"
		    "DELETE FROM source_ranges", &err));
		ledger_forget(ledger);
		for (int i = 0; i < 15; i++)
			any_transaction(random_below(40));
		for (;;) {
			struct news news;
			int result = news_read(db, after, INT64_MAX, max_rows, &news, &err);
			int64_t count;

			done(result);
			if (result == 0)
				break;
			count = check_news(&news, transaction_no);
			seen += (size_t)count;
			/* Not too much without the last transaction. */
			assert_true(count - rows_of(news.transaction_no) <= max_rows);
			after = news.batch_no;
			transaction_no = news.transaction_no;
			news_release(&news);
		}
		assert_int_equal(seen, row_count);
	}
}

static void
a_ledger_without_batches_has_no_news(void **state)
{
	struct news news = read_news(0, INT64_MAX, 10, 0);

	(void)state;
	assert_int_equal(news.batch_no, 0);
	news_release(&news);
	done(news_last(db, &news, &err));
	assert_int_equal(news.batch_no, 0);
	assert_int_equal(news.committed_ms, 0);
}

static void
news_end_where_they_should(void **state)
{
	struct news news;

	(void)state;
	row_count = 0;
	for (int i = 0; i < 4; i++) {
		begin();
		store(producer("a"), 10 * i, 5);
		store(producer("b"), 10 * i, 5);
		commit();
	}
	news = read_news(2, 4, 100, 1);
	assert_int_equal(news.batch_no, 4);
	assert_int_equal(news.transaction_no, 2);
	assert_true(news.committed_ms == NOW_MS);
	assert_int_equal(news.row_count, 2);
	news_release(&news);
	news = read_news(8, INT64_MAX, 100, 0);
	news_release(&news);
	done(news_last(db, &news, &err));
	assert_int_equal(news.batch_no, 8);
	assert_int_equal(news.transaction_no, 4);
	assert_true(news.committed_ms == NOW_MS);
	/* Both batches of a transaction, however few rows were wanted. */
	news = read_news(0, INT64_MAX, 1, 1);
	assert_int_equal(news.batch_no, 2);
	news_release(&news);
	/* Transactions of no rows cost nothing. */
	for (int i = 0; i < 3; i++) {
		begin();
		refuse(producer("a"), 1000 + i);
		commit();
	}
	news = read_news(8, INT64_MAX, 1, 1);
	assert_int_equal(news.batch_no, 11);
	assert_int_equal(news.row_count, 0);
	assert_int_equal(news.ids.count, 0);
	news_release(&news);
}

/* An older version wrote hulls only. Rows that came later in one of them have pieces. */
static void
hulls_of_an_older_version_come_at_once(void **state)
{
	struct news news;

	(void)state;
	row_count = 0;
	for (int i = 0; i < 3; i++) {
		begin();
		for (int k = 0; k < 10; k += 2)
			store(producer("a"), 10 * i + k, 5);
		commit();
	}
	done(db_run(db, "DELETE FROM batch_pieces; UPDATE store_identity SET pieces_since = 3",
	    &err));
	/* Dead letters of old transactions, that are replayed. */
	begin();
	store(producer("a"), 3, 5);
	store(producer("a"), 25, 5);
	store(producer("a"), 40, 5);
	commit();
	news = read_news(0, INT64_MAX, 1, 1);
	assert_int_equal(news.batch_no, 3);
	assert_int_equal(news.row_count, 15);
	for (size_t i = 0; i < row_count; i++)
		assert_int_equal(ranges_have(&news.ids, rows[i].id), i < 15);
	news_release(&news);
	news = read_news(3, INT64_MAX, 1, 1);
	assert_int_equal(news.batch_no, 4);
	for (size_t i = 0; i < row_count; i++)
		assert_int_equal(ranges_have(&news.ids, rows[i].id), i >= 15);
	news_release(&news);
	/* Both at once, too. */
	news = read_news(0, INT64_MAX, 100, 1);
	assert_int_equal(news.batch_no, 4);
	for (size_t i = 0; i < row_count; i++)
		assert_true(ranges_have(&news.ids, rows[i].id));
	news_release(&news);
}

static void
rows_of_a_time_are_found(void **state)
{
	(void)state;
	random_start();
	row_count = 0;
	for (int i = 0; i < 20; i++)
		any_transaction(random_below(30));
	for (int round = 0; round < 300; round++) {
		int64_t from_ms = (int64_t)random_below(100000);
		int64_t last_ms = from_ms + (int64_t)random_below(2000);
		struct ranges ids;

		if (round % 3 == 0)
			from_ms = last_ms = rows[random_below(row_count)].ts_ms;
		done(news_between(db, from_ms, last_ms, &ids, &err));
		for (size_t i = 0; i < row_count; i++)
			if (rows[i].ts_ms >= from_ms && rows[i].ts_ms <= last_ms)
				assert_true(ranges_have(&ids, rows[i].id));
		ranges_release(&ids);
	}
}

/* Times of one transaction are not looked for in those of others. */
static void
other_transactions_are_left_out(void **state)
{
	struct ranges ids;

	(void)state;
	row_count = 0;
	for (int i = 0; i < 5; i++) {
		begin();
		store(producer("a"), i, 1000 * i);
		store(producer("a"), 100 + i, 1000 * i + 500);
		commit();
	}
	done(news_between(db, 2501, 3499, &ids, &err));
	assert_int_equal(ids.count, 1);
	assert_true(ids.items[0].from == store_id(1, 3));
	ranges_release(&ids);
	done(news_between(db, 4501, 9000, &ids, &err));
	assert_int_equal(ids.count, 0);
	ranges_release(&ids);
}

static void
another_history_is_not_known(void **state)
{
	(void)state;
	row_count = 0;
	begin();
	store(producer("a"), 1, 5);
	store(producer("b"), 1, 5);
	commit();
	assert_int_equal(news_is_known(db, 0, 9, 9, &err), 1);
	assert_int_equal(news_is_known(db, 1, 1, NOW_MS, &err), 1);
	assert_int_equal(news_is_known(db, 2, 1, NOW_MS, &err), 1);
	assert_int_equal(news_is_known(db, 3, 1, NOW_MS, &err), 0);
	assert_int_equal(news_is_known(db, 2, 2, NOW_MS, &err), 0);
	assert_int_equal(news_is_known(db, 2, 1, NOW_MS + 1, &err), 0);
}

static void
departures_are_read(void **state)
{
	struct departures departures;

	(void)state;
	done(departures_read(db, 0, &departures, &err));
	assert_int_equal(departures.count, 0);
	departures_release(&departures);
	done(db_run(db, "INSERT INTO departures VALUES (1, 5, 'http_events', '2026-01-01', 7,"
	    " 100, 200, '/archive', 300, 4), (2, 6, '', NULL, 8, NULL, NULL, '', 400, NULL),"
	    " (5, 7, 'spans', '2026-01-02', 9, 1, 2, '/a', 500, 0)", &err));
	done(departures_read(db, 0, &departures, &err));
	assert_int_equal(departures.count, 3);
	assert_string_equal(departures.items[0].table, "http_events");
	assert_string_equal(departures.items[0].archive, "/archive");
	assert_int_equal(departures.items[0].transaction_no, 5);
	assert_int_equal(departures.items[0].listed_batch_no, 4);
	assert_int_equal(departures.items[0].row_count, 7);
	assert_true(departures.items[0].has_times);
	assert_int_equal(departures.items[0].from_ms, 100);
	assert_int_equal(departures.items[0].until_ms, 200);
	assert_int_equal(departures.items[0].committed_ms, 300);
	assert_string_equal(departures.items[1].table, "");
	assert_false(departures.items[1].has_times);
	assert_int_equal(departures.items[1].listed_batch_no, -1);
	assert_int_equal(departures.items[2].no, 5);
	assert_int_equal(departures.items[2].listed_batch_no, 0);
	departures_release(&departures);
	done(departures_read(db, 2, &departures, &err));
	assert_int_equal(departures.count, 1);
	assert_int_equal(departures.items[0].no, 5);
	departures_release(&departures);
	/* Older versions had no such table, or one without its last column. */
	done(db_run(db, "ALTER TABLE departures DROP COLUMN listed_batch_no", &err));
	done(departures_read(db, 0, &departures, &err));
	assert_int_equal(departures.count, 0);
	done(db_run(db, "DROP TABLE departures", &err));
	done(departures_read(db, 0, &departures, &err));
	assert_int_equal(departures.count, 0);
	departures_release(&departures);
}

static void
an_older_database_has_no_news(void **state)
{
	struct news news;

	(void)state;
	row_count = 0;
	begin();
	store(producer("a"), 1, 5);
	commit();
	done(db_run(db, "DROP TABLE store_identity; DROP TABLE batch_pieces", &err));
	news = read_news(0, INT64_MAX, 10, 0);
	assert_int_equal(news.batch_no, 0);
	news_release(&news);
	done(news_last(db, &news, &err));
	assert_int_equal(news.batch_no, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_row_is_new_once),
		TEST(a_ledger_without_batches_has_no_news),
		TEST(news_end_where_they_should),
		TEST(hulls_of_an_older_version_come_at_once),
		TEST(rows_of_a_time_are_found),
		TEST(other_transactions_are_left_out),
		TEST(another_history_is_not_known),
		TEST(departures_are_read),
		TEST(an_older_database_has_no_news),
	};

	return cmocka_run_group_tests_name("news", tests, NULL, NULL);
}
