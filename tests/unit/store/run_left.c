/* SPDX-License-Identifier: ISC
 *
 * Which events of a run have left, exactly and by the places that they left from.
 */
#include "store/run_left.h"
#include "store/row_store.h"
#include "store/run.h"
#include "store/event_id.h"
#include "tests/unit/store/ledger_open.h"

#include <inttypes.h>

/* A row of the table, in a transaction that has begun. */
static void
event_of(const char *table, const char *source, int64_t position, int64_t ts_ms,
    const char *run_id)
{
	struct ledger_source *from = producer(source);
	struct buf sql = BUF_EMPTY;

	buf_printf(&sql, "INSERT INTO %s (id, ts_ms, run_id, %s) VALUES (%" PRId64
	    ", %" PRId64 ", nullif('%s', ''), 'x'%s)", table,
	    strcmp(table, "other_events") == 0 ? "type, body" : "name",
	    ledger_id(from, position), ts_ms, run_id,
	    strcmp(table, "other_events") == 0 ? ", '{}'" : "");
	done(db_run(db, buf_text(&sql), &err));
	buf_release(&sql);
	ledger_take(ledger, from, position, position + 1);
	ledger_count(ledger, from, position, position + 1, 1, LEDGER_INSERTED, 1);
	ledger_count_row(ledger, from, position, ts_ms, run_id, strlen(run_id));
}

static void
event(const char *source, int64_t position, int64_t ts_ms, const char *run_id)
{
	event_of("observations", source, position, ts_ms, run_id);
}

/* Moves a row to the archive /arc. */
static void
depart(const char *table, int64_t source_no, int64_t position, int64_t ts_ms)
{
	struct row_remover *remover;

	done(row_remover_open(&remover, db, table, "/arc", 0, &err));
	done(db_begin(db, &err));
	assert_int_equal(row_remover_remove(remover, store_id(source_no, position),
	    ts_ms, &err), 1);
	done(row_remover_finish(remover, NOW_MS, &err));
	done(db_commit(db, &err));
	row_remover_close(remover);
}

/* text: "ROWS exact|most FROM-UNTIL [ARCHIVE]" */
static void
left_is(const char *run_id, const char *text)
{
	struct buf found = BUF_EMPTY;
	struct run_left left;

	done(run_left(db, run_id, &left, &err));
	buf_printf(&found, "%" PRId64 " %s %" PRId64 "-%" PRId64 "%s%s", left.rows,
	    left.is_exact ? "exact" : "most", left.from_ts_ms, left.until_ts_ms,
	    left.archive != NULL ? " " : "", left.archive != NULL ? left.archive : "");
	assert_string_equal(buf_text(&found), text);
	buf_release(&found);
	free(left.archive);
}

static void
left_from(const char *run_id, const char *table, int64_t rows)
{
	struct run_left left;
	int64_t found;

	done(run_left(db, run_id, &left, &err));
	done(run_left_from(db, &left, table, &found, &err));
	assert_int_equal(found, rows);
	free(left.archive);
}

static void
what_left_is_counted_in_all_tables_and_sources(void **state)
{
	(void)state;
	begin();
	event("p", 1, 10, "a");
	event("p", 2, 20, "b");
	event_of("other_events", "p", 3, 30, "a");
	event_of("spans", "q", 1, 40, "a");
	event("q", 2, 50, "");
	commit();
	left_is("a", "0 exact 10-41");
	left_is("b", "0 exact 20-21");
	depart("observations", 1, 1, 10);
	left_is("a", "1 exact 10-41 /arc");
	depart("spans", 2, 1, 40);
	left_is("a", "2 exact 10-41 /arc");
	/* Events of others left, in the time of a. */
	depart("observations", 2, 2, 50);
	left_is("a", "2 exact 10-41 /arc");
	left_is("b", "0 exact 20-21");
	left_from("a", "observations", 1);
	left_from("a", "spans", 1);
	left_from("a", "http_events", 0);
	left_from("b", "observations", 0);
}

static void
a_run_that_left_is_known(void **state)
{
	(void)state;
	begin();
	event("p", 1, 10, "a");
	event("p", 2, 20, "a");
	commit();
	depart("observations", 1, 1, 10);
	depart("observations", 1, 2, 20);
	left_is("a", "2 exact 10-21 /arc");
	assert_int_equal(run_is_known(db, "a", &err), 1);
	left_is("b", "0 most 0-0");
	assert_int_equal(run_is_known(db, "b", &err), 0);
	assert_int_equal(run_is_known(db, "", &err), 0);
}

static void
rows_put_in_by_hand_hide_no_loss_below_zero(void **state)
{
	(void)state;
	begin();
	event("p", 1, 10, "a");
	event("p", 3, 10, "a");
	commit();
	done(db_run(db, "INSERT INTO observations (id, ts_ms, run_id, name)"
	    " VALUES ((1 << 40) + 2, 11, 'a', 'x')", &err));
	left_is("a", "0 exact 10-11");
}

/* As after an older program: where row_count is not known, positions tell. */
static void
without_a_count_positions_tell(void **state)
{
	(void)state;
	begin();
	for (int i = 1; i <= 9; i++)
		event("p", i, 10 * i, i <= 5 ? "a" : "b");
	event("q", 1, 15, "c");
	commit();
	done(db_run(db, "UPDATE run_sources SET row_count = NULL", &err));
	left_is("a", "0 most 10-51");
	depart("observations", 1, 1, 10);
	left_is("a", "1 most 10-51 /arc");
	left_is("b", "0 most 60-91");
	left_is("c", "0 most 15-16");
	left_from("a", "spans", 0);
	/* Right beside b: it may have been one of b, since nothing lists b. */
	depart("observations", 1, 5, 50);
	done(db_run(db, "UPDATE run_sources SET run_id = '' WHERE run_id = 'b'", &err));
	left_is("b", "1 most 60-91 /arc");
	left_is("c", "0 most 15-16");
}

/* A file whose hulls, as an update made them, go up to the first event of today. */
static void
a_run_that_goes_on_from_unlisted_places_is_not_exact(void **state)
{
	(void)state;
	begin();
	event("p", 1, 10, "a");
	event("p", 2, 20, "a");
	commit();
	done(db_run(db, "UPDATE run_sources SET run_id = '', row_count = NULL", &err));
	begin();
	event("p", 3, 30, "a");
	event("q", 1, 30, "b");
	commit();
	left_is("a", "0 most 10-31");
	depart("observations", 1, 1, 10);
	left_is("a", "1 most 20-31 /arc");
	left_is("b", "0 exact 30-31");
}

static void
older_files_have_no_counts(void **state)
{
	(void)state;
	begin();
	event("p", 1, 10, "a");
	event("p", 2, 20, "a");
	event("q", 1, 20, "b");
	commit();
	depart("observations", 1, 1, 10);
	done(db_run(db, "ALTER TABLE run_sources DROP COLUMN row_count", &err));
	left_is("a", "1 most 10-21 /arc");
	done(db_run(db, "DROP TABLE run_sources; DROP TABLE departures", &err));
	left_is("a", "1 most 20-21");
	left_is("b", "0 most 20-21");
	left_from("a", "observations", 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_left_is_counted_in_all_tables_and_sources),
		TEST(a_run_that_left_is_known),
		TEST(rows_put_in_by_hand_hide_no_loss_below_zero),
		TEST(without_a_count_positions_tell),
		TEST(a_run_that_goes_on_from_unlisted_places_is_not_exact),
		TEST(older_files_have_no_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
