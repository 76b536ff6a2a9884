/* SPDX-License-Identifier: ISC */
#include "slo/decimal.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
test_parse(void **state)
{
	static const struct {
		const char *text;
		int percent_digits;
		const char *printed; /* NULL when text is refused */
	} cases[] = {
		{ "0", 0, "0" }, { "1", 0, "1" }, { "1.0", 0, "1" },
		{ "0.5", 0, "0.5" }, { "0.50", 0, "0.5" },
		{ "0.000000001", 0, "0.000000001" },
		{ "0.999999999", 0, "0.999999999" },
		{ "0.99900000000", 0, "0.999" }, { "00.1", 0, "0.1" },
		{ "99.9", 2, "0.999" }, { "100", 2, "1" }, { "0.1", 2, "0.001" },
		{ "99.9999999", 2, "0.999999999" }, { "0", 2, "0" },
		{ "", 0, NULL }, { ".5", 0, NULL }, { "1.", 0, NULL },
		{ "1.1", 0, NULL }, { "2", 0, NULL }, { "-0.1", 0, NULL },
		{ "+0.1", 0, NULL }, { "1e-1", 0, NULL }, { " 0.1", 0, NULL },
		{ "0.1 ", 0, NULL }, { "0..1", 0, NULL }, { "0.1.2", 0, NULL },
		{ "0x1", 0, NULL }, { "nan", 0, NULL }, { "0,5", 0, NULL },
		{ "0.0000000001", 0, NULL }, { "100.1", 2, NULL },
		{ "99.99999999", 2, NULL },
		{ "18446744073709551616", 0, NULL },
		{ "0.00000000000000000000000000000000001", 0, NULL },
	};
	char text[DECIMAL_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct decimal decimal = { 42, 7 };
		int result = decimal_parse(cases[i].text,
		    cases[i].percent_digits, &decimal);

		assert_int_equal(result, cases[i].printed != NULL ? 0 : -1);
		if (result < 0) {
			assert_int_equal(decimal.units, 42);
			continue;
		}
		decimal_print(text, &decimal);
		assert_string_equal(text, cases[i].printed);
	}
}

static struct decimal
decimal_of(const char *text)
{
	struct decimal decimal;

	assert_int_equal(decimal_parse(text, 0, &decimal), 0);
	return decimal;
}

static void
test_compare_where_doubles_fail(void **state)
{
	const uint64_t most = INT64_MAX;
	struct decimal target;

	(void)state;
	/* 0.1 + 0.2 in doubles is more than 0.3. */
	target = decimal_of("0.3");
	assert_int_equal(decimal_compare(3, 10, &target), 0);
	assert_int_equal(decimal_compare(1 + 2, 10, &target), 0);
	/* 1 - 0.999 in doubles is less than 0.001. */
	target = decimal_of("0.999");
	assert_int_equal(decimal_compare(999, 1000, &target), 0);
	assert_true(decimal_compare(998, 1000, &target) < 0);
	/* One event of 2^63 - 1 makes a difference. */
	target = decimal_of("0.5");
	assert_true(decimal_compare(most / 2, most, &target) < 0);
	assert_true(decimal_compare(most / 2 + 1, most, &target) > 0);
	target = decimal_of("1");
	assert_true(decimal_compare(most - 1, most, &target) < 0);
	assert_int_equal(decimal_compare(most, most, &target), 0);
	target = decimal_of("0.999999999");
	assert_true(decimal_compare(most - most / 1000000000 - 1, most,
	    &target) < 0);
	assert_true(decimal_compare(most - most / 1000000000, most, &target) > 0);
	/* The largest counts: 2^63 - 1 good and as many bad events. */
	assert_true(decimal_compare(2 * most, 2 * most, &target) > 0);
	assert_true(decimal_compare(most, 2 * most, &target) < 0);
}

static void
test_print_ratio(void **state)
{
	static const struct {
		int64_t numerator, denominator;
		const char *printed;
	} cases[] = {
		{ 0, 1, "0" }, { 1, 1, "1" }, { 1, 2, "0.5" }, { 1, 8, "0.125" },
		{ 2, 3, "0.666666666666" }, { -2, 3, "-0.666666666666" },
		{ -1, 1000000000000000, "0" }, { 999999999999999, 1000000000000000,
		  "0.999999999999" }, { 1, 1000000000000, "0.000000000001" },
		{ 7, 2, "3.5" }, { -7, 2, "-3.5" }, { 144, 10, "14.4" },
		{ INT64_MAX, 1, "9223372036854775807" },
		{ INT64_MAX, INT64_MAX, "1" }, { 28 * 10, 30 * 10, "0.933333333333" },
	};
	char text[DECIMAL_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		decimal_print_ratio(text, cases[i].numerator, cases[i].denominator);
		assert_string_equal(text, cases[i].printed);
	}
	/* The longest: 2^64 events times 10^9 over 1. */
	decimal_print_ratio(text, (decimal_wide)UINT64_MAX * 1000000000, 1);
	assert_string_equal(text, "18446744073709551615000000000");
	/* The largest denominator. */
	decimal_print_ratio(text, ((decimal_wide)1 << 122) - 1,
	    (decimal_wide)1 << 122);
	assert_string_equal(text, "0.999999999999");
}

/* A share below a target is never printed as the target. */
static void
test_print_never_reaches(void **state)
{
	(void)state;
	random_start();
	for (int i = 0; i < 100000; i++) {
		uint64_t whole = random_below(INT64_MAX - 1) + 1;
		uint64_t part = random_below(whole + 1);
		struct decimal target = { (int64_t)random_below(1000), 3 };
		struct decimal read;
		char text[DECIMAL_TEXT_SIZE];

		decimal_print_ratio(text, (decimal_wide)part, (decimal_wide)whole);
		text[strlen(text) > 11 ? 11 : strlen(text)] = '\0';
		assert_int_equal(decimal_parse(text, 0, &read), 0);
		if (decimal_compare(part, whole, &target) < 0)
			assert_true(decimal_compare((uint64_t)read.units,
			    (uint64_t)decimal_unit(&read), &target) < 0);
		assert_true(decimal_compare(part, whole, &read) >= 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_compare_where_doubles_fail),
		cmocka_unit_test(test_print_ratio),
		cmocka_unit_test(test_print_never_reaches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
