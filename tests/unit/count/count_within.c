/* SPDX-License-Identifier: ISC
 *
 * Counts in the snapshot of another count: they see the moment that it sees, and leave it
 * as it is.
 */
#include "tests/unit/aborts.h"
#include "tests/unit/count/archived.h"
#include "tests/unit/count/opened.h"

static const struct count_options from_file = { .path = NULL };
static const struct count_options from_rows = { .has_no_file = true };
static struct db *reader;
static struct count *outer;

static int
enter_within(void **state)
{
	if (enter_counts(state) < 0)
		return -1;
	traffic_transaction(60);
	done(store_open(&reader, "t.db", DB_READ, 1000, &err));
	done(count_open(&outer, reader, definitions, 4, &from_file, &err));
	return 0;
}

static int
leave_within(void **state)
{
	count_close(outer);
	db_close(reader);
	return leave_counts(state);
}

/* Events that come from now on are none of those that are expected. */
static void
more_traffic(void)
{
	size_t before = model_count;

	traffic_transaction(30);
	for (size_t i = before; i < model_count; i++)
		model_events[i].is_uncounted = true;
}

static void
expect_outer(void)
{
	for (size_t i = 0; i < 4; i++)
		reading_expect(outer, i, &made[i]);
}

/* Counts within the other, of definitions that it has and those that it has not. */
static void
expect_within(void)
{
	struct count *inner;

	done(count_open_within(&inner, outer, definitions + 2, 6, &from_rows, &err));
	for (size_t i = 0; i < 6; i++)
		reading_expect(inner, i, &made[i + 2]);
	assert_false(count_report(inner)->has_file);
	count_close(inner);
}

static void
it_sees_the_moment_of_the_other(void **state)
{
	(void)state;
	expect_within();
	for (int i = 0; i < 3; i++) {
		more_traffic();
		expect_within();
		expect_outer();
	}
	/* What leaves now is still there. */
	archived_remove(0, INT64_MAX, archived_last_batch());
	expect_within();
	expect_outer();
	assert_int_equal(count_departures(outer)->count, 0);
	/* The next count sees another moment. */
	count_close(outer);
	outer = NULL;
	done(count_open(&outer, reader, definitions, 4, &from_file, &err));
	assert_true(count_departures(outer)->count > 0);
}

/* Several at once, closed in any order. */
static void
several_are_open_at_once(void **state)
{
	struct count *inner[3];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		more_traffic();
		done(count_open_within(&inner[i], outer, definitions + i, 1, &from_rows,
		    &err));
	}
	count_close(inner[1]);
	reading_expect(inner[0], 0, &made[0]);
	reading_expect(inner[2], 0, &made[2]);
	count_close(inner[0]);
	count_close(inner[2]);
	expect_outer();
	expect_within();
}

static void
one_that_fails_leaves_the_snapshot(void **state)
{
	const struct count_options foreign = { .has_no_file = true, .archive = "other" };
	struct count *inner = NULL;

	(void)state;
	archived_write_to("other", "0123456789abcdef0123456789abcdef",
	    TRAFFIC_FROM_MS + 2 * COUNT_DAY_MS, TRAFFIC_FROM_MS + 3 * COUNT_DAY_MS);
	more_traffic();
	assert_int_equal(count_open_within(&inner, outer, definitions, 1, &foreign, &err), -1);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	assert_null(inner);
	expect_outer();
	expect_within();
}

static void
open_with_file(void)
{
	struct count *inner;

	if (count_open_within(&inner, outer, definitions, 1, &from_file, &err) == 0)
		count_close(inner);
}

/* The file may be newer than the snapshot. */
static void
it_takes_no_file(void **state)
{
	(void)state;
	assert_true(aborts(open_with_file));
}

#define TEST_WITHIN(function) \
	cmocka_unit_test_setup_teardown(function, enter_within, leave_within)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_WITHIN(it_sees_the_moment_of_the_other),
		TEST_WITHIN(several_are_open_at_once),
		TEST_WITHIN(one_that_fails_leaves_the_snapshot),
		TEST_WITHIN(it_takes_no_file),
	};

	return cmocka_run_group_tests_name("count_within", tests, NULL, NULL);
}
