/* SPDX-License-Identifier: ISC
 *
 * A map from numbers to the places of an array, whatever the numbers are.
 */
#include "base/number_map.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void
an_empty_map_has_nothing(void **state)
{
	struct number_map map = { NULL, 0, 0 };

	(void)state;
	assert_true(number_map_find(&map, 0) == NUMBER_MAP_NONE);
	assert_true(number_map_find(&map, -1) == NUMBER_MAP_NONE);
	number_map_release(&map);
	assert_int_equal(number_map_add(&map, 5, 0), 0);
	number_map_release(&map);
	assert_true(number_map_find(&map, 5) == NUMBER_MAP_NONE);
	assert_int_equal(map.count, 0);
}

/* Numbers side by side, far apart, and the ends of their range. */
static int64_t
any_number(void)
{
	static const int64_t ends[] = { 0, -1, INT64_MIN, INT64_MAX, INT64_C(1) << 32 };

	switch (random_below(4)) {
	case 0:
		return ends[random_below(5)];
	case 1:
		return (int64_t)random_next();
	case 2: /* all with the same low bits */
		return (int64_t)(random_below(500) << 40);
	default:
		return (int64_t)random_below(500) - 100;
	}
}

static size_t
place_of(const int64_t *numbers, size_t count, int64_t number)
{
	for (size_t i = 0; i < count; i++)
		if (numbers[i] == number)
			return i;
	return NUMBER_MAP_NONE;
}

static void
it_finds_what_was_added(void **state)
{
	static int64_t numbers[3000];

	(void)state;
	random_start();
	for (int round = 0; round < 20; round++) {
		struct number_map map = { NULL, 0, 0 };
		size_t count = 0;

		for (int i = 0; i < 1500; i++) {
			int64_t number = any_number();
			size_t place = place_of(numbers, count, number);

			assert_true(number_map_find(&map, number) == place);
			if (place == NUMBER_MAP_NONE) {
				place = count;
				numbers[count++] = number;
			}
			assert_true(number_map_add(&map, number,
			    place == count - 1 && map.count < count ? place : 77777) == place);
			assert_int_equal(map.count, count);
		}
		for (size_t i = 0; i < count; i++)
			assert_int_equal(number_map_find(&map, numbers[i]), i);
		number_map_release(&map);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_map_has_nothing),
		cmocka_unit_test(it_finds_what_was_added),
	};

	return cmocka_run_group_tests_name("number_map", tests, NULL, NULL);
}
