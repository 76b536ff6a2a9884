/* SPDX-License-Identifier: ISC
 *
 * What the ledger notes of rows and dead letters that leave.
 */
#include "base/buf.h"
#include "base/tim.h"
#include "store/ledger_leave.h"
#include "store/event_id.h"
#include "store/store.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

static struct db *db;

static int
open_store(void **state)
{
	struct err err;

	(void)state;
	return store_open(&db, DB_TEMPORARY, DB_WRITE, 0, &err);
}

static int
close_store(void **state)
{
	(void)state;
	db_close(db);
	return 0;
}

static void
write_leave(struct ledger_leave *leave, int64_t now_ms)
{
	struct err err;

	if (db_begin(db, &err) < 0 ||
	    ledger_leave_write(leave, db, now_ms, &err) < 0 ||
	    db_commit(db, &err) < 0)
		fail_msg("%s", err.text);
}

/* The rows of the first column of a query as lines of text. */
static void
expect(const char *sql, const char *text)
{
	struct db_statement *rows;
	struct buf found = BUF_EMPTY;
	struct err err;

	if (db_prepare(db, &rows, sql, &err) < 0)
		fail_msg("%s", err.text);
	while (db_step(rows, &err) == 1)
		buf_printf(&found, "%s\n", db_column_text(rows, 0));
	db_finalize(rows);
	assert_string_equal(buf_text(&found), text);
	buf_release(&found);
}

static void
expect_batches(const char *text)
{
	expect("SELECT printf("
	    "'%d %d %d %d %s %s %d %d %d %d %d %d %s %d', transaction_no, source_no,"
	    " from_position, until_position, quote(from_ts_ms), quote(until_ts_ms),"
	    " line_count, inserted_count + duplicate_count + filtered_count + dead_count,"
	    " row_count, line_bytes, committed_ms, resolved_count, redaction,"
	    " redacted_count) FROM batches ORDER BY no", text);
}

static void
expect_departures(const char *text)
{
	expect("SELECT printf('%d %s %s %d %d-%d %s %d', transaction_no, table_name, day,"
	    " row_count, from_ts_ms, until_ts_ms, archive, committed_ms)"
	    " FROM departures ORDER BY no", text);
}

static void
nothing_is_no_batch(void **state)
{
	struct ledger_leave leave = { 0 };

	(void)state;
	write_leave(&leave, 1000);
	expect_batches("");
	expect_departures("");
	ledger_leave_release(&leave);
}

static void
one_batch_a_source_and_one_departure_a_day(void **state)
{
	struct ledger_leave leave = { .table = "http_events", .archive = "/arc" };

	(void)state;
	for (int64_t i = 0; i < 100; i++) {
		ledger_leave_add_row(&leave, store_id(2, 500 - i), i);
		ledger_leave_add_row(&leave, store_id(1, STORE_MAX_POSITION - 2 * i),
		    TIM_MS_PER_DAY + 5 - i % 3);
	}
	ledger_leave_add_letter(&leave, store_id(2, 7));
	ledger_leave_add_letter(&leave, store_id(3, 0));
	ledger_leave_add_letter(&leave, store_id(3, 9));
	write_leave(&leave, 1000);
	expect_batches(
	    "1 1 1099511627577 1099511627776 NULL NULL 0 0 -100 0 1000 0 off 0\n"
	    "1 2 7 501 NULL NULL 0 0 -100 0 1000 1 off 0\n"
	    "1 3 0 10 NULL NULL 0 0 0 0 1000 2 off 0\n");
	/* Written once; the next one is another transaction. */
	write_leave(&leave, 2000);
	ledger_leave_add_row(&leave, store_id(1, 4), 7);
	write_leave(&leave, 3000);
	expect_batches(
	    "1 1 1099511627577 1099511627776 NULL NULL 0 0 -100 0 1000 0 off 0\n"
	    "1 2 7 501 NULL NULL 0 0 -100 0 1000 1 off 0\n"
	    "1 3 0 10 NULL NULL 0 0 0 0 1000 2 off 0\n"
	    "2 1 4 5 NULL NULL 0 0 -1 0 3000 0 off 0\n");
	expect_departures(
	    "1 http_events 1970-01-01 100 0-100 /arc 1000\n"
	    "1 http_events 1970-01-02 100 86400003-86400006 /arc 1000\n"
	    "2 http_events 1970-01-01 1 7-8 /arc 3000\n");
	ledger_leave_release(&leave);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_no_batch),
		cmocka_unit_test(one_batch_a_source_and_one_departure_a_day),
	};

	return cmocka_run_group_tests(tests, open_store, close_store);
}
