/* SPDX-License-Identifier: ISC
 *
 * Series of what was counted: one for each group up to a limit, and what is gone is added.
 */
#include "metric/series.h"
#include "tests/unit/metric/stored.h"

static const struct slo_events observations = { EVENT_observation, NULL };
static struct metric_series_list list;

static int
leave_series(void **state)
{
	metric_series_release(&list);
	return leave(state);
}

static struct slo_definition
of_values(void)
{
	return (struct slo_definition){ .events = &observations, .value = "value",
		.bounds = "1,10", .group = { "name", "outcome" }, .group_count = 2 };
}

static struct slo_definition
of_counts(void)
{
	return (struct slo_definition){ .events = &observations, .good = "outcome = 'ok'",
		.group = { "name" }, .group_count = 1 };
}

/* Counts the definition anew and reads its series. */
static void
read_series(const struct slo_definition *definition, size_t max_series)
{
	const struct count_options options = { .path = NULL };
	struct count *count;

	metric_series_release(&list);
	done(count_open(&count, db, definition, 1, &options, &err));
	done(metric_series_read(&list, count, 0, definition, max_series, &err));
	count_close(count);
}

/* "NAME:COUNT:SUM:LAST" of each, in order, the other one as "other", NULL as labels are. */
static void
values_are(const char *expected)
{
	struct buf found = BUF_EMPTY;

	for (size_t i = 0; i < list.count; i++) {
		const struct metric_series *series = &list.items[i];
		const double *levels = series->levels.items;

		buf_printf(&found, "%s%s", i > 0 ? " " : "", series->is_other ? "other"
		    : series->values[0]);
		for (size_t k = 1; !series->is_other && k < 2; k++)
			buf_printf(&found, "/%s", series->values[k] != NULL
			    ? series->values[k] : "");
		buf_printf(&found, ":%g:%g:%g", levels[COUNT_LEVEL_COUNT],
		    levels[COUNT_LEVEL_SUM], series->last_ms >= 0 ? series->last : -1);
	}
	assert_string_equal(buf_text(&found), expected);
	buf_release(&found);
}

static void
nothing_was_counted(void **state)
{
	const struct slo_definition definition = of_values();

	(void)state;
	read_series(&definition, 5);
	assert_int_equal(list.count, 0);
	assert_int_equal(list.folded_count, 0);
	assert_false(list.is_corrected);
}

/* By the values; NULL is "", as a label has no other word for it. */
static void
groups_are_in_order(void **state)
{
	const struct slo_definition definition = of_values();

	(void)state;
	store_observation(1, 10, "'b'", "'ok'", "5");
	store_observation(2, 20, "'a'", "'ok'", "0.5");
	store_observation(3, 30, "'a'", "NULL", "20");
	store_observation(4, 15, "'b'", "'ok'", "7");
	store_observation(5, 50, "'a'", "''", "NULL");
	read_series(&definition, 9);
	values_are("a/:1:20:20 a/ok:1:0.5:0.5 b/ok:2:12:7");
	assert_int_equal(list.items[2].last_ms, 15);
	assert_int_equal((int)list.items[0].levels.items[COUNT_LEVEL_LOST], 1);
	assert_int_equal((int)list.items[0].levels.items[COUNT_LEVEL_BUCKETS + 2], 1);
	assert_int_equal((int)list.items[1].levels.items[COUNT_LEVEL_BUCKETS], 1);
	assert_int_equal((int)list.items[2].levels.items[COUNT_LEVEL_BUCKETS + 1], 2);
}

/* Those that came first keep their series, whichever has more later. */
static void
groups_past_the_limit_share_one(void **state)
{
	const struct slo_definition definition = of_values();

	(void)state;
	store_observation(1, 10, "'z'", "'ok'", "1");
	store_observation(2, 20, "'y'", "'ok'", "2");
	read_series(&definition, 2);
	values_are("y/ok:1:2:2 z/ok:1:1:1");
	assert_int_equal(list.folded_count, 0);
	store_observation(3, 30, "'a'", "'ok'", "4");
	store_observation(4, 40, "'b'", "'ok'", "8");
	store_observation(5, 50, "'b'", "'ok'", "16");
	store_observation(6, 60, "'z'", "'ok'", "32");
	read_series(&definition, 2);
	/* Of many groups there is no last value. */
	values_are("other:3:28:-1 y/ok:1:2:2 z/ok:2:33:32");
	assert_int_equal(list.folded_count, 2);
	read_series(&definition, 3);
	values_are("a/ok:1:4:4 other:2:24:-1 y/ok:1:2:2 z/ok:2:33:32");
	assert_int_equal(list.folded_count, 1);
	assert_string_equal(list.items[1].values[0], METRIC_SERIES_OTHER);
}

static void
counts_of_an_objective(void **state)
{
	const struct slo_definition definition = of_counts();

	(void)state;
	store_observation(1, 10, "'a'", "'ok'", "1");
	store_observation(2, 10, "'a'", "'failed'", "1");
	store_observation(3, 10, "'a'", "NULL", "1");
	store_observation(4, 10, "'b'", "'ok'", "1");
	read_series(&definition, 1);
	assert_int_equal(list.count, 2);
	assert_int_equal((int)list.items[0].levels.items[COUNT_LEVEL_GOOD], 1);
	assert_int_equal((int)list.items[0].levels.items[COUNT_LEVEL_BAD], 1);
	assert_int_equal((int)list.items[0].levels.items[COUNT_LEVEL_UNKNOWN], 1);
	assert_true(list.items[1].is_other);
	assert_int_equal((int)list.items[1].levels.items[COUNT_LEVEL_GOOD], 1);
	assert_true(list.items[0].last_ms < 0);
}

/* After an older copy of the database came back, no counter is lower, and `corrected` says how
 * much of it is gone. A group without events keeps its counter too. */
static void
what_is_gone_stays_in_the_counters(void **state)
{
	const struct slo_definition definition = of_values();

	(void)state;
	store_observation(1, 10, "'a'", "'ok'", "5");
	close_all();
	copy_file("t.db", "old.db");
	open_all();
	store_observation(2, 20, "'a'", "'ok'", "7");
	store_observation(3, 30, "'b'", "'ok'", "1");
	read_series(&definition, 5);
	values_are("a/ok:2:12:7 b/ok:1:1:1");
	assert_false(list.is_corrected);
	close_all();
	copy_file("old.db", "t.db");
	open_all();
	read_series(&definition, 5);
	values_are("a/ok:2:12:5 b/ok:1:1:-1");
	assert_true(list.is_corrected);
	assert_int_equal((int)list.items[0].corrected.items[COUNT_LEVEL_COUNT], 1);
	assert_int_equal((int)list.items[0].corrected.items[COUNT_LEVEL_SUM], 7);
	assert_int_equal((int)list.items[1].corrected.items[COUNT_LEVEL_COUNT], 1);
	/* New events are added to both. */
	store_observation(2, 40, "'a'", "'ok'", "2");
	read_series(&definition, 5);
	values_are("a/ok:3:14:2 b/ok:1:1:-1");
}

static void
bounds_that_are_none(void **state)
{
	struct slo_definition definition = of_values();
	const struct count_options options = { .path = NULL };
	struct count *count;

	(void)state;
	done(count_open(&count, db, &definition, 1, &options, &err));
	definition.bounds = "2,1";
	assert_int_equal(metric_series_read(&list, count, 0, &definition, 5, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
	assert_string_equal(err.text, "no bounds of buckets: '2,1'");
	count_close(count);
}

#define TEST_SERIES(function) cmocka_unit_test_setup_teardown(function, enter, leave_series)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_SERIES(nothing_was_counted),
		TEST_SERIES(groups_are_in_order),
		TEST_SERIES(groups_past_the_limit_share_one),
		TEST_SERIES(counts_of_an_objective),
		TEST_SERIES(what_is_gone_stays_in_the_counters),
		TEST_SERIES(bounds_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
