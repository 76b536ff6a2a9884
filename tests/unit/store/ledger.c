/* SPDX-License-Identifier: ISC
 *
 * The ledger by its header alone: producers and the positions that are taken of them,
 * in one transaction, in later ones and by other processes.
 */
#include "store/ledger.h"
#include "store/event_id.h"
#include "tests/unit/store/ledger_open.h"

static void
an_id_is_source_and_position(void **state)
{
	struct ledger_source *a, *b;

	(void)state;
	begin();
	a = producer("a");
	b = producer("b");
	assert_int_equal(ledger_source_no(a), 1);
	assert_int_equal(ledger_source_no(b), 2);
	assert_true(ledger_id(a, 0) == INT64_C(1) << 40);
	assert_true(ledger_id(b, 7) == (INT64_C(2) << 40) + 7);
	assert_true(ledger_id(b, STORE_MAX_POSITION) == (INT64_C(3) << 40) - 1);
	commit();
}

static void
a_producer_is_known_again(void **state)
{
	/* Two texts with the same FNV-1a of 64 bits, from the list of
	 * pstibrany/fnv-1a-64bit-collisions. */
	static const char *const names[] = { "a", "ab", "8yn0iYCKYHlIj4-BwPqk",
		"GReLUrM4wMqfg9yzV3KQ", "", "A" };
	struct ledger_source *source;
	struct ledger_source *with_nul;

	(void)state;
	begin();
	done(ledger_producer(ledger, "a\0b", 3, "run", 3, &with_nul, &err));
	assert_int_equal(ledger_source_no(with_nul), 1);
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 6; i++)
			assert_int_equal(ledger_source_no(producer(names[i])), i + 2);
	assert_ptr_equal(producer("a"), producer("a"));
	done(ledger_producer(ledger, "a\0b", 3, NULL, 0, &source, &err));
	assert_ptr_equal(source, with_nul);
	commit();
	close_all();
	open_all();
	begin();
	for (int i = 0; i < 6; i++)
		assert_int_equal(ledger_source_no(producer(names[i])), i + 2);
	commit();
	says("SELECT kind || coalesce(run_id, '-') FROM sources WHERE no < 3",
	    "producerrun producer-");
}

static void
many_producers_are_told_apart(void **state)
{
	struct ledger_source *sources[1000];
	char name[20];

	(void)state;
	begin();
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 1000; i++) {
			struct ledger_source *source;

			snprintf(name, sizeof(name), "p%d", i);
			source = producer(name);
			assert_int_equal(ledger_source_no(source), i + 1);
			/* Two of one producer would not know what the other took. */
			if (round == 0)
				sources[i] = source;
			else
				assert_ptr_equal(source, sources[i]);
		}
	commit();
}

static void
taken_positions_are_merged(void **state)
{
	struct ledger_source *a;

	(void)state;
	begin();
	a = producer("a");
	assert_false(ledger_has(a, 1));
	ledger_take(ledger, a, 1, 4);
	ledger_take(ledger, a, 4, 5);
	ledger_take(ledger, a, 10, 12);
	ledger_take(ledger, a, 20, 30);
	assert_true(ledger_has(a, 1));
	assert_true(ledger_has(a, 4));
	assert_false(ledger_has(a, 5));
	assert_false(ledger_has(a, 9));
	ledger_take(ledger, producer("b"), 4, 6);
	commit();
	ranges_are("1:1-5 1:10-12 1:20-30 2:4-6");
}

static void
what_later_transactions_take_is_merged_in_the_tables(void **state)
{
	static const struct {
		int from, until;
		const char *ranges;
	} steps[] = {
		{ 10, 20, "1:10-20" },
		{ 20, 25, "1:10-25" },           /* touches its end */
		{ 40, 50, "1:10-25 1:40-50" },
		{ 60, 70, "1:10-25 1:40-50 1:60-70" },
		{ 39, 40, "1:10-25 1:39-50 1:60-70" }, /* touches its beginning */
		{ 45, 46, "1:10-25 1:39-50 1:60-70" }, /* is in it */
		{ 80, 90, "1:10-25 1:39-50 1:60-70 1:80-90" },
		{ 24, 61, "1:10-70 1:80-90" },   /* joins three */
		{ 5, 95, "1:5-95" },             /* swallows all */
	};

	(void)state;
	for (int is_reopened = 0; is_reopened < 2; is_reopened++) {
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
			begin();
			ledger_take(ledger, producer("a"), steps[i].from, steps[i].until);
			commit();
			ranges_are(steps[i].ranges);
			if (is_reopened == 1) {
				close_all();
				open_all();
			}
		}
		begin();
		assert_false(ledger_has(producer("a"), 4));
		assert_true(ledger_has(producer("a"), 5));
		assert_true(ledger_has(producer("a"), 94));
		assert_false(ledger_has(producer("a"), 95));
		roll_back();
		done(db_run(db, "DELETE FROM source_ranges", &err));
		ledger_forget(ledger);
	}
}

static void
ranges_apart_are_written_at_once(void **state)
{
	(void)state;
	begin();
	ledger_take(ledger, producer("a"), 20, 25);
	ledger_take(ledger, producer("a"), 90, 95);
	commit();
	begin();
	ledger_take(ledger, producer("a"), 5, 6);
	ledger_take(ledger, producer("a"), 22, 30);
	ledger_take(ledger, producer("a"), 40, 50);
	commit();
	ranges_are("1:5-6 1:20-30 1:40-50 1:90-95");
}

static void
gaps_are_seen(void **state)
{
	static const char sql[] = "SELECT producer || ':' || first_missing || '-' || "
	    "last_missing FROM source_gaps ORDER BY 1";

	(void)state;
	begin();
	ledger_take(ledger, producer("a"), 3, 5);
	ledger_take(ledger, producer("a"), 8, 9);
	ledger_take(ledger, producer("whole"), 1, 9);
	commit();
	says(sql, "a:1-2 a:5-7");
	begin();
	ledger_take(ledger, producer("a"), 1, 8);
	commit();
	says(sql, "");
}

static void
a_rollback_forgets_what_was_taken(void **state)
{
	uint64_t generation = ledger_generation(ledger);

	(void)state;
	assert_true(generation > 0);
	begin();
	ledger_take(ledger, producer("a"), 1, 5);
	ledger_count(ledger, producer("a"), 1, 5, 9, LEDGER_INSERTED, 4);
	roll_back();
	assert_int_not_equal(ledger_generation(ledger), generation);
	begin();
	assert_false(ledger_has(producer("a"), 1));
	assert_int_equal(ledger_transaction_no(ledger), 1);
	commit();
	says("SELECT count(*) FROM batches", "0");
	ranges_are("");
}

static void
sources_stay_valid_while_no_other_process_writes(void **state)
{
	struct ledger_source *a;
	uint64_t generation;

	(void)state;
	begin();
	a = producer("a");
	ledger_take(ledger, a, 1, 5);
	commit();
	begin();
	generation = ledger_generation(ledger);
	assert_ptr_equal(producer("a"), a);
	commit();
	begin();
	assert_int_equal(ledger_generation(ledger), generation);
	assert_ptr_equal(producer("a"), a);
	commit();
}

static void
what_another_process_took_is_seen(void **state)
{
	struct db *other_db;
	struct ledger *other;
	struct ledger_source *source;
	uint64_t generation;

	(void)state;
	begin();
	ledger_take(ledger, producer("a"), 1, 5);
	ledger_count(ledger, producer("a"), 1, 5, 9, LEDGER_INSERTED, 4);
	commit();
	generation = ledger_generation(ledger);
	done(store_open(&other_db, "t.db", DB_WRITE, 1000, &err));
	done(ledger_open(&other, other_db, &err));
	done(db_begin(other_db, &err));
	done(ledger_begin(other, &err));
	done(ledger_producer(other, "a", 1, NULL, 0, &source, &err));
	assert_true(ledger_has(source, 4));
	ledger_take(other, source, 5, 9);
	ledger_count(other, source, 5, 9, 9, LEDGER_INSERTED, 4);
	done(ledger_finish(other, NOW_MS, false, &err));
	done(db_commit(other_db, &err));
	ledger_close(other);
	db_close(other_db);
	begin();
	assert_int_not_equal(ledger_generation(ledger), generation);
	assert_int_equal(ledger_transaction_no(ledger), 3);
	assert_true(ledger_has(producer("a"), 8));
	assert_false(ledger_has(producer("a"), 9));
	ledger_take(ledger, producer("a"), 9, 10);
	commit();
	ranges_are("1:1-10");
}

static void
put_down(void *context, const char *name, size_t name_len, int64_t seq)
{
	buf_printf(context, "%.*s=%lld ", (int)name_len, name, (long long)seq);
}

static void
producers_are_whole_up_to_a_seq(void **state)
{
	struct ledger_source *input;
	struct buf found = BUF_EMPTY;

	(void)state;
	begin();
	ledger_take(ledger, producer("idle"), 1, 9);
	commit();
	begin();
	producer("idle");
	done(ledger_named(ledger, "stream:a:ff", 11, &input, &err));
	ledger_take(ledger, input, 1, 9);
	ledger_take(ledger, producer("whole"), 1, 9);
	ledger_take(ledger, producer("gap"), 1, 4);
	ledger_take(ledger, producer("gap"), 6, 9);
	ledger_take(ledger, producer("late"), 2, 9);
	ledger_take(ledger, producer("zero"), 0, 3);
	ledger_each_producer(ledger, put_down, &found);
	assert_non_null(strstr(buf_text(&found), "whole=8 "));
	assert_non_null(strstr(buf_text(&found), "gap=3 "));
	assert_non_null(strstr(buf_text(&found), "late=0 "));
	assert_non_null(strstr(buf_text(&found), "zero=2 "));
	/* Neither the one that is idle nor the input. */
	assert_int_equal(found.len, strlen("whole=8 gap=3 late=0 zero=2 "));
	commit();
	buf_reset(&found);
	ledger_each_producer(ledger, put_down, &found);
	assert_string_equal(buf_text(&found), "");
	buf_release(&found);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_id_is_source_and_position),
		TEST(a_producer_is_known_again),
		TEST(many_producers_are_told_apart),
		TEST(taken_positions_are_merged),
		TEST(what_later_transactions_take_is_merged_in_the_tables),
		TEST(ranges_apart_are_written_at_once),
		TEST(gaps_are_seen),
		TEST(a_rollback_forgets_what_was_taken),
		TEST(sources_stay_valid_while_no_other_process_writes),
		TEST(what_another_process_took_is_seen),
		TEST(producers_are_whole_up_to_a_seq),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
