/* SPDX-License-Identifier: ISC
 *
 * What the ledger says of runs: their places, and how many rows they had.
 */
#include "tests/unit/store/ledger_open.h"

#define LISTED "SELECT run_id || ' ' || source_no || ' ' || from_position || '-' ||" \
	" until_position || ' ' || from_ts_ms || '-' || until_ts_ms || ' ' ||" \
	" coalesce(row_count, 'unknown') FROM run_sources ORDER BY run_id, source_no"

static void
row(const char *source, int64_t position, int64_t ts_ms, const char *run_id)
{
	ledger_count_row(ledger, producer(source), position, ts_ms, run_id,
	    strlen(run_id));
}

static void
rows_of_all_transactions_are_counted(void **state)
{
	(void)state;
	begin();
	row("p", 1, 10, "a");
	row("p", 2, 30, "b");
	row("p", 3, 20, "a");
	row("p", 4, 40, "");
	row("q", 1, 50, "a");
	commit();
	begin();
	row("p", 9, 5, "a");
	commit();
	says(LISTED, "a 1 1-10 5-21 3 a 2 1-2 50-51 1 b 1 2-3 30-31 1");
}

static void
a_rollback_takes_its_rows_back(void **state)
{
	(void)state;
	begin();
	row("p", 1, 10, "a");
	roll_back();
	begin();
	row("p", 1, 10, "a");
	row("p", 2, 10, "a");
	commit();
	says(LISTED, "a 1 1-3 10-11 2");
}

static void
runs_that_are_not_listed_have_no_count(void **state)
{
	char name[16];

	(void)state;
	for (int round = 0; round < 2; round++) {
		begin();
		for (int i = 0; i < 1010; i++) {
			snprintf(name, sizeof(name), "%04d", i);
			row("p", 2000 * round + i, i, name);
		}
		commit();
	}
	says("SELECT count(*) || ' ' || sum(row_count) || ' ' || min(row_count)"
	    " FROM run_sources", "1001 2000 2");
	says("SELECT coalesce(row_count, 'unknown') FROM run_sources WHERE run_id = ''",
	    "unknown");
}

static void
a_count_that_is_not_known_stays_so(void **state)
{
	const struct ledger_place place = { "a", 1, 1, 5, 9, 100, 200 };

	(void)state;
	begin();
	row("p", 1, 10, "a");
	row("p", 2, 10, "b");
	commit();
	begin();
	done(ledger_list_run(db, &place, &err));
	commit();
	begin();
	row("p", 3, 10, "a");
	row("p", 4, 10, "b");
	commit();
	says(LISTED, "a 1 1-9 10-200 unknown b 1 2-5 10-11 2");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_of_all_transactions_are_counted),
		TEST(a_rollback_takes_its_rows_back),
		TEST(runs_that_are_not_listed_have_no_count),
		TEST(a_count_that_is_not_known_stays_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
