/* SPDX-License-Identifier: ISC */
#include "base/tim.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOW INT64_C(1500000000000) /* 2017-07-14T02:40:00Z */

static void
parses(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{ "now", NOW }, { "-0s", NOW }, { "-30m", NOW - 1800000 },
		{ "-7d", NOW - INT64_C(604800000) }, { "-1.5h", NOW - 5400000 },
		{ "1500000000001", INT64_C(1500000000001) }, { "253402300799999", TIM_MAX_MS },
		{ "100000000", 100000000 }, { "1970-01-01", 0 },
		{ "2015-05-17", INT64_C(1431820800000) },
		{ "2015-05-17T10:05", INT64_C(1431857100000) },
		{ "2015-05-17T10:05:03", INT64_C(1431857103000) },
		{ "2015-05-17 10:05:03", INT64_C(1431857103000) },
		{ "2015-05-17t10:05:03z", INT64_C(1431857103000) },
		{ "2015-05-17T10:05:03Z", INT64_C(1431857103000) },
		{ "2015-05-17T10:05:03.1Z", INT64_C(1431857103100) },
		{ "2015-05-17T10:05:03.123Z", INT64_C(1431857103123) },
		{ "2015-05-17T10:05:03.123999999Z", INT64_C(1431857103123) },
		{ "2015-05-17T12:05:03+02:00", INT64_C(1431857103000) },
		{ "2015-05-17T12:05:03+0200", INT64_C(1431857103000) },
		{ "2015-05-17T04:35:03-05:30", INT64_C(1431857103000) },
		{ "2016-02-29", INT64_C(1456704000000) }, { "2000-02-29", INT64_C(951782400000) },
		{ "2016-12-31T23:59:60Z", INT64_C(1483228800000) },
		{ "9999-12-31T23:59:59.999Z", TIM_MAX_MS },
		{ "1970-01-01T01:00:00+01:00", 0 },
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		ms = -1;
		if (tim_parse(rows[i].text, NOW, &ms) != 0 || ms != rows[i].ms)
			fail_msg("%s gave %lld", rows[i].text, (long long)ms);
	}
}

static void
refuses(void **state)
{
	static const char *const rows[] = {
		"", "today", "Now", "now ", "-", "-7", "-7y", "--7d", "+7d", "-999999w", "12345678",
		"253402300800000", "99999999999999999999", "-1500000000000",
		"2015", "2015-05", "2015-5-17", "15-05-17", "2015/05/17", "2015-00-17",
		"2015-13-17",
		"2015-05-00", "2015-05-32", "2015-02-29", "1900-02-29", "2100-02-29", "2015-04-31",
		"2015-05-17T", "2015-05-17T10", "2015-05-17T24:00", "2015-05-17T10:60",
		"2015-05-17T10:05:61", "2015-05-17T10:05:03.", "2015-05-17T10:05:03Zulu",
		"2015-05-17T10:05:03+2", "2015-05-17T10:05:03+24:00", "2015-05-17T10:05:03+02:60",
		"2015-05-17T10:05:03 Z", "2015-05-17X10:05", " 2015-05-17", "1969-12-31",
		"1970-01-01T00:59:59+01:00", "9999-12-31T23:59:60Z", "9999-12-31T23:59:59-00:01",
	};
	int64_t ms = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (tim_parse(rows[i], NOW, &ms) != -1 || ms != 7)
			fail_msg("'%s' gave %lld", rows[i], (long long)ms);
}

static void
prints(void **state)
{
	char text[TIM_TEXT_SIZE];

	(void)state;
	tim_print(text, 0);
	assert_string_equal(text, "1970-01-01T00:00:00.000Z");
	tim_print(text, INT64_C(1431857103007));
	assert_string_equal(text, "2015-05-17T10:05:03.007Z");
	tim_print(text, TIM_MAX_MS);
	assert_string_equal(text, "9999-12-31T23:59:59.999Z");
	tim_print_day(text, INT64_C(1431857103007));
	assert_string_equal(text, "2015-05-17");
	tim_print_day(text, INT64_C(1431820800000) - 1);
	assert_string_equal(text, "2015-05-16");
}

/* A time without a text is printed as the nearest one that has a text. */
static void
prints_times_without_a_text(void **state)
{
	char text[TIM_TEXT_SIZE];

	(void)state;
	tim_print(text, INT64_MIN);
	assert_string_equal(text, "1970-01-01T00:00:00.000Z");
	tim_print(text, INT64_MAX);
	assert_string_equal(text, "9999-12-31T23:59:59.999Z");
	tim_print_day(text, INT64_MAX);
	assert_string_equal(text, "9999-12-31");
}

static void
round_trip(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		int64_t in = (int64_t)random_below((uint64_t)TIM_MAX_MS + 1), out, day;
		char text[TIM_TEXT_SIZE], date[TIM_TEXT_SIZE];

		tim_print(text, in);
		assert_int_equal(strlen(text), 24);
		assert_int_equal(tim_parse(text, NOW, &out), 0);
		assert_true(in == out);
		tim_print_day(date, in);
		assert_memory_equal(date, text, 10);
		assert_int_equal(tim_parse(date, NOW, &day), 0);
		assert_true(day == in - in % TIM_MS_PER_DAY);
	}
}

/* TEL_NOW_MS sets the clock, unless it is not a valid time. */
static void
clock_of_tests(void **state)
{
	int64_t before, now;

	(void)state;
	setenv("TEL_NOW_MS", "1500000000000", 1);
	assert_true(tim_now_ms() == NOW);
	unsetenv("TEL_NOW_MS");
	before = tim_now_ms();
	assert_true(before > NOW);
	setenv("TEL_NOW_MS", "tomorrow", 1);
	now = tim_now_ms();
	assert_true(now >= before);
	setenv("TEL_NOW_MS", "-1", 1);
	assert_true(tim_now_ms() >= before);
	unsetenv("TEL_NOW_MS");
}

static void
monotonic(void **state)
{
	int64_t last = tim_monotonic_ns();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t next = tim_monotonic_ns();

		assert_true(next >= last);
		last = next;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(refuses),
		cmocka_unit_test(prints),
		cmocka_unit_test(prints_times_without_a_text),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(clock_of_tests),
		cmocka_unit_test(monotonic),
	};

	/* Results must not depend on the time zone of the machine. */
	setenv("TZ", "Asia/Kolkata", 1);
	random_start();
	return cmocka_run_group_tests_name("tim", tests, NULL, NULL);
}
