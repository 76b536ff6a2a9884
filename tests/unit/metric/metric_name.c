/* SPDX-License-Identifier: ISC
 *
 * What is said of the names of metrics, and which of them clash. tests/exposition.bats
 * compares with promtool.
 */
#include "metric/metric_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNTER PROMETHEUS_COUNTER
#define GAUGE PROMETHEUS_GAUGE

/* words: all messages, or NULL for none. */
static void
check(const char *name, enum prometheus_type type, const char *unit, const char *label,
    const char *words)
{
	struct metric_names names = { name, type, unit, &label, label != NULL };
	struct buf out = BUF_EMPTY;
	size_t lines = 0, count = metric_name_check(&names, &out);

	assert_string_equal(buf_text(&out), words != NULL ? words : "");
	for (size_t i = 0; i < out.len; i++)
		lines += out.data[i] == '\n';
	assert_int_equal(count, lines);
	buf_release(&out);
}

static void
test_right(void **state)
{
	(void)state;
	check("a_seconds", GAUGE, "seconds", "host", NULL);
	check("a_timestamp_seconds", GAUGE, NULL, NULL, NULL);
	check("a_seconds_total", COUNTER, "seconds", NULL, NULL);
	check("a_429_ratio", GAUGE, "ratio", "window", NULL);
	check("a_bytes", PROMETHEUS_HISTOGRAM, "bytes", "le", NULL);
	check("a_seconds", PROMETHEUS_SUMMARY, NULL, "quantile", NULL);
	check("a_build_info", PROMETHEUS_INFO, NULL, "version", NULL);
	check("a_verdict", PROMETHEUS_STATESET, NULL, "a_verdict", NULL);
	check("up", PROMETHEUS_UNKNOWN, NULL, NULL, NULL);
}

static void
test_names(void **state)
{
	(void)state;
	check("9a", GAUGE, NULL, NULL, "metric 9a: is not a name for a metric (letters, "
	    "digits and _, no digit first)\n");
	check("a\n", GAUGE, NULL, NULL, "metric a\\x0a: is not a name for a metric "
	    "(letters, digits and _, no digit first)\n");
	check("a:b", GAUGE, NULL, NULL, "metric a:b: colons are for recording rules\n");
	check("aB_c", GAUGE, NULL, NULL, "metric aB_c: write snake_case, not camelCase\n");
	check("a_gauge_c", GAUGE, NULL, NULL, "metric a_gauge_c: the type gauge stands in "
	    "TYPE; leave it out of the name\n");
	check("a", COUNTER, NULL, NULL, "metric a: the name of a counter must end in "
	    "_total\n");
	check("a_total", GAUGE, NULL, NULL, "metric a_total: only the name of a counter "
	    "may end in _total\n");
	check("a_info", GAUGE, NULL, NULL, "metric a_info: only the name of an info may "
	    "end in _info\n");
	check("a", PROMETHEUS_INFO, NULL, NULL, "metric a: the name of an info must end in "
	    "_info\n");
	check("_total", COUNTER, NULL, NULL, "metric _total: nothing but a suffix\n");
	check("a_sum", GAUGE, NULL, NULL, "metric a_sum: the suffix _sum is reserved for "
	    "samples of histograms, summaries and counters\n");
	check("a_created", GAUGE, NULL, NULL, "metric a_created: the suffix _created is "
	    "reserved for samples of histograms, summaries and counters\n");
	check("a", PROMETHEUS_STATESET, NULL, "b", "metric a: a stateset has its states in "
	    "a label that is named as the metric\n");
}

static void
test_units(void **state)
{
	(void)state;
	check("a_ms", GAUGE, NULL, NULL, "metric a_ms: ms is no base unit; better "
	    "a_seconds\n");
	check("a_ms_c_total", COUNTER, NULL, NULL, "metric a_ms_c_total: ms is no base "
	    "unit; better a_seconds_c_total\n");
	check("a_mebibytes", GAUGE, NULL, NULL, "metric a_mebibytes: mebibytes is no base "
	    "unit; better a_bytes\n");
	check("a_pct", GAUGE, NULL, NULL, "metric a_pct: pct is no base unit; better "
	    "a_ratio\n");
	check("a_kilobits", GAUGE, NULL, NULL, "metric a_kilobits: kilobits is no base "
	    "unit; better a_bytes\n");
	check("a_seconds", GAUGE, "ms", NULL, "unit ms: is no base unit; better seconds\n");
	check("a", GAUGE, "seconds", NULL, "unit seconds: must be a base unit that the "
	    "name of the metric ends in (before _total)\n");
	check("a_bytes", GAUGE, "seconds", NULL, "unit seconds: must be a base unit that "
	    "the name of the metric ends in (before _total)\n");
	check("a_info", PROMETHEUS_INFO, "info", NULL, "unit info: an info has no unit\n");
}

static void
test_labels(void **state)
{
	static const char *const twice[] = { "b", "b" };
	const struct metric_names names = { "a", GAUGE, NULL, twice, 2 };
	struct buf out = BUF_EMPTY;

	(void)state;
	check("a", GAUGE, NULL, "__x", "label __x: names that begin with __ are "
	    "Prometheus' own\n");
	check("a", GAUGE, NULL, "b-c", "label b-c: is not a name for a label (letters, "
	    "digits and _, no digit first)\n");
	check("a", GAUGE, NULL, "bC", "label bC: write snake_case, not camelCase\n");
	check("a", GAUGE, NULL, "le", "label le: belongs to histograms\n");
	check("a", PROMETHEUS_HISTOGRAM, NULL, "quantile", "label quantile: belongs to "
	    "summaries\n");
	check("a", GAUGE, NULL, "job", "label job: a scrape sets this label and renames "
	    "ours to exported_job; better job_name\n");
	check("a", GAUGE, NULL, "instance", "label instance: a scrape sets this label and "
	    "renames ours to exported_instance; better instance_name\n");
	check("a", GAUGE, NULL, "a", "label a: only a stateset has a label that is named "
	    "as the metric\n");
	assert_int_equal(metric_name_check(&names, &out), 1);
	assert_string_equal(buf_text(&out), "label b: given twice\n");
	buf_release(&out);
}

static void
test_clashes(void **state)
{
	(void)state;
	assert_true(metric_name_clash("a", GAUGE, "a", GAUGE));
	assert_false(metric_name_clash("a", GAUGE, "b", GAUGE));
	assert_false(metric_name_clash("a", GAUGE, "a_count", GAUGE));
	assert_true(metric_name_clash("a", PROMETHEUS_SUMMARY, "a_count", GAUGE));
	assert_true(metric_name_clash("a_sum", GAUGE, "a", PROMETHEUS_HISTOGRAM));
	assert_false(metric_name_clash("a_bucket", GAUGE, "a", PROMETHEUS_SUMMARY));
	/* Only OpenMetrics takes these for the same. */
	assert_true(metric_name_clash("a_total", COUNTER, "a", GAUGE));
	assert_true(metric_name_clash("a_total", COUNTER, "a_created", GAUGE));
	assert_true(metric_name_clash("a_info", PROMETHEUS_INFO, "a_total", COUNTER));
	assert_true(metric_name_clash("a", COUNTER, "a_total", GAUGE));
	assert_false(metric_name_clash("a_total", GAUGE, "a", GAUGE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_clashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
