/* SPDX-License-Identifier: ISC */
#include "base/json_number.h"
#include "tests/unit/random.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Reads the number from the beginning of a longer text, as in a line. */
static enum json_number
read(const char *text, int64_t *integer, double *real)
{
	char line[256];
	int len = snprintf(line, sizeof(line), "%s,7", text);

	assert_in_range(len, 2, sizeof(line) - 1);
	return json_number_read(line, (size_t)len - 2, integer, real);
}

static void
integers(void **state)
{
	static const struct {
		const char *text;
		int64_t number;
	} cases[] = {
		{ "0", 0 }, { "-0", 0 }, { "7", 7 }, { "-7", -7 },
		{ "999999999999999999", INT64_C(999999999999999999) },
		{ "9223372036854775807", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
	};
	int64_t integer;
	double real;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(read(cases[i].text, &integer, &real),
		    JSON_NUMBER_INTEGER);
		assert_int_equal(integer, cases[i].number);
	}
}

/* A simdjson of 2023 reads the first three as other numbers. */
static void
reals(void **state)
{
	static const struct {
		const char *text;
		double number;
	} cases[] = {
		{ "0.95000000000000000000", 0.95 },
		{ "1000000000.000000001", 1e9 },
		{ "184407440.73709551616", 184407440.73709551616 },
		{ "-0.0", -0.0 }, { "1e2", 100 }, { "1E+2", 100 },
		{ "-1.5e-3", -0.0015 }, { "0e-400", 0 },
		{ "0.000", 0 },
		{ "4.9e-324", 4.9e-324 },
		{ "1.7976931348623157e308", 1.7976931348623157e308 },
	};
	int64_t integer;
	double real;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(read(cases[i].text, &integer, &real),
		    JSON_NUMBER_REAL);
		assert_memory_equal(&real, &cases[i].number, sizeof(real));
	}
}

static void
assert_all(const char *const *texts, enum json_number kind)
{
	int64_t integer;
	double real;

	for (; *texts != NULL; texts++)
		if (read(*texts, &integer, &real) != kind)
			fail_msg("'%s'", *texts);
}

static void
numbers_beyond_the_types_are_big(void **state)
{
	static const char *const texts[] = { "9223372036854775808",
		"-9223372036854775809", "18446744073709551616",
		"100000000000000000000000000", "1e309", "-1e309", "1e-400",
		"-0.0001e-400", NULL };

	(void)state;
	assert_all(texts, JSON_NUMBER_BIG);
}

static void
other_text_is_no_number(void **state)
{
	static const char *const texts[] = { "", "-", "+1", "01", "-01", "1.",
		".5", "1.e2", "1e", "1e+", "1e1.5", "0x10", "1 ", " 1", "1a",
		"nan", "inf", "-inf", "--1", "1,2", NULL };

	(void)state;
	assert_all(texts, JSON_NUMBER_NONE);
}

static void
finds_integers_without_rounding(void **state)
{
	static const struct {
		const char *text;
		bool is_whole;
		int64_t number;
	} cases[] = {
		{ "1.0", true, 1 }, { "0.0", true, 0 }, { "-0.0", true, 0 },
		{ "0e999999999999", true, 0 }, { "0.00e-5", true, 0 },
		{ "25e2", true, 2500 }, { "2.5E+1", true, 25 },
		{ "2500e-2", true, 25 }, { "-120.50e1", true, -1205 },
		{ "9007199254740993.0", true, INT64_C(9007199254740993) },
		{ "9223372036854775807.000", true, INT64_MAX },
		{ "-9223372036854775808e0", true, INT64_MIN },
		{ "-9.223372036854775808e18", true, INT64_MIN },
		{ "10000000000000000000000e-21", true, 10 },
		{ "9223372036854775808.0", false, 0 },
		{ "1e19", false, 0 }, { "1e999999999999", false, 0 },
		{ "0.5", false, 0 }, { "25e-1", false, 0 },
		{ "1.00000000000000000001", false, 0 },
		{ "9007199254740991.6", false, 0 },
		{ "1e-400", false, 0 }, { "1e-99999999999999", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t number = 7;
		bool is_whole = json_number_as_integer(cases[i].text,
		    strlen(cases[i].text), &number);

		if (is_whole != cases[i].is_whole)
			fail_msg("%s", cases[i].text);
		if (is_whole)
			assert_int_equal(number, cases[i].number);
	}
}

/* A printed number is read back as the same number. */
static void
reads_printed_numbers_back(void **state)
{
	(void)state;
	random_start();
	for (int i = 0; i < 100000; i++) {
		uint64_t bits = random_next();
		int64_t integer, wanted;
		char text[64];
		double real, number;

		memcpy(&wanted, &bits, sizeof(wanted));
		wanted >>= bits % 64;
		snprintf(text, sizeof(text), "%" PRId64, wanted);
		assert_int_equal(read(text, &integer, &real),
		    JSON_NUMBER_INTEGER);
		assert_int_equal(integer, wanted);
		memcpy(&number, &bits, sizeof(number));
		if (!isfinite(number))
			continue;
		snprintf(text, sizeof(text), "%.*e", 17 + (int)(bits % 8),
		    number);
		assert_int_equal(read(text, &integer, &real), JSON_NUMBER_REAL);
		assert_memory_equal(&real, &number, sizeof(real));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers),
		cmocka_unit_test(reals),
		cmocka_unit_test(numbers_beyond_the_types_are_big),
		cmocka_unit_test(other_text_is_no_number),
		cmocka_unit_test(finds_integers_without_rounding),
		cmocka_unit_test(reads_printed_numbers_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
