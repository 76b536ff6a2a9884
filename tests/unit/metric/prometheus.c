/* SPDX-License-Identifier: ISC
 *
 * Names, numbers, escaping and the checks of whole families.
 */
#include "metric/prometheus.h"
#include "base/num.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
test_names(void **state)
{
	(void)state;
	assert_true(prometheus_is_metric_name("a"));
	assert_true(prometheus_is_metric_name("_a:b9"));
	assert_false(prometheus_is_metric_name(""));
	assert_false(prometheus_is_metric_name("9a"));
	assert_false(prometheus_is_metric_name("a-b"));
	assert_false(prometheus_is_metric_name("a\xc3\xa9"));
	assert_true(prometheus_is_label_name("_a9"));
	assert_false(prometheus_is_label_name("a:b"));
	assert_false(prometheus_is_label_name("__a"));
	assert_false(prometheus_is_label_name(""));
	assert_int_equal(prometheus_find_type("summary"), PROMETHEUS_SUMMARY);
	assert_int_equal(prometheus_find_type("Summary"), -1);
	for (int i = 0; i < PROMETHEUS_TYPE_COUNT; i++)
		assert_non_null(strstr(PROMETHEUS_TYPES,
		    prometheus_type_names[i]));
}

static void
test_numbers(void **state)
{
	static const struct {
		double value;
		const char *text;
	} rows[] = {
		{ 0, "0" }, { -0.0, "0" }, { 1, "1" }, { -17, "-17" },
		{ 0.1, "0.1" }, { 0.1 + 0.2, "0.30000000000000004" },
		{ 1e15, "1000000000000000" }, { 123456789012345678.0,
		"1.2345678901234568e+17" }, { 9007199254740992.0,
		"9007199254740992" }, { 1e300, "1e+300" },
		{ 5e-324, "4.94065645841247e-324" }, { NAN, "NaN" },
		{ INFINITY, "+Inf" }, { -INFINITY, "-Inf" },
	};
	char text[NUM_REAL_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = prometheus_print_number(text, rows[i].value);

		assert_string_equal(text, rows[i].text);
		assert_int_equal(len, strlen(text));
	}
}

/* The labels of a sample in these tests, at most two. */
static int
add(struct prometheus_family *family, const char *suffix, const char *host,
    const char *edge, double value, struct err *err)
{
	const char *name = family->type == PROMETHEUS_HISTOGRAM ? "le"
	    : "quantile";
	const struct prometheus_label labels[] = {
		{ "host", host, host != NULL ? strlen(host) : 0 },
		{ name, edge, edge != NULL ? strlen(edge) : 0 },
	};

	return prometheus_add(family, suffix, labels, 2, value, err);
}

static void
test_print(void **state)
{
	static const char bytes[] = "a\"\\\n\xff\xc3\xa9\0\xed\xa0\x80";
	const struct prometheus_label labels[] = {
		{ "none", NULL, 0 }, { "empty", "", 0 },
		{ "host", bytes, sizeof(bytes) - 1 }, { "role", "x", 1 },
	};
	struct prometheus_family family;
	struct buf out = BUF_EMPTY;
	struct err err;

	(void)state;
	prometheus_init(&family, "m", PROMETHEUS_GAUGE, "a\\b\n\"c\"\xff");
	prometheus_print(&family, &out);
	assert_string_equal(buf_text(&out), "");
	assert_int_equal(prometheus_check(&family, &err), 0);
	assert_int_equal(prometheus_add(&family, "", labels, 4, 1, &err), 0);
	assert_int_equal(prometheus_add(&family, "", NULL, 0, 2, &err), 0);
	assert_int_equal(prometheus_check(&family, &err), 0);
	prometheus_print(&family, &out);
	assert_string_equal(buf_text(&out),
	    "# HELP m a\\\\b\\n\"c\"\xef\xbf\xbd\n"
	    "# TYPE m gauge\n"
	    "m{host=\"a\\\"\\\\\\n\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd"
	    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\",role=\"x\"} 1\n"
	    "m 2\n");
	prometheus_release(&family);
	buf_release(&out);
}

static void
test_many(void **state)
{
	struct prometheus_family family;
	struct err err;
	char host[16];

	(void)state;
	prometheus_init(&family, "m", PROMETHEUS_COUNTER, "h");
	for (int i = 0; i < 1000; i++) {
		snprintf(host, sizeof(host), "h%d", i * 7 % 1000);
		assert_int_equal(add(&family, "", host, NULL, i, &err), 0);
	}
	assert_int_equal(prometheus_check(&family, &err), 0);
	assert_int_equal(add(&family, "", "h500", NULL, 1, &err), 0);
	assert_int_equal(prometheus_check(&family, &err), -1);
	assert_string_equal(err.text, "sample m{host=\"h500\"}: occurs "
	    "twice; each row needs other labels");
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	prometheus_release(&family);
}

/* A row of a family that must be refused, when it is added or when it is checked. */
struct row {
	const char *suffix, *host, *edge;
	double value;
};

static void
refuse(enum prometheus_type type, const struct row *rows, size_t count,
    const char *words)
{
	struct prometheus_family family;
	struct err err = { 0, "" };
	int result = 0;

	prometheus_init(&family, "m", type, "h");
	for (size_t i = 0; i < count && result == 0; i++)
		result = add(&family, rows[i].suffix, rows[i].host,
		    rows[i].edge, rows[i].value, &err);
	if (result == 0)
		result = prometheus_check(&family, &err);
	assert_int_equal(result, words == NULL ? 0 : -1);
	if (words != NULL && strstr(err.text, words) == NULL)
		fail_msg("'%s' does not say '%s'", err.text, words);
	prometheus_release(&family);
}

#define REFUSE(type, words, ...) \
	do { \
		static const struct row rows[] = { __VA_ARGS__ }; \
		refuse(type, rows, sizeof(rows) / sizeof(rows[0]), words); \
	} while (0)

static void
test_types(void **state)
{
	(void)state;
	REFUSE(PROMETHEUS_COUNTER, NULL, { "", NULL, NULL, 0 });
	REFUSE(PROMETHEUS_COUNTER, "is not a count", { "", NULL, NULL, -1 });
	REFUSE(PROMETHEUS_COUNTER, "NaN is not a count", { "", NULL, NULL, NAN });
	REFUSE(PROMETHEUS_GAUGE, NULL, { "", NULL, NULL, NAN });
	/* Only a summary requires its quantiles to be numbers. */
	REFUSE(PROMETHEUS_GAUGE, NULL, { "", NULL, "p50", -1 });
	REFUSE(PROMETHEUS_GAUGE, "does not go with", { "_sum", NULL, NULL, 1 });
	REFUSE(PROMETHEUS_UNTYPED, "does not go with", { "x", NULL, NULL, 1 });
}

static void
test_summary(void **state)
{
	(void)state;
	REFUSE(PROMETHEUS_SUMMARY, NULL, { "", "a", "0", 1 },
	    { "", "a", "1", 0 }, { "_sum", "a", NULL, -3 },
	    { "_count", "a", NULL, 2 }, { "", "b", "0.5", 1 });
	REFUSE(PROMETHEUS_SUMMARY, "needs the label", { "", "a", NULL, 1 });
	REFUSE(PROMETHEUS_SUMMARY, "not a number", { "", "a", "+Inf", 1 });
	REFUSE(PROMETHEUS_SUMMARY, "not a number", { "", "a", "-0.1", 1 });
	REFUSE(PROMETHEUS_SUMMARY, "not a number", { "", "a", "nan", 1 });
	REFUSE(PROMETHEUS_SUMMARY, "takes no label", { "_sum", "a", "0.5", 1 });
	REFUSE(PROMETHEUS_SUMMARY, "is not a count", { "_count", "a", NULL, -1 });
	REFUSE(PROMETHEUS_SUMMARY, "must rise", { "", "a", "0.9", 1 },
	    { "", "a", "0.5", 1 });
}

static void
test_histogram(void **state)
{
	(void)state;
	REFUSE(PROMETHEUS_HISTOGRAM, NULL, { "_bucket", "a", "-1", 0 },
	    { "_bucket", "a", "1e3", 2 }, { "_bucket", "a", "+Inf", 2 },
	    { "_sum", "a", NULL, 3 }, { "_count", "a", NULL, 2 },
	    { "_bucket", "b", "+Inf", 0 }, { "_count", "b", NULL, 0 });
	REFUSE(PROMETHEUS_HISTOGRAM, "not a number or +Inf",
	    { "_bucket", "a", "1x", 0 });
	REFUSE(PROMETHEUS_HISTOGRAM, "last bucket", { "_bucket", "a", "1", 0 },
	    { "_bucket", "b", "+Inf", 0 });
	REFUSE(PROMETHEUS_HISTOGRAM, "must rise", { "_bucket", "a", "2", 0 },
	    { "_bucket", "a", "2.0", 0 });
	REFUSE(PROMETHEUS_HISTOGRAM, "holds less", { "_bucket", "a", "1", 2 },
	    { "_bucket", "a", "+Inf", 1 });
	REFUSE(PROMETHEUS_HISTOGRAM, "differs", { "_bucket", "a", "+Inf", 1 },
	    { "_count", "a", NULL, 2 });
	REFUSE(PROMETHEUS_HISTOGRAM, "its own", { "_bucket", "a", "+Inf", 1 },
	    { "_count", "b", NULL, 1 });
	REFUSE(PROMETHEUS_HISTOGRAM, "does not go with", { "", "a", NULL, 1 });
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_histogram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
