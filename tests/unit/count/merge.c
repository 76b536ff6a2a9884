/* SPDX-License-Identifier: ISC
 *
 * Counts of one base that are added to another, which has other numbers for the same
 * groups.
 */
#include "count/merge.h"
#include "tests/unit/count/bases.h"

#define NO 1 /* of the definition, in both bases */

static const struct count_wanted wanted[] = { { .no = NO }, { .no = 2 } };
static struct db *other_db;
static struct count_base *other;

static int
enter_merge(void **state)
{
	if (enter(state) < 0)
		return -1;
	open_base(&other_db, &other, NULL);
	return 0;
}

static int
leave_merge(void **state)
{
	count_base_close(other);
	db_close(other_db);
	return leave(state);
}

static int64_t
group(struct count_base *base, const char *key)
{
	int64_t no = count_base_group(base, key, strlen(key), &err);

	assert_true(no > 0);
	return no;
}

static void
add_to(struct count_base *base, int64_t no, const char *key, int64_t at_ms, int64_t good,
    int64_t bad)
{
	add(base, no, group(base, key), at_ms, good, bad);
	done(count_base_finish(base, &err));
}

static void
merge_into(struct count_base *base, size_t count)
{
	done(count_merge(base, other, wanted, count, &err));
}

/* What a query says in its first column: the rows with blanks between them. */
static void
says(struct db *db, const char *sql, const char *expected)
{
	struct buf found = BUF_EMPTY;
	struct db_statement *query;

	done(db_prepare(db, &query, sql, &err));
	while (db_step(query, &err) == 1)
		buf_printf(&found, "%s%s", found.len > 0 ? " " : "",
		    db_column_text(query, 0));
	db_finalize(query);
	assert_string_equal(buf_text(&found), expected);
	buf_release(&found);
}

#define TOTALS "SELECT key || good || '/' || bad FROM count_totals" \
	" JOIN count_groups ON no = group_no WHERE definition_no = 1 ORDER BY key"
#define DAYS "SELECT (day - 20000) || key || good || '/' || bad || '/' || bad_minutes" \
	" FROM count_days JOIN count_groups ON no = group_no WHERE definition_no = 1" \
	" ORDER BY day, key"

/* NULL is none of the texts, and the same text of other columns is another group. */
static void
groups_are_matched_by_their_values(void **state)
{
	static const char *const keys[] = { "[null]", "[\"\"]", "[\"null\"]", "[\"a\"]",
		"[\"a\",null]", "[null,\"a\"]", "[\"a\",\"a\"]", "[]" };
	size_t count = sizeof(keys) / sizeof(keys[0]);

	(void)state;
	/* The numbers go in opposite directions; one group is new, and one not merged. */
	for (size_t i = 0; i + 1 < count; i++)
		add_to(lower, NO, keys[i], FROM_MS, 1 + (int64_t)i, 0);
	for (size_t i = count; i-- > 1;)
		add_to(other, NO, keys[i], FROM_MS, 10 * (1 + (int64_t)i), 0);
	merge_into(lower, 1);
	says(lower_db, TOTALS, "[\"\"]22/0 [\"a\",\"a\"]77/0 [\"a\",null]55/0 [\"a\"]44/0"
	    " [\"null\"]33/0 []80/0 [null,\"a\"]66/0 [null]1/0");
	says(lower_db, "SELECT count(*) FROM count_groups", "8");
	says(other_db, "SELECT count(*) FROM count_hours", "7");
}

/* Hours of a day and group are added up together, however groups lie between them. */
static void
hours_of_days_are_added_up(void **state)
{
	(void)state;
	for (int hour = 0; hour < 30; hour += 6)
		for (int i = 0; i < 2; i++) {
			const char *key = i == 0 ? "[\"a\"]" : "[\"b\"]";

			add_to(other, NO, key, FROM_MS + hour * COUNT_HOUR_MS, 1, 2 * i);
			add_to(other, NO, key, FROM_MS + hour * COUNT_HOUR_MS +
			    COUNT_MINUTE_MS, 10, 0);
		}
	add_to(lower, NO, "[\"b\"]", FROM_MS + 3 * COUNT_HOUR_MS, 100, 1);
	add_to(lower, NO, "[\"b\"]", FROM_MS + 7 * COUNT_HOUR_MS, 100, 0);
	merge_into(lower, 1);
	says(lower_db, DAYS, "0[\"a\"]44/0/0 0[\"b\"]244/9/5 1[\"a\"]11/0/0"
	    " 1[\"b\"]11/2/1");
	says(lower_db, TOTALS, "[\"a\"]55/0 [\"b\"]255/11");
	says(lower_db, "SELECT group_concat(hour - 480000, ',') FROM count_hours"
	    " JOIN count_groups ON no = group_no GROUP BY key ORDER BY key",
	    "0,6,12,18,24 0,3,6,7,12,18,24");
}

/* Bad events of one minute in both bases are of one minute with bad events. */
static void
minutes_that_both_have_are_one(void **state)
{
	(void)state;
	add_to(lower, NO, "[]", FROM_MS + 5, 1, 1);
	add_to(other, NO, "[]", FROM_MS + 2, 2, 3);
	add_to(other, NO, "[]", FROM_MS + COUNT_MINUTE_MS - 1, 0, 1);
	add_to(other, NO, "[]", FROM_MS + COUNT_MINUTE_MS, 0, 1);
	merge_into(lower, 1);
	says(lower_db, DAYS, "0[]3/6/2");
	says(lower_db, "SELECT (first_ms - 1728000000000) || '-' || (newest_ms - 1728000000000)"
	    " FROM count_days", "2-60000");
}

/* Only the definitions that are named, each for itself. */
static void
definitions_stay_apart(void **state)
{
	(void)state;
	for (int64_t no = 1; no <= 3; no++)
		add_to(other, no, "[]", FROM_MS, no, 0);
	merge_into(lower, 0);
	says(lower_db, "SELECT definition_no || ':' || good FROM count_days", "");
	merge_into(lower, 2);
	says(lower_db, "SELECT definition_no || ':' || good FROM count_days", "1:1 2:2");
}

/* Rows of a base that lies over another have all that both have. */
static void
a_base_over_another_is_completed(void **state)
{
	(void)state;
	add_to(lower, NO, "[\"a\"]", FROM_MS, 1, 1);
	add_to(lower, NO, "[\"b\"]", FROM_MS, 2, 0);
	add_to(other, NO, "[\"b\"]", FROM_MS + 1, 4, 1);
	add_to(other, NO, "[\"c\"]", FROM_MS + 1, 8, 1);
	merge_into(upper, 1);
	says(upper_db, "SELECT group_no || ':' || good || '/' || bad || '/' || bad_minutes"
	    " FROM count_days", "2:6/1/1 3:8/1/1");
	says(upper_db, "SELECT no || key FROM count_groups", "3[\"c\"]");
	says(lower_db, "SELECT sum(good) FROM count_totals", "3");
}

/* What is written can be read again, and what was damaged is not covered by new numbers. */
static void
seals_are_those_of_the_sums(void **state)
{
	(void)state;
	add_to(lower, NO, "[]", FROM_MS, 1, 0);
	add_to(other, NO, "[]", FROM_MS, 2, 1);
	for (int i = 0; i < 3; i++)
		merge_into(lower, 1);
	says(lower_db, TOTALS, "[]7/3");
	done(db_run(lower_db, "UPDATE count_hours SET seal = seal + 1", &err));
	assert_int_equal(count_merge(lower, other, wanted, 1, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
}

static void
bytes_that_are_no_cells_are_refused(void **state)
{
	(void)state;
	add_to(other, NO, "[]", FROM_MS, 2, 1);
	done(db_run(other_db, "UPDATE count_hours SET minutes = x'ff'", &err));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(count_merge(lower, other, wanted, 2, &err), -1);
		assert_int_equal(err.exit_code, EXIT_DATA);
	}
	says(lower_db, "SELECT count(*) FROM count_hours", "0");
}

#define TEST_MERGE(function) \
	cmocka_unit_test_setup_teardown(function, enter_merge, leave_merge)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_MERGE(groups_are_matched_by_their_values),
		TEST_MERGE(hours_of_days_are_added_up),
		TEST_MERGE(minutes_that_both_have_are_one),
		TEST_MERGE(definitions_stay_apart),
		TEST_MERGE(a_base_over_another_is_completed),
		TEST_MERGE(seals_are_those_of_the_sums),
		TEST_MERGE(bytes_that_are_no_cells_are_refused),
	};

	return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
