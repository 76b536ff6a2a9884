/* SPDX-License-Identifier: ISC
 *
 * What the ledger notes of rows and dead letters that leave.
 */
#include "base/buf.h"
#include "store/ledger_leave.h"
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

/* The batches as lines of text. */
static void
expect_batches(const char *text)
{
	struct db_statement *batches;
	struct buf found = BUF_EMPTY;
	struct err err;

	if (db_prepare(db, &batches, "SELECT printf("
	    "'%d %d %d %d %s %s %d %d %d %d %d %d %s %d', transaction_no, source_no,"
	    " from_position, until_position, quote(from_ts_ms), quote(until_ts_ms),"
	    " line_count, inserted_count + duplicate_count + filtered_count + dead_count,"
	    " row_count, line_bytes, committed_ms, resolved_count, redaction,"
	    " redacted_count) FROM batches ORDER BY no", &err) < 0)
		fail_msg("%s", err.text);
	while (db_step(batches, &err) == 1)
		buf_printf(&found, "%s\n", db_column_text(batches, 0));
	db_finalize(batches);
	assert_string_equal(buf_text(&found), text);
	buf_release(&found);
}

static void
nothing_is_no_batch(void **state)
{
	struct ledger_leave leave = { 0 };

	(void)state;
	write_leave(&leave, 1000);
	expect_batches("");
	ledger_leave_release(&leave);
}

static void
one_batch_a_source(void **state)
{
	struct ledger_leave leave = { 0 };

	(void)state;
	for (int64_t i = 0; i < 100; i++) {
		ledger_leave_add(&leave, store_id(2, 500 - i));
		ledger_leave_add(&leave, store_id(1, STORE_MAX_POSITION - 2 * i));
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
	ledger_leave_add(&leave, store_id(1, 4));
	write_leave(&leave, 3000);
	expect_batches(
	    "1 1 1099511627577 1099511627776 NULL NULL 0 0 -100 0 1000 0 off 0\n"
	    "1 2 7 501 NULL NULL 0 0 -100 0 1000 1 off 0\n"
	    "1 3 0 10 NULL NULL 0 0 0 0 1000 2 off 0\n"
	    "2 1 4 5 NULL NULL 0 0 -1 0 3000 0 off 0\n");
	ledger_leave_release(&leave);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_no_batch),
		cmocka_unit_test(one_batch_a_source),
	};

	return cmocka_run_group_tests(tests, open_store, close_store);
}
