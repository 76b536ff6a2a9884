/* SPDX-License-Identifier: ISC
 *
 * Values that are added one by one, in any order and in parts, against sums that are made
 * otherwise.
 */
#include "count/count_value.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#define EVENTS 300

struct event {
	struct count_number number;
	bool is_unknown;
	int64_t ts_ms, id;
};

static struct event events[EVENTS];

static double
real_of(const struct count_number *number)
{
	return number->is_whole ? (double)number->whole : number->real;
}

static void
make_events(void)
{
	for (size_t i = 0; i < EVENTS; i++) {
		struct event *event = &events[i];

		*event = (struct event){ .is_unknown = random_below(10) == 0,
			.ts_ms = (int64_t)random_below(50), .id = (int64_t)i };
		event->number.is_whole = random_below(2) == 0;
		event->number.whole = (int64_t)random_below(2000) - 500;
		event->number.real = ((double)random_below(4000000) - 1000000) / 7000;
	}
}

static struct count_value
add_all(const struct count_bounds *bounds, size_t first, size_t step)
{
	struct count_value value = { 0 };

	for (size_t i = first; i < EVENTS; i += step)
		count_value_add(&value, bounds, events[i].is_unknown ? NULL
		    : &events[i].number, events[i].ts_ms, events[i].id);
	return value;
}

static void
bounds_are_read(void **state)
{
	static const char *const wrong[] = { ",", "1,", "1,,2", "2,1", "1,1", "x", "1 2",
		"inf", "1;2" };
	struct count_bounds bounds;

	(void)state;
	assert_int_equal(count_bounds_parse(&bounds, ""), 0);
	assert_int_equal(bounds.count, 0);
	assert_int_equal(count_bounds_parse(&bounds, "-1,0.5,1e3"), 0);
	assert_int_equal(bounds.count, 3);
	assert_true(bounds.items[1] == 0.5 && bounds.items[2] == 1000);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(count_bounds_parse(&bounds, wrong[i]), -1);
}

static void
a_value_is_at_most_its_bound(void **state)
{
	static const struct {
		struct count_number number;
		size_t bucket;
	} cases[] = {
		{ { .is_whole = true, .whole = 1 }, 0 }, { { .is_whole = true, .whole = 2 }, 1 },
		{ { .real = 1.0 }, 0 }, { { .real = 1.0000001 }, 1 }, { { .real = 2.5 }, 1 },
		{ { .is_whole = true, .whole = 3 }, 2 },
		{ { .is_whole = true, .whole = INT64_MAX }, 2 },
		{ { .is_whole = true, .whole = INT64_MIN }, 0 },
		/* As a double it would be 2^53. */
		{ { .is_whole = true, .whole = (INT64_C(1) << 53) + 1 }, 2 },
	};
	struct count_bounds bounds;

	(void)state;
	assert_int_equal(count_bounds_parse(&bounds, "1,2.5"), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct count_value value = { 0 };

		count_value_add(&value, &bounds, &cases[i].number, 1, 1);
		assert_int_equal(value.buckets[cases[i].bucket], 1);
	}
	assert_int_equal(count_bounds_parse(&bounds, "9007199254740992"), 0);
	for (int64_t i = 0; i < 2; i++) {
		struct count_number number = { .is_whole = true,
			.whole = (INT64_C(1) << 53) + i };
		struct count_value value = { 0 };

		count_value_add(&value, &bounds, &number, 1, 1);
		assert_int_equal(value.buckets[i], 1);
	}
}

static void
parts_are_the_whole(void **state)
{
	struct count_bounds bounds;

	(void)state;
	random_start();
	assert_int_equal(count_bounds_parse(&bounds, "-100,0,0.5,100,300"), 0);
	for (int round = 0; round < 50; round++) {
		size_t parts = 1 + random_below(5);
		struct count_value whole, merged = { 0 }, again;
		long double sum = 0;
		struct buf bytes = BUF_EMPTY;
		size_t bound_count;
		struct err err;

		make_events();
		whole = add_all(&bounds, 0, 1);
		for (size_t i = 0; i < parts; i++) {
			struct count_value part = add_all(&bounds, i, parts);

			count_value_merge(&merged, &part);
		}
		for (size_t i = 0; i < EVENTS; i++)
			if (!events[i].is_unknown)
				sum += real_of(&events[i].number);
		assert_true(fabsl(count_value_sum(&merged) - sum) < 1e-9L);
		assert_true(fabsl(count_value_sum(&whole) - sum) < 1e-9L);
		assert_int_equal(merged.count, whole.count);
		assert_int_equal(merged.unknown, whole.unknown);
		assert_int_equal(merged.count + merged.unknown, EVENTS);
		assert_int_equal(merged.first_ms, whole.first_ms);
		assert_int_equal(merged.last_ms, whole.last_ms);
		assert_int_equal(merged.last_id, whole.last_id);
		assert_true(merged.last == whole.last);
		assert_memory_equal(merged.buckets, whole.buckets, sizeof(whole.buckets));
		count_value_write(&bytes, &merged, bounds.count);
		assert_int_equal(count_value_bound_count(bytes.len, &bound_count), 0);
		assert_int_equal(bound_count, bounds.count);
		assert_int_equal(count_value_read(&again, bytes.data, bytes.len, bound_count,
		    &err), 0);
		assert_memory_equal(&again, &merged, sizeof(again));
		assert_int_equal(count_value_read(&again, bytes.data, bytes.len - 1,
		    bound_count, &err), -1);
		assert_int_equal(err.exit_code, EXIT_DATA);
		buf_release(&bytes);
	}
}

static void
large_sums_are_right(void **state)
{
	struct count_bounds bounds = { .count = 0 };
	struct count_value value = { 0 };
	struct count_number large = { .is_whole = true, .whole = INT64_MAX };
	struct count_number tiny = { .real = 1e-3 };

	(void)state;
	for (int i = 0; i < 4; i++)
		count_value_add(&value, &bounds, &large, i, i);
	assert_true(count_value_sum(&value) == 4 * 0x1p63);
	value = (struct count_value){ 0 };
	for (int i = 0; i < 1000000; i++)
		count_value_add(&value, &bounds, &tiny, i, i);
	assert_true(count_value_sum(&value) == 1000.0);
}

static void
an_infinite_value_is_none(void **state)
{
	struct count_bounds bounds = { .count = 0 };
	struct count_value value = { 0 };
	struct count_number infinite = { .real = -INFINITY }, one = { .real = 1 };

	(void)state;
	count_value_add(&value, &bounds, &infinite, 1, 1);
	infinite.real = INFINITY;
	count_value_add(&value, &bounds, &infinite, 2, 2);
	count_value_add(&value, &bounds, &one, 0, 0);
	assert_true(count_value_sum(&value) == 1.0);
	assert_int_equal(value.count, 1);
	assert_int_equal(value.unknown, 2);
	assert_int_equal(value.last_ms, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_are_read),
		cmocka_unit_test(a_value_is_at_most_its_bound),
		cmocka_unit_test(parts_are_the_whole),
		cmocka_unit_test(large_sums_are_right),
		cmocka_unit_test(an_infinite_value_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
