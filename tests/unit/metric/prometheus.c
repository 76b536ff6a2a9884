/* SPDX-License-Identifier: ISC
 *
 * Types, names, units, numbers, and what is left out of a family or refused.
 */
#include "metric/prometheus.h"
#include "base/num.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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
	assert_int_equal(prometheus_find_type("unknown"), PROMETHEUS_UNKNOWN);
	assert_int_equal(prometheus_find_type("untyped"), PROMETHEUS_UNKNOWN);
	assert_int_equal(prometheus_find_type("Summary"), -1);
	for (int i = 0; i < PROMETHEUS_TYPE_COUNT; i++)
		assert_non_null(strstr(PROMETHEUS_TYPES,
		    prometheus_type_names[i]));
}

static void
test_units(void **state)
{
	static const struct {
		const char *name;
		enum prometheus_type type;
		const char *unit;
		size_t base;
	} rows[] = {
		{ "a_seconds", PROMETHEUS_GAUGE, "seconds", 9 },
		{ "a_seconds_total", PROMETHEUS_COUNTER, "seconds", 9 },
		{ "a_seconds_total", PROMETHEUS_GAUGE, NULL, 15 },
		{ "a_timestamp_seconds", PROMETHEUS_GAUGE, "seconds", 19 },
		{ "a_bytes", PROMETHEUS_HISTOGRAM, "bytes", 7 },
		{ "a_ratio", PROMETHEUS_UNKNOWN, "ratio", 7 },
		{ "a_megaratio", PROMETHEUS_GAUGE, NULL, 11 },
		{ "a_ms", PROMETHEUS_GAUGE, NULL, 4 },
		{ "seconds", PROMETHEUS_GAUGE, NULL, 7 },
		{ "a_seconds", PROMETHEUS_STATESET, NULL, 9 },
		{ "a_bytes_info", PROMETHEUS_INFO, NULL, 7 },
		{ "a", PROMETHEUS_COUNTER, NULL, 1 },
		{ "_total", PROMETHEUS_COUNTER, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *unit = prometheus_unit(rows[i].name, rows[i].type);

		assert_int_equal(unit == NULL, rows[i].unit == NULL);
		if (unit != NULL)
			assert_string_equal(unit, rows[i].unit);
		assert_int_equal(prometheus_base_length(rows[i].name, rows[i].type),
		    rows[i].base);
	}
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

/* The texts are those of OpenMetrics 1.0, "Canonical Numbers", and of Go's %g. */
static void
test_edges(void **state)
{
	static const char *const texts[] = {
		"0.0", "0.001", "0.002", "0.1", "0.95", "0.999", "1.0", "1.001", "9.999",
		"10.0", "100.0", "1000.0", "10000.0", "100000.0", "1e+06", "1e+10",
		"0.0001", "1e-05", "1e-10", "123456.0", "123456.5", "1.234567e+06",
		"1.55555555555552e+06", "1e+23", "1e+100", "5e-324", "-1.0", "-2.5e-07",
		"0.30000000000000004", "2.2250738585072014e-308", "+Inf", "-Inf",
	};
	char text[NUM_REAL_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t len = prometheus_print_edge(text, strtod(texts[i], NULL));

		assert_string_equal(text, texts[i]);
		assert_int_equal(len, strlen(text));
	}
	prometheus_print_edge(text, -0.0);
	assert_string_equal(text, "0.0");
	for (int i = 0; i <= 10000; i++) {
		char expected[NUM_REAL_SIZE];

		snprintf(expected, sizeof(expected), i % 10 != 0 ? "%.3f"
		    : i % 100 != 0 ? "%.2f" : "%.1f", i / 1000.0);
		prometheus_print_edge(text, i / 1000.0);
		if (i > 0)
			assert_string_equal(text, expected);
	}
}

/* A sample of a family of these tests; `edge` is its le, quantile or state. */
struct row {
	const char *suffix, *host, *edge;
	double value;
};

static int
add(struct prometheus_family *family, const struct row *row, struct err *err)
{
	const char *name = family->type == PROMETHEUS_HISTOGRAM ? "le"
	    : family->type == PROMETHEUS_STATESET ? "m" : "quantile";
	const struct prometheus_label labels[] = {
		{ "host", row->host, row->host != NULL ? strlen(row->host) : 0 },
		{ name, row->edge, row->edge != NULL ? strlen(row->edge) : 0 },
	};

	return prometheus_add(family, row->suffix, labels, 2, row->value, err);
}

/* Settles a family of the rows. left is how many of them are left out, because of
 * `words`; -1 when the definition is wrong because of them. */
static void
settle(enum prometheus_type type, int left, const char *words, const struct row *rows,
    size_t count)
{
	struct prometheus_family family;
	struct err err = { 0, "" };
	const char *text;
	int result = 0;

	prometheus_init(&family, "m", type, "h");
	text = family.dropped.text;
	for (size_t i = 0; i < count && result == 0; i++)
		result = add(&family, &rows[i], &err);
	if (result == 0)
		result = prometheus_settle(&family, &err);
	assert_int_equal(result, left < 0 ? -1 : 0);
	if (left < 0) {
		assert_int_equal(err.exit_code, EXIT_CONFIG);
		text = err.text;
	} else {
		assert_int_equal(family.dropped_count, left);
		assert_int_equal(family.count, count - (size_t)left);
		assert_int_equal(family.dropped.exit_code != 0, left > 0);
	}
	if (words != NULL && strstr(text, words) == NULL)
		fail_msg("'%s' does not say '%s'", text, words);
	prometheus_release(&family);
}

#define SETTLE(type, left, words, ...) \
	do { \
		static const struct row rows[] = { __VA_ARGS__ }; \
		settle(type, left, words, rows, sizeof(rows) / sizeof(rows[0])); \
	} while (0)

static void
test_types(void **state)
{
	(void)state;
	SETTLE(PROMETHEUS_COUNTER, 0, NULL, { "", NULL, NULL, 0 },
	    { "_created", NULL, NULL, 1.5 }, { "", "a", NULL, INFINITY });
	SETTLE(PROMETHEUS_COUNTER, 1, "sample m: -1 is not a count: it must be 0 or more",
	    { "", NULL, NULL, -1 }, { "", "a", NULL, 1 });
	SETTLE(PROMETHEUS_COUNTER, 1, "NaN is not a count", { "", NULL, NULL, NAN });
	SETTLE(PROMETHEUS_COUNTER, 2, "-1 is not a time", { "_created", NULL, NULL, -1 },
	    { "_created", "a", NULL, INFINITY }, { "", NULL, NULL, 1 });
	SETTLE(PROMETHEUS_GAUGE, 0, NULL, { "", NULL, NULL, NAN });
	/* Only a summary requires its quantiles to be numbers. */
	SETTLE(PROMETHEUS_GAUGE, 0, NULL, { "", NULL, "p50", -1 });
	SETTLE(PROMETHEUS_GAUGE, -1, "suffix '_sum' does not go with type gauge, which "
	    "takes none", { "_sum", NULL, NULL, 1 });
	SETTLE(PROMETHEUS_UNKNOWN, -1, "does not go with", { "x", NULL, NULL, 1 });
	SETTLE(PROMETHEUS_INFO, 2, "2 is not an info: it must be 1", { "", "a", NULL, 1 },
	    { "", "b", NULL, 2 }, { "", "c", NULL, NAN });
	SETTLE(PROMETHEUS_STATESET, 4, "0.5 is not a state: it must be 0 or 1",
	    { "", "a", "on", 1 }, { "", "a", "off", 0 }, { "", "a", "maybe", 0.5 },
	    { "", "b", "on", NAN }, { "", "b", NULL, 1 }, { "", "b", "off", 2 });
}

static void
test_duplicates(void **state)
{
	struct prometheus_family family;
	struct err err;
	char host[16];

	(void)state;
	prometheus_init(&family, "m", PROMETHEUS_COUNTER, "h");
	for (int i = 0; i < 1000; i++) {
		struct row row = { "", host, NULL, i };

		snprintf(host, sizeof(host), "h%d", i * 7 % 990);
		assert_int_equal(add(&family, &row, &err), 0);
	}
	assert_int_equal(prometheus_settle(&family, &err), 0);
	assert_int_equal(family.count, 990);
	assert_int_equal(family.dropped_count, 10);
	assert_string_equal(family.dropped.text, "sample m{host=\"h0\"}: occurs "
	    "twice; each row needs other labels");
	for (size_t i = 0; i < family.count; i++)
		assert_true(family.samples[i].value >= (double)i &&
		    family.samples[i].value <= (double)i);
	prometheus_release(&family);
	/* Bytes that become the same character. */
	SETTLE(PROMETHEUS_GAUGE, 1, "occurs twice", { "", "\xff", NULL, 1 },
	    { "", "\xef\xbf\xbd", NULL, 2 }, { "", "?", NULL, 3 });
	/* Two hosts whose names become the same: the first is whole. */
	SETTLE(PROMETHEUS_HISTOGRAM, 3, "occurs twice", { "_bucket", "\xff", "1", 1 },
	    { "_bucket", "\xff", "+Inf", 2 }, { "_count", "\xff", NULL, 2 },
	    { "_bucket", "\xfe", "1", 7 }, { "_bucket", "\xfe", "+Inf", 9 },
	    { "_count", "\xfe", NULL, 9 });
}

static void
test_summary(void **state)
{
	(void)state;
	SETTLE(PROMETHEUS_SUMMARY, 0, NULL, { "", "a", "0", 1 },
	    { "", "a", "1", 0 }, { "_sum", "a", NULL, 3 },
	    { "_count", "a", NULL, 2 }, { "", "b", "0.5", NAN });
	SETTLE(PROMETHEUS_SUMMARY, -1, "needs the label", { "", "a", NULL, 1 });
	SETTLE(PROMETHEUS_SUMMARY, -1, "not a number", { "", "a", "+Inf", 1 });
	SETTLE(PROMETHEUS_SUMMARY, -1, "not a number", { "", "a", "-0.1", 1 });
	SETTLE(PROMETHEUS_SUMMARY, -1, "not a number", { "", "a", "nan", 1 });
	SETTLE(PROMETHEUS_SUMMARY, -1, "takes no label", { "_sum", "a", "0.5", 1 });
	SETTLE(PROMETHEUS_SUMMARY, -1, "must rise", { "", "a", "0.9", 1 },
	    { "", "a", "0.5", 1 });
	/* Another metric is right, so that the definition may be, too. */
	SETTLE(PROMETHEUS_SUMMARY, 2, "must rise", { "", "a", "0.9", 1 },
	    { "", "a", "0.5", 1 }, { "", "b", "0.5", 1 });
	SETTLE(PROMETHEUS_SUMMARY, 3, "-1 is not a count", { "_count", "a", NULL, -1 },
	    { "_sum", "a", NULL, -1 }, { "", "a", "0.5", -1 }, { "", "a", "0.9", 1 });
	/* Rows of two metrics may take turns. */
	SETTLE(PROMETHEUS_SUMMARY, 0, NULL, { "", "a", "0.5", 1 }, { "", "b", "0.5", 1 },
	    { "", "a", "0.9", 1 }, { "", "b", "0.9", 1 });
}

static void
test_histogram(void **state)
{
	(void)state;
	SETTLE(PROMETHEUS_HISTOGRAM, 0, NULL, { "_bucket", "a", "-1", 0 },
	    { "_bucket", "a", "1e3", 2 }, { "_bucket", "a", "+Inf", 2 },
	    { "_sum", "a", NULL, -3 }, { "_count", "a", NULL, 2 },
	    { "_bucket", "b", "+Inf", 0 }, { "_count", "b", NULL, 0 });
	SETTLE(PROMETHEUS_HISTOGRAM, -1, "not a number or +Inf",
	    { "_bucket", "a", "1x", 0 });
	SETTLE(PROMETHEUS_HISTOGRAM, -1, "must rise", { "_bucket", "a", "2", 0 },
	    { "_bucket", "a", "1", 0 }, { "_bucket", "a", "+Inf", 0 });
	SETTLE(PROMETHEUS_HISTOGRAM, -1, "last bucket", { "_bucket", "a", "1", 0 });
	SETTLE(PROMETHEUS_HISTOGRAM, -1, "last bucket", { "_sum", "a", NULL, 0 });
	SETTLE(PROMETHEUS_HISTOGRAM, -1, "must come after its own",
	    { "_count", "a", NULL, 1 }, { "_bucket", "a", "+Inf", 1 });
	SETTLE(PROMETHEUS_HISTOGRAM, -1, "does not go with", { "", "a", NULL, 1 });
	/* A row that a NULL has removed takes its metric along and no other. */
	SETTLE(PROMETHEUS_HISTOGRAM, 1, "last bucket", { "_bucket", "a", "1", 0 },
	    { "_bucket", "b", "+Inf", 0 });
	SETTLE(PROMETHEUS_HISTOGRAM, 2, "its own", { "_bucket", "a", "+Inf", 1 },
	    { "_count", "b", NULL, 1 }, { "_sum", "b", NULL, 1 });
	SETTLE(PROMETHEUS_HISTOGRAM, 2, "2.0\"}: occurs twice",
	    { "_bucket", "a", "2", 0 }, { "_bucket", "a", "2.0", 0 },
	    { "_bucket", "a", "+Inf", 1 }, { "_bucket", "a", "+Inf", 1 });
}

/* Data that are wrong: the whole metric is left out, without an error. */
static void
test_histogram_data(void **state)
{
	(void)state;
	SETTLE(PROMETHEUS_HISTOGRAM, 2, "holds less", { "_bucket", "a", "1", 2 },
	    { "_bucket", "a", "+Inf", 1 });
	SETTLE(PROMETHEUS_HISTOGRAM, 2, "sample m_count{host=\"a\"}: differs from the "
	    "bucket le=\"+Inf\"", { "_bucket", "a", "+Inf", 1 },
	    { "_count", "a", NULL, 2 }, { "_bucket", "b", "+Inf", 1 });
	SETTLE(PROMETHEUS_HISTOGRAM, 2, "1.5 is not a count: it must be a whole number",
	    { "_bucket", "a", "1", 1.5 }, { "_bucket", "a", "+Inf", 2 });
	SETTLE(PROMETHEUS_HISTOGRAM, 1, "NaN is not a count",
	    { "_bucket", "a", "+Inf", NAN });
	SETTLE(PROMETHEUS_HISTOGRAM, 3, "m_sum{host=\"a\"}: is negative, and no bucket "
	    "is", { "_bucket", "a", "0", 1 }, { "_bucket", "a", "+Inf", 1 },
	    { "_sum", "a", NULL, -1 });
	SETTLE(PROMETHEUS_HISTOGRAM, 2, "NaN is not a sum", { "_bucket", "a", "+Inf", 1 },
	    { "_sum", "a", NULL, NAN });
}

/* A row without a number. */
static void
test_add_wrong(void **state)
{
	const struct prometheus_label label = { "host", "a", 1 };
	struct prometheus_family family;
	struct err err;

	(void)state;
	prometheus_init(&family, "m", PROMETHEUS_GAUGE, "h");
	assert_int_equal(prometheus_add_wrong(&family, "", &label, 1, "is text", &err), 0);
	assert_int_equal(prometheus_add(&family, "", NULL, 0, 2, &err), 0);
	assert_int_equal(prometheus_add_wrong(&family, "_x", &label, 1, "is text", &err),
	    -1);
	assert_int_equal(prometheus_settle(&family, &err), 0);
	assert_int_equal(family.count, 1);
	assert_int_equal(family.dropped_count, 1);
	assert_string_equal(family.dropped.text, "sample m{host=\"a\"}: is text");
	prometheus_release(&family);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_histogram),
		cmocka_unit_test(test_histogram_data),
		cmocka_unit_test(test_add_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
