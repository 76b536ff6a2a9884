/* SPDX-License-Identifier: ISC
 *
 * The grammar of --rate, and its promise: never more than N in any window.
 */
#include "fetch/rate.h"
#include "tests/unit/aborts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS INT64_C(1000000)
#define S (1000 * MS)
#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static struct rate *
open_rate(const char *specification)
{
	struct rate *rate = NULL;
	struct err err;

	if (rate_open(&rate, specification, &err) < 0)
		fail_msg("%s", err.text);
	return rate;
}

static void
test_keys(void **state)
{
	struct rate *rate = open_rate("Example.ORG=3/s");

	(void)state;
	assert_true(rate_applies(rate, "example.org", ROLE_artifact));
	assert_true(rate_applies(rate, "example.org", ROLE_metadata));
	assert_false(rate_applies(rate, "www.example.org", ROLE_artifact));
	rate_close(rate);
	rate = open_rate("127.0.0.1.metadata=1/3s");
	assert_true(rate_applies(rate, "127.0.0.1", ROLE_metadata));
	assert_false(rate_applies(rate, "127.0.0.1", ROLE_landing));
	rate_close(rate);
	rate = open_rate("127.0.0.1=1/s");
	assert_true(rate_applies(rate, "127.0.0.1", ROLE_landing));
	rate_close(rate);
	rate = open_rate("[::1].artifact=1/s");
	assert_true(rate_applies(rate, "::1", ROLE_artifact));
	assert_false(rate_applies(rate, "::1", ROLE_metadata));
	rate_close(rate);
}

static void
test_bad_words(void **state)
{
	static const char *const bad[] = { "", "h", "h=", "=1/s", ".metadata=1/s",
		"h=1", "h=/s", "h=0/s", "h=-1/s", "h=1/", "h=1/3", "h=1/fortnight",
		"h=1/3SECOND", "h=1/s,", "h=1/s,,1/h", "h=1.5/s", "h=1 /s",
		"h=1/0s", "h=1/s;burst=1", "h:80=1/s", "http://h=1/s", "h h=1/s",
		"h=100001/d", "h=1/400d",
		"h=1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s" };

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct rate *rate = NULL;
		struct err err = { 0, "" };

		if (rate_open(&rate, bad[i], &err) == 0)
			fail_msg("'%s' was taken", bad[i]);
		assert_int_equal(err.exit_code, EXIT_USAGE);
		assert_non_null(strstr(err.text, "--rate"));
	}
}

static void
test_one_window(void **state)
{
	struct rate *rate = open_rate("h=2/s");

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(rate_earliest(rate, 5 * S), 5 * S);
		rate_take(rate);
		rate_sent(rate, 5 * S);
	}
	/* A window and its margin. */
	assert_int_equal(rate_earliest(rate, 5 * S), 6 * S + 20 * MS);
	assert_int_equal(rate_earliest(rate, 6 * S), 6 * S + 20 * MS);
	assert_int_equal(rate_earliest(rate, 7 * S), 7 * S);
	rate_close(rate);
}

static void
test_multiplier_and_margin(void **state)
{
	struct rate *rate = open_rate("h=1/3s");

	(void)state;
	rate_take(rate);
	rate_sent(rate, 0);
	assert_int_equal(rate_earliest(rate, 1), 3 * S + 30 * MS);
	rate_close(rate);
	rate = open_rate("h=1/1h");
	rate_take(rate);
	rate_sent(rate, 0);
	assert_int_equal(rate_earliest(rate, 1), 3600 * S + 36 * S);
	rate_close(rate);
}

static void
test_taken_count_as_now(void **state)
{
	struct rate *rate = open_rate("h=2/s");

	(void)state;
	rate_take(rate);
	assert_int_equal(rate_earliest(rate, 0), 0);
	rate_take(rate);
	assert_true(rate_earliest(rate, 100 * S) == RATE_UNKNOWN);
	rate_sent(rate, 100 * S);
	/* One request is not sent yet, so the one that was sent must leave the
	 * window first. */
	assert_int_equal(rate_earliest(rate, 100 * S), 101 * S + 20 * MS);
	rate_sent(rate, 101 * S);
	assert_int_equal(rate_earliest(rate, 101 * S), 101 * S + 20 * MS);
	rate_close(rate);
}

/* Returns the most requests sent within any length_ns. */
static size_t
most_in_window(const int64_t *sent, size_t count, int64_t length_ns)
{
	size_t most = 0;

	for (size_t i = 0, first = 0; i < count; i++) {
		while (sent[i] - sent[first] >= length_ns)
			first++;
		if (i - first + 1 > most)
			most = i - first + 1;
	}
	return most;
}

/* A busy client whose connections take up to a second, for an hour of simulated
 * time: no window is exceeded. */
static void
test_promise(void **state)
{
	static int64_t sent[20000];
	struct rate *rate = open_rate("h=3/s,100/m,1500/h");
	int64_t now = 0, due[3];
	size_t count = 0, waiting = 0;

	(void)state;
	srand(7);
	while (now < 3600 * S) {
		size_t first = 0;

		while (waiting < 3 && rate_earliest(rate, now) <= now) {
			rate_take(rate);
			due[waiting++] = now + rand() % 1000 * MS;
		}
		for (size_t i = 1; i < waiting; i++)
			if (due[i] < due[first])
				first = i;
		if (waiting > 0 && (waiting == 3 || due[first] <= now)) {
			if (due[first] > now)
				now = due[first];
			due[first] = due[--waiting];
			rate_sent(rate, now);
			sent[count++] = now;
		} else
			now += 7 * MS;
	}
	assert_true(most_in_window(sent, count, S) <= 3);
	assert_true(most_in_window(sent, count, 60 * S) <= 100);
	assert_true(most_in_window(sent, count, 3600 * S) <= 1500);
	assert_true(count >= 1400);
	rate_close(rate);
}

/* A client that waits for nothing else can use nearly all of a window. */
static void
test_use(void **state)
{
	struct rate *rate = open_rate("h=10/s");
	int64_t now = 0;
	int count = 0;

	(void)state;
	for (; now < 100 * S; count++) {
		now = rate_earliest(rate, now);
		rate_take(rate);
		rate_sent(rate, now);
	}
	assert_in_range(count, 980, 1010);
	rate_close(rate);
}

static void
send_without_taking(void)
{
	struct rate *rate = open_rate("h=2/s");

	rate_take(rate);
	rate_sent(rate, S);
	rate_sent(rate, S);
}

static void
send_before_the_last(void)
{
	struct rate *rate = open_rate("h=2/s");

	rate_take(rate);
	rate_take(rate);
	rate_sent(rate, S);
	rate_sent(rate, S - 1);
}

static void
ask_without_a_role(void)
{
	(void)rate_applies(open_rate("h.landing=2/s"), "h", ROLE_ABSENT);
}

/* More than the promised requests would go out. */
static void
wrong_order_is_a_bug(void **state)
{
	(void)state;
	assert_true(aborts(send_without_taking));
	assert_true(aborts(send_before_the_last));
	assert_true(aborts(ask_without_a_role));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_bad_words),
		cmocka_unit_test(test_one_window),
		cmocka_unit_test(test_multiplier_and_margin),
		cmocka_unit_test(test_taken_count_as_now),
		cmocka_unit_test(test_promise),
		cmocka_unit_test(test_use),
		cmocka_unit_test(wrong_order_is_a_bug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
