/* SPDX-License-Identifier: ISC
 *
 * Corrections: what a definition shows, its totals and what was corrected together, does not
 * fall whatever is counted after it began anew.
 */
#include "count/corrections.h"
#include "tests/unit/count/bases.h"
#include "tests/unit/random.h"

#define NO 1
#define GROUPS 3
#define BOUNDS 2

/* What is shown of each group. */
struct shown {
	double levels[GROUPS + 1][4];
};

static int
add_correction(void *context, int64_t group_no, const struct count_levels *added,
    struct err *failure)
{
	struct shown *shown = context;

	(void)failure;
	for (size_t i = 0; i < added->count; i++)
		shown->levels[group_no][i] += added->items[i];
	return 0;
}

static struct shown
show(void)
{
	struct shown shown = { .levels = { { 0 } } };
	struct db_statement *totals;

	done(db_prepare(count_base_db(lower), &totals, "SELECT group_no, good, bad, unknown,"
	    " excluded FROM count_totals WHERE definition_no = 1", &err));
	while (db_step(totals, &err) == 1)
		for (int i = 0; i < 4; i++)
			shown.levels[db_column_integer(totals, 0)][i] =
			    (double)db_column_integer(totals, 1 + i);
	db_finalize(totals);
	done(count_corrections_read(lower, NO, add_correction, &shown, &err));
	return shown;
}

static void
not_less(const struct shown *before, const struct shown *now)
{
	for (size_t group = 1; group <= GROUPS; group++)
		for (size_t i = 0; i < 4; i++)
			assert_true(now->levels[group][i] >= before->levels[group][i]);
}

static void
add_some(void)
{
	int64_t group_no = 1 + (int64_t)random_below(GROUPS);

	add(lower, NO, group_no, (int64_t)random_below(5000000), (int64_t)random_below(20),
	    (int64_t)random_below(5));
	done(count_base_finish(lower, &err));
}

static void
what_is_shown_does_not_fall(void **state)
{
	int64_t no = NO;

	(void)state;
	random_start();
	for (int round = 0; round < 60; round++) {
		struct shown before, now;

		for (uint64_t i = random_below(6); i > 0; i--)
			add_some();
		before = show();
		if (random_below(2) == 0) {
			done(count_base_restart(lower, &no, &err));
			assert_int_equal(no, NO);
			/* Begun anew twice before all was counted again. */
			if (random_below(3) == 0) {
				add_some();
				done(count_base_restart(lower, &no, &err));
			}
			for (uint64_t i = random_below(8); i > 0; i--)
				add_some();
			now = show();
			not_less(&before, &now);
			before = now;
			done(count_corrections_settle(lower, NO, &err));
		}
		now = show();
		not_less(&before, &now);
	}
}

/* What is shown of a histogram of group 1. */
static int
add_levels(void *context, int64_t group_no, const struct count_levels *added,
    struct err *failure)
{
	struct count_levels *shown = context;

	(void)failure;
	assert_int_equal(group_no, 1);
	for (size_t i = 0; i < added->count; i++)
		shown->items[i] += added->items[i];
	return 0;
}

static struct count_levels
show_histogram(void)
{
	struct count_levels shown = { .count = 0 };
	struct db_statement *values;
	struct count_value value;

	done(db_prepare(count_base_db(lower), &values, "SELECT value FROM count_values"
	    " WHERE definition_no = 1", &err));
	if (db_step(values, &err) == 1) {
		done(count_value_read(&value, db_column_blob(values, 0),
		    db_column_bytes(values, 0), BOUNDS, &err));
		shown = count_levels_of_value(&value, BOUNDS);
	}
	db_finalize(values);
	done(count_corrections_read(lower, NO, add_levels, &shown, &err));
	return shown;
}

/* Adds values whose sum is rounded. */
static void
add_values(void)
{
	const struct count_bounds bounds = { { 0.1, 0.5 }, BOUNDS };
	struct count_value value = { .count = 0 };

	for (uint64_t i = random_below(5); i > 0; i--) {
		struct count_number number = { .real = (double)random_below(1000) / 997 };

		count_value_add(&value, &bounds, &number, 1, 1);
	}
	done(count_base_add_value(lower, NO, 1, &value, BOUNDS, &err));
}

/* Its buckets are all events that it counts, and neither they nor their sum fall, also when
 * others came than were there before. */
static void
histograms_stay_whole(void **state)
{
	struct count_levels before = { .count = 0 }, now;
	int64_t no = NO;

	(void)state;
	random_start();
	for (int round = 0; round < 500; round++) {
		double all = 0;

		if (random_below(3) == 0) {
			done(count_base_restart(lower, &no, &err));
			add_values();
			if (random_below(4) == 0)
				done(count_base_restart(lower, &no, &err));
			add_values();
			done(count_corrections_settle(lower, NO, &err));
		}
		add_values();
		now = show_histogram();
		for (size_t i = 0; i < COUNT_LEVEL_BUCKETS + BOUNDS + 1; i++)
			assert_true(now.items[i] >= before.items[i]);
		for (size_t i = COUNT_LEVEL_BUCKETS; i < COUNT_LEVEL_BUCKETS + BOUNDS + 1; i++)
			all += now.items[i];
		assert_true(all == now.items[COUNT_LEVEL_COUNT]);
		before = now;
	}
}

/* A definition that is counted again in full is not corrected. */
static void
what_is_whole_again_is_as_before(void **state)
{
	int64_t no = NO;
	struct shown shown;

	(void)state;
	add(lower, NO, 1, 1000, 5, 2);
	done(count_base_finish(lower, &err));
	done(count_base_restart(lower, &no, &err));
	add(lower, NO, 1, 1000, 5, 2);
	done(count_base_finish(lower, &err));
	done(count_corrections_settle(lower, NO, &err));
	add(lower, NO, 1, 2000, 1, 0);
	done(count_base_finish(lower, &err));
	shown = show();
	assert_true(shown.levels[1][0] == 6 && shown.levels[1][1] == 2);
}

static void
damage_is_noticed(void **state)
{
	int64_t no = NO;
	struct shown shown = { .levels = { { 0 } } };

	(void)state;
	add(lower, NO, 1, 1000, 5, 2);
	done(count_base_finish(lower, &err));
	done(count_base_restart(lower, &no, &err));
	done(db_run(count_base_db(lower), "UPDATE count_corrections SET kept = zeroblob(32)",
	    &err));
	assert_int_equal(count_corrections_read(lower, NO, add_correction, &shown, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
	done(count_corrections_forget(lower, NO, &err));
	done(count_corrections_read(lower, NO, add_correction, &shown, &err));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_shown_does_not_fall),
		TEST(histograms_stay_whole),
		TEST(what_is_whole_again_is_as_before),
		TEST(damage_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
