/* SPDX-License-Identifier: ISC
 *
 * Values that a base keeps of groups: added, over another base, and damaged.
 */
#include "tests/unit/count/bases.h"

#include <inttypes.h>

#define BOUNDS 2

/* What one event adds. */
static void
add_one(struct count_base *base, int64_t no, int64_t group_no, int64_t whole,
    int64_t ts_ms)
{
	const struct count_bounds bounds = { { 10, 100 }, BOUNDS };
	const struct count_number number = { .is_whole = true, .whole = whole };
	struct count_value value = { 0 };

	count_value_add(&value, &bounds, &number, ts_ms, ts_ms);
	done(count_base_add_value(base, no, group_no, &value, BOUNDS, &err));
}

/* Reads what a database has of a group. Returns whether it has any. */
static bool
read_value(struct db *db, int64_t no, int64_t group_no, struct count_value *value)
{
	struct db_statement *read;
	bool has_row;

	*value = (struct count_value){ 0 };
	done(db_prepare(db, &read, "SELECT value FROM count_values"
	    " WHERE definition_no = :no AND group_no = :group_no", &err));
	DB_BIND(read, db_value_integer(":no", no), db_value_integer(":group_no", group_no));
	has_row = db_step(read, &err) == 1;
	if (has_row)
		done(count_value_read(value, db_column_blob(read, 0),
		    db_column_bytes(read, 0), BOUNDS, &err));
	db_finalize(read);
	return has_row;
}

static void
values_are(struct db *db, int64_t no, int64_t group_no, int64_t count, int64_t sum,
    int64_t last)
{
	struct count_value value;

	assert_true(read_value(db, no, group_no, &value));
	assert_int_equal(value.count, count);
	assert_int_equal(value.whole_sum, sum);
	assert_int_equal((int64_t)value.last, last);
}

static void
values_are_added(void **state)
{
	struct count_value value;

	(void)state;
	add_one(lower, 1, 1, 5, 1000);
	values_are(lower_db, 1, 1, 1, 5, 5);
	add_one(lower, 1, 1, 50, 3000);
	add_one(lower, 1, 1, 500, 2000);
	values_are(lower_db, 1, 1, 3, 555, 50);
	assert_true(read_value(lower_db, 1, 1, &value));
	for (int i = 0; i <= BOUNDS; i++)
		assert_int_equal(value.buckets[i], 1);
	assert_int_equal(value.first_ms, 1000);
	assert_int_equal(value.last_ms, 3000);
}

static void
each_definition_and_group_has_its_own(void **state)
{
	struct count_value value;

	(void)state;
	add_one(lower, 1, 1, 5, 1000);
	add_one(lower, 1, 2, 6, 1000);
	add_one(lower, 2, 1, 7, 1000);
	add_one(lower, 1, 2, 60, 500);
	values_are(lower_db, 1, 1, 1, 5, 5);
	values_are(lower_db, 1, 2, 2, 66, 6);
	values_are(lower_db, 2, 1, 1, 7, 7);
	assert_false(read_value(lower_db, 2, 2, &value));
}

/* The upper base stands in place of the one below, which is not written. */
static void
over_another_base(void **state)
{
	struct count_value value;

	(void)state;
	add_one(lower, 1, 1, 5, 1000);
	add_one(upper, 1, 1, 50, 2000);
	add_one(upper, 1, 2, 7, 2000);
	values_are(upper_db, 1, 1, 2, 55, 50);
	values_are(upper_db, 1, 2, 1, 7, 7);
	values_are(lower_db, 1, 1, 1, 5, 5);
	assert_false(read_value(lower_db, 1, 2, &value));
	/* What is above is what goes on. */
	add_one(upper, 1, 1, 1, 3000);
	values_are(upper_db, 1, 1, 3, 56, 1);
}

/* Expects that nothing is added to a group, because of what is there. */
static void
refused(struct count_base *base, const char *words)
{
	struct count_value value = { .count = 1 };

	err = (struct err){ 0, "" };
	assert_int_equal(count_base_add_value(base, 1, 1, &value, BOUNDS, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
	assert_non_null(strstr(err.text, words));
}

static void
what_was_damaged_is_not_added_to(void **state)
{
	(void)state;
	add_one(lower, 1, 1, 5, 1000);
	done(db_run(lower_db, "UPDATE count_values SET seal = seal + 1", &err));
	refused(lower, "damaged");
	refused(upper, "damaged");
	done(db_run(lower_db, "UPDATE count_values SET seal = seal - 1", &err));
	add_one(lower, 1, 1, 5, 1000);
	done(db_run(lower_db, "UPDATE count_values SET value = CAST(x'00' || value AS BLOB)",
	    &err));
	refused(lower, "damaged");
}

/* The row of one group in place of another's: its bytes are right, and its seal is not. */
static void
a_row_in_another_place_is_not_added_to(void **state)
{
	(void)state;
	add_one(lower, 1, 2, 5, 1000);
	done(db_run(lower_db, "UPDATE count_values SET group_no = 1", &err));
	refused(lower, "damaged");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_are_added),
		TEST(each_definition_and_group_has_its_own),
		TEST(over_another_base),
		TEST(what_was_damaged_is_not_added_to),
		TEST(a_row_in_another_place_is_not_added_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
