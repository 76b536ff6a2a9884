/* SPDX-License-Identifier: ISC
 *
 * The counts of a transaction, which become a batch of each source.
 */
#include "tests/unit/store/ledger_open.h"

/* Each number in a column of its own, and each different. */
static void
a_batch_has_the_counts_of_its_transaction(void **state)
{
	struct ledger_source *a;

	(void)state;
	begin();
	a = producer("a");
	ledger_count(ledger, a, 100, 200, 1000, LEDGER_INSERTED, 2);
	ledger_count(ledger, a, 90, 95, 100, LEDGER_DUPLICATE, 3);
	ledger_count(ledger, a, 205, 210, 10, LEDGER_FILTERED, 4);
	ledger_count(ledger, a, 150, 160, 1, LEDGER_DEAD, 5);
	ledger_count(ledger, a, 150, 160, 0, LEDGER_DEAD, 1);
	ledger_count_row(ledger, a, 1, 5000, NULL, 0);
	ledger_count_row(ledger, a, 1, 7000, NULL, 0);
	ledger_count_row(ledger, a, 1, 6000, NULL, 0);
	ledger_count_hidden(ledger, a, 11);
	ledger_count_hidden(ledger, a, 12);
	ledger_resolve(ledger, a, 210);
	done(ledger_finish(ledger, NOW_MS, true, &err));
	done(db_commit(db, &err));
	says("SELECT from_position || '-' || until_position || ' ts ' || from_ts_ms || '-' ||"
	    " until_ts_ms || ' lines ' || line_count || ' = ' || inserted_count || ' + ' ||"
	    " duplicate_count || ' + ' || filtered_count || ' + ' || dead_count || ' rows ' ||"
	    " row_count || ' bytes ' || line_bytes || ' at ' || committed_ms || ' resolved ' ||"
	    " resolved_count || ' redaction ' || redaction || redacted_count || ' source ' ||"
	    " source_no || ' transaction ' || transaction_no FROM batches",
	    "90-211 ts 5000-7001 lines 15 = 2 + 3 + 4 + 6 rows 3 bytes 1111 at 1793491200000 "
	    "resolved 1 redaction on23 source 1 transaction 1");
}

static void
counts_begin_anew_in_each_transaction(void **state)
{
	(void)state;
	for (int i = 1; i <= 3; i++) {
		begin();
		assert_int_equal(ledger_transaction_no(ledger), i);
		ledger_count(ledger, producer("a"), 10 - i, 11 - i, 7, LEDGER_INSERTED, 1);
		if (i == 1) {
			ledger_resolve(ledger, producer("a"), 9);
			ledger_count_hidden(ledger, producer("a"), 6);
			ledger_count_row(ledger, producer("a"), 1, 6, NULL, 0);
		}
		if (i == 2)
			ledger_count(ledger, producer("b"), 5, 9, 8, LEDGER_DUPLICATE, 4);
		commit();
	}
	says("SELECT transaction_no || ':' || source_no || ':' || from_position || '-' ||"
	    " until_position || ':' || line_count || ':' || line_bytes || ':' ||"
	    " coalesce(from_ts_ms, 'none') || ':' || resolved_count || redacted_count ||"
	    " row_count FROM batches ORDER BY 1",
	    "1:1:9-10:1:7:6:161 2:1:8-9:1:7:none:000 2:2:5-9:4:8:none:000 "
	    "3:1:7-8:1:7:none:000");
}

static void
a_transaction_of_nothing_leaves_no_batch(void **state)
{
	(void)state;
	begin();
	ledger_take(ledger, producer("a"), 1, 2);
	ledger_count_hidden(ledger, producer("a"), 1);
	commit();
	says("SELECT count(*) FROM batches", "0");
	begin();
	assert_int_equal(ledger_transaction_no(ledger), 1);
	commit();
}

/* A map makes rows of producers from lines of an input. */
static void
rows_without_lines_have_the_positions_that_were_taken(void **state)
{
	(void)state;
	begin();
	ledger_take(ledger, producer("a"), 3, 6);
	ledger_count_row(ledger, producer("a"), 1, 10, NULL, 0);
	commit();
	says("SELECT from_position || '-' || until_position || ':' || line_count || ':' ||"
	    " row_count FROM batches", "3-6:0:1");
}

static void
a_batch_whose_sum_is_wrong_is_refused(void **state)
{
	static const char insert[] = "INSERT INTO batches (transaction_no, source_no,"
	    " from_position, until_position, line_count, inserted_count, duplicate_count,"
	    " filtered_count, dead_count, row_count, line_bytes, committed_ms)"
	    " SELECT 1, no, 0, 1, 5, 1, 1, 1, 1, 0, 0, 0 FROM sources";

	(void)state;
	begin();
	producer("a");
	assert_int_equal(db_run(db, insert, &err), -1);
	assert_non_null(strstr(err.text, "CHECK constraint failed"));
	db_rollback(db);
	ledger_forget(ledger);
	/* Nothing of the transaction stays. */
	says("SELECT count(*) FROM sources", "0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_batch_has_the_counts_of_its_transaction),
		TEST(counts_begin_anew_in_each_transaction),
		TEST(a_transaction_of_nothing_leaves_no_batch),
		TEST(rows_without_lines_have_the_positions_that_were_taken),
		TEST(a_batch_whose_sum_is_wrong_is_refused),
	};

	return cmocka_run_group_tests_name("ledger_batch", tests, NULL, NULL);
}
