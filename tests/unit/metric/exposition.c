/* SPDX-License-Identifier: ISC
 *
 * The same families in both formats, byte by byte. tests/exposition.bats lets others
 * read random ones.
 */
#include "metric/exposition.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A family to be printed; each sample is suffix, label, its value, and value. */
struct sample_row {
	const char *suffix, *name, *text;
	double value;
};

static void
print(enum exposition_format format, const char *name, enum prometheus_type type,
    const struct sample_row *rows, size_t count, const char *expected)
{
	struct prometheus_family family;
	struct buf out = BUF_EMPTY;
	struct err err;

	prometheus_init(&family, name, type, "a\\b\n\"c\"\xff");
	for (size_t i = 0; i < count; i++) {
		struct prometheus_label label = { rows[i].name, rows[i].text,
			strlen(rows[i].text) };

		assert_int_equal(prometheus_add(&family, rows[i].suffix, &label, 1,
		    rows[i].value, &err), 0);
	}
	assert_int_equal(prometheus_settle(&family, &err), 0);
	assert_int_equal(exposition_print(format, &family, NULL, 0, &out, &err), 0);
	exposition_end(format, &out);
	assert_string_equal(buf_text(&out), expected);
	prometheus_release(&family);
	buf_release(&out);
}

#define HELP_TEXT "a\\\\b\\n\"c\"\xef\xbf\xbd\n"
#define HELP_OPEN "a\\\\b\\n\\\"c\\\"\xef\xbf\xbd\n"

/* Prints the rows in both formats. */
#define PRINT(name, type, text, open, ...) \
	do { \
		static const struct sample_row rows[] = { __VA_ARGS__ }; \
		print(EXPOSITION_TEXT, name, type, rows, sizeof(rows) / sizeof(rows[0]), \
		    text); \
		print(EXPOSITION_OPENMETRICS, name, type, rows, \
		    sizeof(rows) / sizeof(rows[0]), open "# EOF\n"); \
	} while (0)

static void
test_content_types(void **state)
{
	(void)state;
	assert_string_equal(exposition_content_types[EXPOSITION_TEXT],
	    "text/plain; version=0.0.4; charset=utf-8");
	assert_string_equal(exposition_content_types[EXPOSITION_OPENMETRICS],
	    "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

static void
test_counter(void **state)
{
	(void)state;
	PRINT("m_bytes_total", PROMETHEUS_COUNTER,
	    "# HELP m_bytes_total " HELP_TEXT "# TYPE m_bytes_total counter\n"
	    "m_bytes_total{l=\"x\"} 1.5\n" "m_bytes_total 2\n",
	    "# TYPE m_bytes counter\n# UNIT m_bytes bytes\n# HELP m_bytes " HELP_OPEN
	    "m_bytes_total{l=\"x\"} 1.5\n" "m_bytes_created{l=\"x\"} 7\n"
	    "m_bytes_total 2\n",
	    { "", "l", "x", 1.5 }, { "", "l", "", 2 }, { "_created", "l", "x", 7 });
	/* Without _total OpenMetrics has it in the sample all the same. */
	PRINT("m", PROMETHEUS_COUNTER, "# HELP m " HELP_TEXT "# TYPE m counter\nm 1\n",
	    "# TYPE m counter\n# HELP m " HELP_OPEN "m_total 1\n", { "", "l", "", 1 });
	PRINT("_total", PROMETHEUS_COUNTER,
	    "# HELP _total " HELP_TEXT "# TYPE _total counter\n_total 1\n",
	    "# TYPE _total unknown\n# HELP _total " HELP_OPEN "_total 1\n",
	    { "", "l", "", 1 }, { "_created", "l", "", 1 });
}

static void
test_other_types(void **state)
{
	(void)state;
	PRINT("m_seconds", PROMETHEUS_GAUGE,
	    "# HELP m_seconds " HELP_TEXT "# TYPE m_seconds gauge\nm_seconds -Inf\n",
	    "# TYPE m_seconds gauge\n# UNIT m_seconds seconds\n"
	    "# HELP m_seconds " HELP_OPEN "m_seconds -Inf\n",
	    { "", "l", "", -INFINITY });
	PRINT("m_info", PROMETHEUS_INFO,
	    "# HELP m_info " HELP_TEXT "# TYPE m_info gauge\nm_info{l=\"x\"} 1\n",
	    "# TYPE m info\n# HELP m " HELP_OPEN "m_info{l=\"x\"} 1\n",
	    { "", "l", "x", 1 });
	PRINT("m_bytes", PROMETHEUS_STATESET,
	    "# HELP m_bytes " HELP_TEXT "# TYPE m_bytes gauge\n"
	    "m_bytes{m_bytes=\"on\"} 1\nm_bytes{m_bytes=\"off\"} 0\n",
	    "# TYPE m_bytes stateset\n# HELP m_bytes " HELP_OPEN
	    "m_bytes{m_bytes=\"on\"} 1\nm_bytes{m_bytes=\"off\"} 0\n",
	    { "", "m_bytes", "on", 1 }, { "", "m_bytes", "off", 0 });
	PRINT("m", PROMETHEUS_UNKNOWN, "# HELP m " HELP_TEXT "# TYPE m untyped\nm 1\n",
	    "# TYPE m unknown\n# HELP m " HELP_OPEN "m 1\n", { "", "l", "", 1 });
	PRINT("m", PROMETHEUS_SUMMARY,
	    "# HELP m " HELP_TEXT "# TYPE m summary\nm{quantile=\"0.5\"} 1\n"
	    "m{quantile=\"1.0\"} 2\nm_sum 3\n",
	    "# TYPE m summary\n# HELP m " HELP_OPEN "m{quantile=\"0.5\"} 1\n"
	    "m{quantile=\"1.0\"} 2\nm_sum 3\nm_created 4\n",
	    { "", "quantile", ".50", 1 }, { "", "quantile", "1", 2 },
	    { "_sum", "quantile", "", 3 }, { "_created", "quantile", "", 4 });
}

#define TOP_TEXT "# HELP m " HELP_TEXT "# TYPE m histogram\n"
#define TOP_OPEN "# TYPE m histogram\n# HELP m " HELP_OPEN

static void
test_histogram(void **state)
{
	(void)state;
	PRINT("m", PROMETHEUS_HISTOGRAM,
	    TOP_TEXT "m_bucket{le=\"1.0\"} 1\nm_bucket{le=\"+Inf\"} 2\nm_sum 3\n"
	    "m_count 2\n",
	    TOP_OPEN "m_bucket{le=\"1.0\"} 1\nm_bucket{le=\"+Inf\"} 2\nm_sum 3\n"
	    "m_count 2\n",
	    { "_bucket", "le", "1", 1 }, { "_bucket", "le", "+Inf", 2 },
	    { "_sum", "le", "", 3 }, { "_count", "le", "", 2 });
	/* OpenMetrics forbids a count without a sum, and both where a bucket is below 0. */
	PRINT("m", PROMETHEUS_HISTOGRAM,
	    TOP_TEXT "m_bucket{le=\"+Inf\"} 2\nm_count 2\n",
	    TOP_OPEN "m_bucket{le=\"+Inf\"} 2\n",
	    { "_bucket", "le", "+Inf", 2 }, { "_count", "le", "", 2 });
	PRINT("m", PROMETHEUS_HISTOGRAM,
	    TOP_TEXT "m_bucket{le=\"-0.5\"} 1\nm_bucket{le=\"+Inf\"} 2\nm_sum -3\n"
	    "m_count 2\n",
	    TOP_OPEN "m_bucket{le=\"-0.5\"} 1\nm_bucket{le=\"+Inf\"} 2\n",
	    { "_bucket", "le", "-0.5", 1 }, { "_bucket", "le", "+Inf", 2 },
	    { "_sum", "le", "", -3 }, { "_count", "le", "", 2 });
}

/* Rows that take turns are put together, by the metric that comes first. */
static void
test_order(void **state)
{
	static const char edges[][2][5] = { { "b", "0.5" }, { "a", "0.5" }, { "b", "1" },
		{ "a", "1" } };
	struct prometheus_family family;
	struct buf out = BUF_EMPTY;
	struct err err;

	(void)state;
	prometheus_init(&family, "m", PROMETHEUS_SUMMARY, "");
	for (size_t i = 0; i < 4; i++) {
		const struct prometheus_label labels[] = {
			{ "host", edges[i][0], 1 },
			{ "quantile", edges[i][1], strlen(edges[i][1]) },
		};

		assert_int_equal(prometheus_add(&family, "", labels, 2, (double)i, &err),
		    0);
	}
	assert_int_equal(prometheus_settle(&family, &err), 0);
	assert_int_equal(exposition_print(EXPOSITION_TEXT, &family, NULL, 0, &out, &err),
	    0);
	assert_string_equal(buf_text(&out), "# TYPE m summary\n"
	    "m{host=\"b\",quantile=\"0.5\"} 0\nm{host=\"b\",quantile=\"1.0\"} 2\n"
	    "m{host=\"a\",quantile=\"0.5\"} 1\nm{host=\"a\",quantile=\"1.0\"} 3\n");
	prometheus_release(&family);
	buf_release(&out);
}

static void
test_bytes(void **state)
{
	static const char bytes[] = "a\"\\\n\xff\xc3\xa9\0\xed\xa0\x80";
	const struct prometheus_label labels[] = {
		{ "none", NULL, 0 }, { "empty", "", 0 },
		{ "host", bytes, sizeof(bytes) - 1 }, { "role", "x", 1 },
	}, constant[] = { { "db", "a\"\n\0", 4 }, { "zone", "z", 1 } };
	struct prometheus_family family;
	struct buf out = BUF_EMPTY;
	struct err err;

	(void)state;
	prometheus_init(&family, "m", PROMETHEUS_GAUGE, "");
	assert_int_equal(prometheus_settle(&family, &err), 0);
	assert_int_equal(exposition_print(EXPOSITION_TEXT, &family, NULL, 0, &out, &err),
	    0);
	assert_string_equal(buf_text(&out), "");
	assert_int_equal(prometheus_add(&family, "", labels, 4, 1, &err), 0);
	assert_int_equal(prometheus_add(&family, "", NULL, 0, 2, &err), 0);
	assert_int_equal(prometheus_settle(&family, &err), 0);
	assert_int_equal(exposition_print(EXPOSITION_OPENMETRICS, &family, constant, 2,
	    &out, &err), 0);
	assert_string_equal(buf_text(&out),
	    "# TYPE m gauge\n"
	    "m{db=\"a\\\"\\n\xef\xbf\xbd\",zone=\"z\","
	    "host=\"a\\\"\\\\\\n\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd"
	    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\",role=\"x\"} 1\n"
	    "m{db=\"a\\\"\\n\xef\xbf\xbd\",zone=\"z\"} 2\n");
	prometheus_release(&family);
	buf_release(&out);
}

static void
check(const char *name, const char *value, const char *words)
{
	const struct prometheus_label labels[] = { { "a", "1", 1 },
		{ name, value, strlen(value) } };
	struct err err = { 0, "" };

	assert_int_equal(exposition_check_labels(labels, 2, &err), words == NULL ? 0 : -1);
	assert_string_equal(err.text, words != NULL ? words : "");
	assert_int_equal(err.exit_code, words != NULL ? EXIT_USAGE : 0);
}

static void
test_constant_labels(void **state)
{
	/* The label has no value in the only sample, and collides nevertheless. */
	const struct prometheus_label own[] = { { "x", "1", 1 }, { "host", NULL, 0 } },
	    constant = { "host", "a", 1 };
	struct prometheus_family family;
	struct buf out = BUF_EMPTY;
	struct err err;

	(void)state;
	check("b", "1", NULL);
	check("a", "1", "label a: given twice");
	check("b", "", "label b: an empty value is the same as no label");
	check("le", "1", "label le: belongs to histograms and summaries");
	check("quantile", "1", "label quantile: belongs to histograms and summaries");
	check("__b", "1", "'__b' is not a name for a label (letters, digits and _, no "
	    "digit first, not __)");
	prometheus_init(&family, "m", PROMETHEUS_GAUGE, "");
	assert_int_equal(prometheus_add(&family, "", own, 2, 1, &err), 0);
	assert_int_equal(prometheus_settle(&family, &err), 0);
	assert_int_equal(exposition_print(EXPOSITION_TEXT, &family, &constant, 1, &out,
	    &err), -1);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	assert_string_equal(err.text, "metric m has a label host itself, so not every "
	    "sample can be given one");
	assert_string_equal(buf_text(&out), "");
	prometheus_release(&family);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_content_types),
		cmocka_unit_test(test_counter),
		cmocka_unit_test(test_other_types),
		cmocka_unit_test(test_histogram),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_constant_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
