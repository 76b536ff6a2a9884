/* SPDX-License-Identifier: ISC */
#include "base/num.h"
#include "tests/unit/random.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
integers(void **state)
{
	static const struct {
		const char *text;
		int64_t value;
	} good[] = {
		{ "0", 0 }, { "-0", 0 }, { "007", 7 }, { "-42", -42 },
		{ "9223372036854775807", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
	};
	static const char *const bad[] = {
		"", "-", "--1", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "9223372036854775808",
		"-9223372036854775809", "99999999999999999999999999", "one", "\t1", "1\n",
		"\xD9\xA1", /* ARABIC-INDIC DIGIT ONE */
	};
	int64_t value = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(num_integer(good[i].text, INT64_MIN, INT64_MAX, &value), 0);
		assert_true(value == good[i].value);
	}
	value = 12345;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(num_integer(bad[i], INT64_MIN, INT64_MAX, &value), -1);
		assert_true(value == 12345);
	}
}

static void
integer_bounds(void **state)
{
	int64_t value = 99;

	(void)state;
	assert_int_equal(num_integer("5", 5, 5, &value), 0);
	assert_int_equal(num_integer("4", 5, 7, &value), -1);
	assert_int_equal(num_integer("8", 5, 7, &value), -1);
	assert_int_equal(num_integer("-1", 0, 7, &value), -1);
	assert_true(value == 5);
}

static void
integer_round_trip(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		int64_t in = (int64_t)(random_next() >> random_below(64)), out = 0;
		char text[32];

		if (random_below(2) == 0 && in != INT64_MIN)
			in = -in;
		snprintf(text, sizeof(text), "%" PRId64, in);
		assert_int_equal(num_integer(text, INT64_MIN, INT64_MAX, &out), 0);
		assert_true(in == out);
	}
}

static void
reals(void **state)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {
		{ "0", 0 }, { "-1.5", -1.5 }, { "+2", 2 }, { ".5", 0.5 }, { "5.", 5 },
		{ "1e3", 1000 }, { "1E-3", 0.001 }, { "1e-400", 0 },
		{ "1.7976931348623157e308", 1.7976931348623157e308 },
		{ "4.9406564584124654e-324", 4.9406564584124654e-324 },
	};
	static const char *const bad[] = { "", ".", "-", "e5", "1e", "1e400", "-1e400",
		"nan", "inf", "infinity", "0x1p3", "1,5", "1 ", " 1", "1.2.3", "1-2" };
	double value = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(num_real(good[i].text, &value), 0);
		assert_true(value == good[i].value);
	}
	value = 7;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(num_real(bad[i], &value), -1);
		assert_true(value == 7);
	}
}

static void
durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{ "0s", 0 }, { "250ms", 250 }, { "30s", 30000 }, { "5m", 300000 },
		{ "5min", 300000 }, { "1.5h", 5400000 }, { "30d", INT64_C(2592000000) },
		{ "4w", INT64_C(2419200000) }, { "1.1s", 1100 }, { "1.005s", 1005 },
		{ "0.001s", 1 }, { "100000d", INT64_C(8640000000000) },
	};
	static const char *const bad[] = { "", "5", "s", "-5s", "+5s", "5 s", "5S", "5mins",
		"1e3s", "5s5s", "1.2.3s", "999999999999w", "nans", "5y",
		"0000000000000000000000000000000000000001s" };
	int64_t ms = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(num_duration_ms(good[i].text, &ms), 0);
		assert_true(ms == good[i].ms);
	}
	ms = 77;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(num_duration_ms(bad[i], &ms), -1);
		assert_true(ms == 77);
	}
}

static void
sizes(void **state)
{
	static const struct {
		const char *text;
		int64_t bytes;
	} good[] = {
		{ "0", 0 }, { "65536", 65536 }, { "64KiB", 65536 }, { "8MiB", 8 << 20 },
		{ "2GiB", INT64_C(2) << 30 }, { "3k", 3000 }, { "3M", 3000000 },
		{ "3G", INT64_C(3000000000) }, { "1.5MiB", 3 << 19 },
	};
	static const char *const bad[] = { "", "k", "-1", "1K", "1kb", "1 MiB", "1TiB",
		"9999999999G", "0x10" };
	int64_t bytes = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(num_size_bytes(good[i].text, &bytes), 0);
		assert_true(bytes == good[i].bytes);
	}
	bytes = 77;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(num_size_bytes(bad[i], &bytes), -1);
		assert_true(bytes == 77);
	}
}

static void
real_text(void **state)
{
	static const struct {
		double value;
		const char *text;
	} rows[] = {
		{ 0, "0" }, { 0.1, "0.1" }, { -2.5, "-2.5" }, { 1e21, "1e+21" },
		{ 0.1 + 0.2, "0.30000000000000004" }, { 1.0 / 3, "0.3333333333333333" },
		{ 9007199254740993.0, "9007199254740992" }, { 5e-324, "4.94065645841247e-324" },
		{ (double)INFINITY, "inf" }, { -(double)INFINITY, "-inf" },
		{ (double)NAN, "nan" }, { -(double)NAN, "nan" },
	};
	char text[NUM_REAL_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(num_print_real(text, rows[i].value), strlen(rows[i].text));
		assert_string_equal(text, rows[i].text);
	}
}

/* Any finite double comes back with the same bits. */
static void
real_round_trip(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint64_t bits = random_next(), again;
		char text[NUM_REAL_SIZE];
		double in, out;

		memcpy(&in, &bits, sizeof(in));
		if (!isfinite(in))
			continue;
		assert_true(num_print_real(text, in) < NUM_REAL_SIZE);
		assert_int_equal(num_real(text, &out), 0);
		memcpy(&again, &out, sizeof(again));
		assert_true(bits == again);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers),
		cmocka_unit_test(integer_bounds),
		cmocka_unit_test(integer_round_trip),
		cmocka_unit_test(reals),
		cmocka_unit_test(durations),
		cmocka_unit_test(sizes),
		cmocka_unit_test(real_text),
		cmocka_unit_test(real_round_trip),
	};

	random_start();
	return cmocka_run_group_tests_name("num", tests, NULL, NULL);
}
