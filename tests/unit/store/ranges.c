/* SPDX-License-Identifier: ISC
 *
 * ranges against a plain array of flags, with a printed seed.
 */
#include "store/ranges.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SPACE 200

static void
check_shape(const struct ranges *ranges)
{
	for (size_t i = 0; i < ranges->count; i++) {
		assert_true(ranges->items[i].from < ranges->items[i].until);
		if (i > 0) /* apart: touching ranges are one */
			assert_true(ranges->items[i - 1].until <
			    ranges->items[i].from);
	}
}

static void
in_order_is_one_range(void **state)
{
	struct ranges ranges = { NULL, 0, 0 };

	(void)state;
	assert_false(ranges_have(&ranges, 0));
	for (int64_t i = 1; i < 1000; i++)
		ranges_add(&ranges, i, i + 1);
	assert_int_equal(ranges.count, 1);
	assert_int_equal(ranges.items[0].from, 1);
	assert_int_equal(ranges.items[0].until, 1000);
	assert_false(ranges_have(&ranges, 0));
	assert_true(ranges_have(&ranges, 1));
	assert_true(ranges_have(&ranges, 999));
	assert_false(ranges_have(&ranges, 1000));
	ranges_release(&ranges);
	assert_int_equal(ranges.count, 0);
}

static void
touching_and_overlapping_merge(void **state)
{
	struct ranges ranges = { NULL, 0, 0 };

	(void)state;
	ranges_add(&ranges, 10, 20);
	ranges_add(&ranges, 30, 40);
	ranges_add(&ranges, 50, 60);
	assert_int_equal(ranges.count, 3);
	assert_int_equal(ranges_find(&ranges, 45), 2);
	assert_int_equal(ranges_find(&ranges, 40), 1);
	assert_int_equal(ranges_find(&ranges, 61), 3);
	ranges_add(&ranges, 20, 30);
	assert_int_equal(ranges.count, 2);
	ranges_add(&ranges, 0, 100);
	assert_int_equal(ranges.count, 1);
	ranges_add(&ranges, 5, 5);
	ranges_add(&ranges, 7, 3);
	assert_int_equal(ranges.count, 1);
	assert_int_equal(ranges.items[0].from, 0);
	assert_int_equal(ranges.items[0].until, 100);
	ranges_release(&ranges);
}

static void
ends_of_the_integers(void **state)
{
	struct ranges ranges = { NULL, 0, 0 };

	(void)state;
	ranges_add(&ranges, INT64_MAX - 1, INT64_MAX);
	ranges_add(&ranges, INT64_MIN, INT64_MIN + 1);
	assert_int_equal(ranges.count, 2);
	assert_true(ranges_have(&ranges, INT64_MIN));
	assert_true(ranges_have(&ranges, INT64_MAX - 1));
	assert_false(ranges_have(&ranges, 0));
	ranges_release(&ranges);
}

/* What the set says of every value, and of every place where one may be looked for. */
static void
says_the_same(const struct ranges *ranges, const bool *flags)
{
	for (int value = -1; value <= SPACE; value++) {
		size_t first = 0;

		assert_int_equal(ranges_have(ranges, value),
		    value >= 0 && value < SPACE && flags[value]);
		while (first < ranges->count && ranges->items[first].until < value)
			first++;
		assert_int_equal(ranges_find(ranges, value), first);
	}
}

static void
agrees_with_flags(void **state)
{
	(void)state;
	random_start();
	for (int round = 0; round < 2000; round++) {
		struct ranges ranges = { NULL, 0, 0 };
		bool flags[SPACE] = { false };
		/* Of few long ranges some swallow many; many short ones stay apart. */
		uint64_t longest = 1 + random_below(round % 10 == 0 ? SPACE : 12);

		for (int step = 0; step < 40; step++) {
			int from = (int)random_below(SPACE);
			int until = from + (int)random_below(longest + 1);

			if (until > SPACE)
				until = SPACE;
			ranges_add(&ranges, from, until);
			for (int value = from; value < until; value++)
				flags[value] = true;
			check_shape(&ranges);
		}
		says_the_same(&ranges, flags);
		ranges_release(&ranges);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order_is_one_range),
		cmocka_unit_test(touching_and_overlapping_merge),
		cmocka_unit_test(ends_of_the_integers),
		cmocka_unit_test(agrees_with_flags),
	};

	return cmocka_run_group_tests_name("ranges", tests, NULL, NULL);
}
