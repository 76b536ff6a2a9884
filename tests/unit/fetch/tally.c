/* SPDX-License-Identifier: ISC */
#include "fetch/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
returns_the_nearest_rank(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	assert_int_equal(tally_percentile(&tally, 50), -1);
	tally_add(&tally, 7);
	assert_int_equal(tally_percentile(&tally, 1), 7);
	assert_int_equal(tally_percentile(&tally, 100), 7);
	tally_add(&tally, 100000);
	/* The 50th percentile of two values is the smaller, not their mean. */
	assert_int_equal(tally_percentile(&tally, 50), 7);
	assert_int_equal(tally_percentile(&tally, 51), 100000);
	tally_release(&tally);
	for (int i = 1; i <= 20; i++)
		tally_add(&tally, i);
	assert_int_equal(tally_percentile(&tally, 95), 19);
	assert_int_equal(tally_percentile(&tally, 96), 20);
	tally_release(&tally);
}

static void
counts_infinite_values(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	for (int i = 1; i <= 19; i++)
		tally_add(&tally, i);
	tally_add_endless(&tally);
	assert_int_equal(tally_percentile(&tally, 50), 10);
	assert_int_equal(tally_percentile(&tally, 95), 19);
	assert_int_equal(tally_percentile(&tally, 96), -1);
	tally_release(&tally);
}

static void
limits_values(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	tally_add(&tally, -5);
	tally_add(&tally, INT64_MAX);
	assert_int_equal(tally_percentile(&tally, 50), 0);
	assert_int_equal(tally_percentile(&tally, 100), TALLY_MAX_VALUE);
	tally_release(&tally);
	assert_int_equal(tally_percentile(&tally, 50), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(returns_the_nearest_rank),
		cmocka_unit_test(counts_infinite_values),
		cmocka_unit_test(limits_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
