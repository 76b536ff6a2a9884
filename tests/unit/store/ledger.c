/* SPDX-License-Identifier: ISC
 *
 * The ledger by its header alone, in a database of its own: positions that are taken,
 * the counts of a transaction, and inputs that are known again.
 */
#include "store/ledger.h"
#include "base/buf.h"
#include "io/digest.h"
#include "store/store.h"
#include "tests/unit/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW_MS 1793491200000

static struct db *db;
static struct ledger *ledger;
static struct err err;

/* Fails with the words of the library. */
static void
done(int result)
{
	if (result < 0)
		fail_msg("%s", err.text);
}

static void
open_all(void)
{
	done(store_open(&db, "t.db", DB_WRITE, 1000, &err));
	done(ledger_open(&ledger, db, &err));
}

static void
close_all(void)
{
	ledger_close(ledger);
	db_close(db);
	ledger = NULL;
	db = NULL;
}

static int
enter(void **state)
{
	if (folder_enter(state) < 0)
		return -1;
	open_all();
	return 0;
}

static int
leave(void **state)
{
	close_all();
	return folder_leave(state);
}

static void
begin(void)
{
	done(db_begin(db, &err));
	done(ledger_begin(ledger, &err));
}

static void
commit(void)
{
	done(ledger_finish(ledger, NOW_MS, false, &err));
	done(db_commit(db, &err));
}

static void
roll_back(void)
{
	db_rollback(db);
	ledger_forget(ledger);
}

static struct ledger_source *
producer(const char *name)
{
	struct ledger_source *source = NULL;

	done(ledger_producer(ledger, name, strlen(name), NULL, 0, &source, &err));
	return source;
}

/* What a query says in its first column: the rows with blanks between them. */
static void
says(const char *sql, const char *expected)
{
	struct buf found = BUF_EMPTY;
	struct db_statement *query;
	int result;

	done(db_prepare(db, &query, sql, &err));
	while ((result = db_step(query, &err)) == 1) {
		const char *text = db_column_text(query, 0);

		buf_printf(&found, "%s%s", found.len > 0 ? " " : "",
		    text != NULL ? text : "NULL");
	}
	done(result);
	db_finalize(query);
	assert_string_equal(buf_text(&found), expected);
	buf_release(&found);
}

static void
ranges_are(const char *expected)
{
	says("SELECT source_no || ':' || from_position || '-' || until_position "
	    "FROM source_ranges ORDER BY source_no, from_position", expected);
}

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
	ledger_count_row(ledger, a, 5000);
	ledger_count_row(ledger, a, 7000);
	ledger_count_row(ledger, a, 6000);
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
			ledger_count_row(ledger, producer("a"), 6);
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
	ledger_count_row(ledger, producer("a"), 10);
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

static const char text[LEDGER_CHECK_BYTES] = "text of an input";

static struct ledger_input
file_input(size_t prefix_len, bool is_whole, int64_t inode)
{
	return (struct ledger_input){ .name = "a.jsonl", .prefix = text,
		.prefix_len = prefix_len, .is_whole = is_whole, .is_file = true,
		.device = 5, .inode = inode };
}

/* The number of the input's source; 0: it is not known, and was not made. */
static int64_t
number_of(const struct ledger_input *input, bool make)
{
	struct ledger_source *source = NULL;
	size_t wanted_bytes = 7;

	done(ledger_input(ledger, input, make, &source, &wanted_bytes, &err));
	assert_int_equal(wanted_bytes, 0);
	return source != NULL ? ledger_source_no(source) : 0;
}

static void
a_file_is_known_again(void **state)
{
	struct ledger_input input = file_input(2000, false, 9);

	(void)state;
	begin();
	assert_int_equal(number_of(&input, false), 0);
	assert_int_equal(number_of(&input, true), 1);
	assert_int_equal(number_of(&input, false), 1);
	commit();
	close_all();
	open_all();
	begin();
	/* Under whatever name, and when more of it is seen. */
	input.name = "b.jsonl";
	input.prefix_len = 3000;
	assert_int_equal(number_of(&input, false), 1);
	commit();
	says("SELECT kind || ':' || name || ':' || substr(fingerprint, 1, 9) FROM sources",
	    "file:a.jsonl:5-9-1024-");
}

static void
another_file_is_another_input(void **state)
{
	struct ledger_input first = file_input(2000, true, 9), input = first;
	char other[2000] = "text of one more";

	(void)state;
	begin();
	assert_int_equal(number_of(&first, true), 1);
	input.inode = 10;
	assert_int_equal(number_of(&input, false), 0);
	/* What was moved may be a copy, with another inode. */
	input.is_moved = true;
	assert_int_equal(number_of(&input, false), 1);
	input = first;
	input.prefix = other;
	assert_int_equal(number_of(&input, false), 0);
	input.is_moved = true;
	assert_int_equal(number_of(&input, false), 0);
	input = first;
	input.is_file = false;
	assert_int_equal(number_of(&input, false), 0);
	/* A new one that begins alike in every way gets a source of its own. */
	input = first;
	input.is_new = true;
	assert_int_equal(number_of(&input, true), 2);
	assert_int_equal(number_of(&input, true), 3);
	commit();
	says("SELECT substr(fingerprint, -2) <> '-2' FROM sources WHERE no < 3", "1 0");
}

static void
a_stream_is_known_by_its_name(void **state)
{
	struct ledger_input input = { .name = "-", .prefix = text, .prefix_len = 100,
		.is_whole = true };

	(void)state;
	begin();
	assert_int_equal(number_of(&input, true), 1);
	input.inode = 9;
	assert_int_equal(number_of(&input, false), 1);
	input.name = "other";
	assert_int_equal(number_of(&input, false), 0);
	commit();
}

static void
a_short_beginning_is_waited_for(void **state)
{
	struct ledger_input input = file_input(100, false, 9);
	struct ledger_source *source = NULL;
	size_t wanted_bytes = 0;

	(void)state;
	begin();
	done(ledger_input(ledger, &input, true, &source, &wanted_bytes, &err));
	assert_null(source);
	assert_int_equal(wanted_bytes, LEDGER_PREFIX_BYTES);
	says("SELECT count(*) FROM sources", "0");
	/* That is all there is. */
	input.is_whole = true;
	assert_int_equal(number_of(&input, true), 1);
	/* It has grown. */
	input = file_input(500, true, 9);
	assert_int_equal(number_of(&input, false), 1);
	says("SELECT prefix_bytes FROM sources", "500");
	input = file_input(2000, false, 9);
	assert_int_equal(number_of(&input, false), 1);
	says("SELECT prefix_bytes FROM sources", "1024");
	/* A shorter one is not the same any more. */
	input = file_input(500, true, 9);
	assert_int_equal(number_of(&input, false), 0);
	commit();
}

/* Keeps that the input was taken up to there. */
static void
check(const struct ledger_input *input, int64_t until)
{
	struct ledger_source *source = NULL;
	size_t wanted_bytes;

	done(ledger_input(ledger, input, true, &source, &wanted_bytes, &err));
	assert_non_null(source);
	done(ledger_check(ledger, source, input, until, &err));
}

static void
what_was_taken_must_be_the_same(void **state)
{
	struct ledger_input input = file_input(5000, true, 9);
	static char other[5000] = "text of an input";
	struct ledger_source *source = NULL;
	size_t wanted_bytes = 0;

	(void)state;
	begin();
	check(&input, 4000);
	/* It differs after what was taken. */
	other[4000] = 'x';
	input.prefix = other;
	assert_int_equal(number_of(&input, false), 1);
	/* It differs in what was taken. */
	other[3999] = 'x';
	assert_int_equal(number_of(&input, false), 0);
	/* Too little is known to say; then, that there is no more of it. */
	input = file_input(3000, false, 9);
	done(ledger_input(ledger, &input, false, &source, &wanted_bytes, &err));
	assert_null(source);
	assert_int_equal(wanted_bytes, 4000);
	input.is_whole = true;
	assert_int_equal(number_of(&input, false), 0);
	/* What was checked never becomes less, nor more than was seen. */
	input = file_input(5000, true, 9);
	check(&input, 1000);
	says("SELECT check_bytes FROM sources", "4000");
	check(&input, 9000);
	says("SELECT check_bytes FROM sources", "5000");
	commit();
}

static void
how_far_an_input_was_taken(void **state)
{
	struct ledger_input input = file_input(2000, false, 9);
	struct ledger_source *source = NULL;
	struct ledger_taken taken;
	char hex[DIGEST_HEX_SIZE];
	size_t wanted_bytes;

	(void)state;
	begin();
	done(ledger_input(ledger, &input, true, &source, &wanted_bytes, &err));
	done(ledger_taken(ledger, source, &taken, &err));
	assert_int_equal(taken.bytes, 0);
	assert_int_equal(taken.lines, 0);
	assert_int_equal(taken.tail_bytes, 0);
	assert_string_equal(taken.tail_sha256, "");
	done(ledger_set_taken(ledger, source, 500, 7, text, 10, &err));
	done(ledger_taken(ledger, source, &taken, &err));
	assert_int_equal(taken.bytes, 500);
	assert_int_equal(taken.lines, 7);
	assert_int_equal(taken.tail_bytes, 10);
	digest_of(text, 10, hex);
	assert_string_equal(taken.tail_sha256, hex);
	/* Of a long tail the last part counts. */
	done(ledger_set_taken(ledger, source, 3000, 9, text, 1030, &err));
	done(ledger_taken(ledger, source, &taken, &err));
	assert_int_equal(taken.tail_bytes, LEDGER_TAIL_BYTES);
	digest_of(text + 6, LEDGER_TAIL_BYTES, hex);
	assert_string_equal(taken.tail_sha256, hex);
	/* It never goes back. */
	done(ledger_set_taken(ledger, source, 2999, 8, text, 1, &err));
	done(ledger_taken(ledger, source, &taken, &err));
	assert_int_equal(taken.bytes, 3000);
	assert_int_equal(taken.lines, 9);
	commit();
}

static void
what_cannot_have_been_taken_is_refused(void **state)
{
	static const char *const changes[] = { "taken_bytes = -1, tail_bytes = 0",
		"taken_lines = -1", "tail_bytes = -1", "tail_bytes = 1025", "taken_bytes = 9" };
	struct ledger_source *source;
	struct ledger_taken taken;

	(void)state;
	begin();
	producer("a");
	commit();
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char sql[200];

		begin();
		done(ledger_numbered(ledger, 1, &source, &err));
		done(ledger_set_taken(ledger, source, 5000, 7, text, 10, &err));
		snprintf(sql, sizeof(sql), "UPDATE sources SET %s", changes[i]);
		done(db_run(db, sql, &err));
		assert_int_equal(ledger_taken(ledger, source, &taken, &err), -1);
		assert_int_equal(err.exit_code, EXIT_DATA);
		roll_back();
	}
}

static void
the_source_of_an_archived_event(void **state)
{
	static const char name[] = "file:a:b.jsonl:5-9-10-ff";
	struct ledger_source *source = NULL, *again = NULL;

	(void)state;
	begin();
	assert_int_equal(ledger_named(ledger, name, strlen(name), &source, &err), 1);
	assert_int_equal(ledger_source_no(source), 1);
	assert_int_equal(ledger_named(ledger, name, strlen(name), &again, &err), 1);
	assert_ptr_equal(again, source);
	assert_int_equal(ledger_named(ledger, "file:a", 6, &again, &err), 0);
	assert_int_equal(ledger_named(ledger, "stream:a:ff", 11, &again, &err), 1);
	assert_int_equal(ledger_source_no(again), 2);
	assert_int_equal(ledger_named(ledger, "stream:b:ff", 11, &again, &err), 1);
	assert_int_equal(ledger_source_no(again), 3);
	assert_int_equal(ledger_named(ledger, name, strlen(name), &again, &err), 1);
	assert_ptr_equal(again, source);
	done(ledger_numbered(ledger, 2, &again, &err));
	assert_int_equal(ledger_source_no(again), 2);
	commit();
	says("SELECT kind || '|' || name || '|' || fingerprint FROM sources",
	    "file|a:b.jsonl|5-9-10-ff stream|a|ff stream|b|ff");
}

/* The archive was restored before the file itself came again. */
static void
an_input_takes_the_source_that_an_archive_named(void **state)
{
	struct ledger_input input = file_input(10, true, 9);
	struct ledger_source *source = NULL;
	char hex[DIGEST_HEX_SIZE], name[200];

	(void)state;
	digest_of(text, 10, hex);
	snprintf(name, sizeof(name), "file:a.jsonl:5-9-10-%s", hex);
	begin();
	assert_int_equal(ledger_named(ledger, name, strlen(name), &source, &err), 1);
	ledger_take(ledger, source, 0, 10);
	commit();
	begin();
	assert_int_equal(number_of(&input, true), 1);
	done(ledger_numbered(ledger, 1, &source, &err));
	assert_true(ledger_has(source, 9));
	commit();
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter, leave)

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
		TEST(a_batch_has_the_counts_of_its_transaction),
		TEST(counts_begin_anew_in_each_transaction),
		TEST(a_transaction_of_nothing_leaves_no_batch),
		TEST(rows_without_lines_have_the_positions_that_were_taken),
		TEST(a_batch_whose_sum_is_wrong_is_refused),
		TEST(a_rollback_forgets_what_was_taken),
		TEST(sources_stay_valid_while_no_other_process_writes),
		TEST(what_another_process_took_is_seen),
		TEST(producers_are_whole_up_to_a_seq),
		TEST(a_file_is_known_again),
		TEST(another_file_is_another_input),
		TEST(a_stream_is_known_by_its_name),
		TEST(a_short_beginning_is_waited_for),
		TEST(what_was_taken_must_be_the_same),
		TEST(how_far_an_input_was_taken),
		TEST(what_cannot_have_been_taken_is_refused),
		TEST(the_source_of_an_archived_event),
		TEST(an_input_takes_the_source_that_an_archive_named),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
