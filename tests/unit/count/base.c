/* SPDX-License-Identifier: ISC
 *
 * The tables of counts: definitions and how far they were counted, groups, and what is
 * missing; alone, and over another base.
 */
#include "tests/unit/count/bases.h"

#include <inttypes.h>
#include <stdio.h>

static int64_t
number_of(struct count_base *base, const char *text, struct count_mark *mark)
{
	struct count_mark ignored;
	int64_t no = 0;

	done(count_base_register(base, text, NOW_MS, &no, mark != NULL ? mark : &ignored,
	    &err));
	return no;
}

static int64_t
integer(struct db *db, const char *sql)
{
	int64_t value;

	done(db_integer(db, sql, -1, &value, &err));
	return value;
}

static void
is_mark(const struct count_mark *mark, int64_t batch_no, int64_t departure_no)
{
	assert_int_equal(mark->batch_no, batch_no);
	assert_int_equal(mark->departure_no, departure_no);
}

static void
a_base_says_whose_it_is(void **state)
{
	char *id;

	(void)state;
	done(count_base_store(lower_db, &id, &err));
	assert_string_equal(id, "store");
	free(id);
	number_of(lower, "a", NULL);
	done((int)count_base_group(lower, "[]", 2, &err));
	/* Begun anew, it has nothing. */
	done(count_base_begin(lower_db, "other", NOW_MS, &err));
	done(count_base_store(lower_db, &id, &err));
	assert_string_equal(id, "other");
	free(id);
	assert_int_equal(integer(lower_db, "SELECT count(*) FROM count_definitions"), 0);
	assert_int_equal(integer(lower_db, "SELECT count(*) FROM count_groups"), 0);
	done(db_run(lower_db, "DELETE FROM count_store", &err));
	done(count_base_store(lower_db, &id, &err));
	assert_null(id);
}

static void
definitions_are_known_by_their_text(void **state)
{
	struct count_mark mark = { 7, 6, 5, 4 }, found;
	int64_t a = number_of(lower, "a", &mark), b = number_of(lower, "b", NULL), no;

	(void)state;
	is_mark(&mark, 0, 0);
	assert_int_not_equal(a, b);
	assert_int_equal(number_of(lower, "a", NULL), a);
	done(count_base_mark(lower, b, &(struct count_mark){ 1, 2, 3, 4 }, &err));
	assert_int_equal(number_of(lower, "b", &mark), b);
	assert_int_equal(mark.batch_no, 1);
	assert_int_equal(mark.transaction_no, 2);
	assert_int_equal(mark.committed_ms, 3);
	assert_int_equal(mark.departure_no, 4);
	is_mark((number_of(lower, "a", &mark), &mark), 0, 0);
	assert_int_equal(count_base_find(lower, "b", &no, &found, &err), 1);
	assert_int_equal(no, b);
	is_mark(&found, 1, 4);
	assert_int_equal(count_base_find(lower, "c", &no, &found, &err), 0);
	assert_int_equal(no, 0);
	is_mark(&found, 0, 0);
	assert_int_equal(integer(lower_db, "SELECT sum(asked_ms = 1793491200000) "
	    "+ sum(since_ms = 1793491200000) + sum(text IN ('a', 'b')) "
	    "FROM count_definitions"), 6);
}

static int64_t
asked(int64_t no)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "SELECT asked_ms FROM count_definitions WHERE no = %"
	    PRId64, no);
	return integer(lower_db, sql);
}

static void
asking_is_written_once_a_day(void **state)
{
	int64_t a = number_of(lower, "a", NULL), b = number_of(lower, "b", NULL);

	(void)state;
	done(count_base_asked(lower, a, NOW_MS + COUNT_DAY_MS, &err));
	assert_true(asked(a) == NOW_MS);
	done(count_base_asked(lower, a, NOW_MS + COUNT_DAY_MS + 1, &err));
	assert_true(asked(a) == NOW_MS + COUNT_DAY_MS + 1);
	assert_true(asked(b) == NOW_MS);
	/* A clock that went back. */
	done(count_base_asked(lower, a, 5, &err));
	assert_true(asked(a) == 5);
}

static void
old_definitions_leave_with_their_counts(void **state)
{
	static const char *const tables[] = { "count_hours", "count_days", "count_totals",
		"count_missing" };
	int64_t old = number_of(lower, "old", NULL), kept = number_of(lower, "kept", NULL);
	char sql[100];

	(void)state;
	for (int64_t no = 1; no <= 2; no++) {
		add(lower, no, 1, FROM_MS, 1, 1);
		done(count_base_miss(lower, no, 9, &err));
	}
	done(count_base_finish(lower, &err));
	done(count_base_asked(lower, kept, NOW_MS + 2 * COUNT_DAY_MS, &err));
	done(count_base_remove_old(lower, NOW_MS, &err));
	assert_int_equal(number_of(lower, "old", NULL), old);
	done(count_base_remove_old(lower, NOW_MS + 1, &err));
	for (size_t i = 0; i < 4; i++) {
		snprintf(sql, sizeof(sql), "SELECT group_concat(DISTINCT definition_no) "
		    "FROM %s", tables[i]);
		assert_int_equal(integer(lower_db, sql), kept);
	}
	assert_int_equal(number_of(lower, "kept", NULL), kept);
	assert_int_equal(integer(lower_db, "SELECT count(*) FROM count_definitions"), 1);
	number_of(lower, "c", NULL);
	number_of(lower, "d", NULL);
	done(count_base_remove_old(lower, INT64_MAX, &err));
	assert_int_equal(integer(lower_db, "SELECT count(*) FROM count_definitions"), 0);
	done(count_base_remove_old(lower, INT64_MAX, &err));
}

static void
groups_have_numbers_of_their_own(void **state)
{
	int64_t a, b, c;

	(void)state;
	a = count_base_group(lower, "[\"a\"]", 5, &err);
	b = count_base_group(lower, "[\"b\"]", 5, &err);
	assert_true(a > 0 && b > 0 && a != b);
	assert_int_equal(count_base_group(lower, "[\"a\"]", 5, &err), a);
	assert_int_equal(count_base_group(lower, "[\"A\"]", 5, &err), b + 1);
	/* The upper one takes the numbers of the lower, and new ones after them. */
	assert_int_equal(count_base_group(upper, "[\"b\"]", 5, &err), b);
	c = count_base_group(upper, "[\"c\"]", 5, &err);
	assert_int_equal(c, b + 2);
	assert_int_equal(count_base_group(upper, "[\"c\"]", 5, &err), c);
	assert_int_equal(count_base_group(upper, "[\"d\"]", 5, &err), c + 1);
	assert_int_equal(integer(upper_db, "SELECT count(*) FROM count_groups"), 2);
	assert_int_equal(integer(lower_db, "SELECT count(*) FROM count_groups"), 3);
}

static void
a_base_asks_another_one_for_groups(void **state)
{
	struct count_base *beside;
	struct db *beside_db;
	int64_t a, b;

	(void)state;
	open_base(&beside_db, &beside, NULL);
	a = count_base_group(lower, "[1]", 3, &err);
	b = count_base_group(upper, "[2]", 3, &err);
	count_base_ask_groups(beside, upper);
	assert_int_equal(count_base_group(beside, "[1]", 3, &err), a);
	assert_int_equal(count_base_group(beside, "[2]", 3, &err), b);
	assert_int_equal(count_base_group(beside, "[3]", 3, &err), b + 1);
	assert_int_equal(integer(upper_db, "SELECT count(*) FROM count_groups"), 1);
	count_base_close(beside);
	db_close(beside_db);
}

static bool
misses(struct count_base *base, int64_t no, int64_t departure_no)
{
	struct departure one = { .no = departure_no };
	struct departures departures = { &one, 1 };
	bool is_missing;
	int result = count_base_read_missing(base, no, &departures, &is_missing, &err);

	done(result);
	assert_int_equal(result, is_missing);
	return is_missing;
}

static void
departures_are_missing_and_found(void **state)
{
	(void)state;
	done(count_base_miss(lower, 1, 5, &err));
	done(count_base_miss(lower, 1, 5, &err));
	assert_true(misses(lower, 1, 5));
	assert_true(misses(lower, 1, 5));
	assert_false(misses(lower, 2, 5));
	assert_false(misses(lower, 1, 6));
	done(count_base_found(lower, 1, 5, &err));
	done(count_base_found(lower, 1, 5, &err));
	assert_false(misses(lower, 1, 5));
}

static void
what_the_lower_base_knows_is_taken_over(void **state)
{
	int64_t a = number_of(lower, "a", NULL), b = number_of(lower, "b", NULL);
	struct count_mark mark;

	(void)state;
	done(count_base_mark(lower, b, &(struct count_mark){ 1, 2, 3, 4 }, &err));
	done(count_base_miss(lower, b, 9, &err));
	done(count_base_miss(lower, a, 8, &err));
	assert_int_equal(number_of(upper, "b", &mark), b);
	is_mark(&mark, 1, 4);
	assert_true(misses(upper, b, 9));
	assert_false(misses(upper, b, 8));
	/* A new one has a number that neither has. */
	assert_int_equal(number_of(upper, "c", &mark), b + 1);
	is_mark(&mark, 0, 0);
	assert_int_equal(number_of(upper, "a", NULL), a);
	assert_int_equal(integer(lower_db, "SELECT count(*) FROM count_definitions"), 2);
	done(count_base_mark(upper, b, &(struct count_mark){ 5, 5, 5, 5 }, &err));
	is_mark((number_of(upper, "b", &mark), &mark), 5, 5);
	is_mark((number_of(lower, "b", &mark), &mark), 1, 4);
}

static int64_t
good_of_day(struct db *db, int64_t no)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "SELECT sum(good) FROM count_days "
	    "WHERE definition_no = %" PRId64, no);
	return integer(db, sql);
}

static void
a_restart_forgets_all(void **state)
{
	int64_t a = number_of(lower, "a", NULL), b = number_of(lower, "b", NULL), no = a;
	struct count_mark mark = { 1, 2, 3, 4 };

	(void)state;
	done(count_base_mark(lower, a, &mark, &err));
	done(count_base_mark(lower, b, &mark, &err));
	add(lower, a, 1, FROM_MS, 5, 0);
	add(lower, b, 1, FROM_MS, 6, 0);
	done(count_base_finish(lower, &err));
	done(count_base_miss(lower, a, 1, &err));
	/* The upper one has a number of its own from now on. */
	assert_int_equal(number_of(upper, "a", NULL), a);
	add(upper, a, 1, FROM_MS, 5, 0);
	done(count_base_finish(upper, &err));
	assert_int_equal(good_of_day(upper_db, a), 10);
	done(count_base_restart(upper, &no, &err));
	assert_true(no > b);
	assert_int_equal(number_of(upper, "a", &mark), no);
	is_mark(&mark, 0, 0);
	assert_false(misses(upper, no, 1));
	add(upper, no, 1, FROM_MS, 7, 0);
	done(count_base_finish(upper, &err));
	assert_int_equal(good_of_day(upper_db, no), 7);
	assert_int_equal(integer(upper_db, "SELECT count(*) FROM count_days"), 1);
	/* And the lower one, which lies over nothing, keeps it. */
	no = a;
	done(count_base_restart(lower, &no, &err));
	assert_int_equal(no, a);
	is_mark((number_of(lower, "a", &mark), &mark), 0, 0);
	assert_int_equal(good_of_day(lower_db, a), -1);
	assert_int_equal(good_of_day(lower_db, b), 6);
	assert_false(misses(lower, a, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_base_says_whose_it_is),
		TEST(definitions_are_known_by_their_text),
		TEST(asking_is_written_once_a_day),
		TEST(old_definitions_leave_with_their_counts),
		TEST(groups_have_numbers_of_their_own),
		TEST(a_base_asks_another_one_for_groups),
		TEST(departures_are_missing_and_found),
		TEST(what_the_lower_base_knows_is_taken_over),
		TEST(a_restart_forgets_all),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
