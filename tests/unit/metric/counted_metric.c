/* SPDX-License-Identifier: ISC
 *
 * Metrics that are counted, as a person writes them: what is read, and each refusal.
 */
#include "metric/counted_metric.h"
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static struct err err;

static void
release(struct metric_definition *definition)
{
	metric_counted_release(definition->counted);
	metric_definition_release(definition);
}

/* Reads a right one; the caller releases it. */
static void
read_right(struct metric_definition *definition, const char *path, const char *text)
{
	if (metric_counted_parse(definition, path, text, strlen(text), &err) < 0)
		fail_msg("%s", err.text);
}

/* Expects that a text is refused with the words, after the name of its file. */
static void
refuse(const char *path, const char *text, size_t len, const char *words)
{
	struct metric_definition definition;
	struct buf expected = BUF_EMPTY;

	err = (struct err){ 0, "" };
	buf_printf(&expected, "%s: %s", path, words);
	assert_int_equal(metric_counted_parse(&definition, path, text, len, &err), -1);
	assert_string_equal(err.text, buf_text(&expected));
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	release(&definition);
	buf_release(&expected);
}

struct row {
	const char *text, *words;
};

static void
refuse_all(const char *head, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buf text = BUF_EMPTY;

		buf_printf(&text, "%s%s\n", head, rows[i].text);
		refuse("d/x.yaml", buf_text(&text), text.len, rows[i].words);
		buf_release(&text);
	}
}

static void
a_counter_of_events(void **state)
{
	struct metric_definition definition;
	const struct metric_counted *counted;
	struct slo_definition asked;

	(void)state;
	read_right(&definition, "d/x_total.yaml", "metric: x_total\ntype: counter\n"
	    "help: 'All: of them'\nsource: {event: http}\n");
	counted = definition.counted;
	assert_string_equal(definition.name, "x_total");
	assert_string_equal(definition.help, "All: of them");
	assert_string_equal(definition.path, "d/x_total.yaml");
	assert_int_equal(definition.type, PROMETHEUS_COUNTER);
	assert_int_equal(definition.line, 1);
	assert_false(definition.uses_run);
	assert_false(counted->has_value);
	assert_int_equal(counted->max_series, METRIC_MAX_SERIES);
	asked = metric_counted_definition(counted);
	assert_int_equal(asked.events->kind, EVENT_http);
	assert_null(asked.where);
	assert_string_equal(asked.value, "1");
	assert_null(asked.bounds);
	assert_int_equal(asked.group_count, 0);
	release(&definition);
}

/* The bounds are in the unit of the column: 0.005 s is 5 ms, and not 5 and a bit. */
static void
a_histogram_in_seconds_of_a_column_in_ms(void **state)
{
	struct metric_definition definition;
	const struct metric_counted *counted;

	(void)state;
	read_right(&definition, "x_seconds.yaml", "metric: x_seconds\ntype: histogram\n"
	    "help: x\nsource: {event: http, where: from_cache = 0}\nvalue: elapsed_ms\n"
	    "buckets: [-1, 0.005, 0.29, 1e1, 60]\n"
	    "labels: {host_name: host, status_class: class(status)}\nmax_series: 7\n");
	counted = definition.counted;
	assert_true(counted->divisor >= 1000 && counted->divisor <= 1000);
	assert_string_equal(counted->bounds, "-1000,5,290,10000,60000");
	assert_int_equal(counted->edge_count, 5);
	assert_true(counted->edges[1] >= 0.005 && counted->edges[1] <= 0.005);
	assert_string_equal(counted->value, "(elapsed_ms)");
	assert_int_equal(counted->max_series, 7);
	assert_int_equal(counted->label_count, 2);
	assert_string_equal(counted->label_names[0], "host_name");
	assert_string_equal(counted->label_sql[0], "host");
	assert_string_equal(counted->label_names[1], "status_class");
	assert_string_equal(counted->label_sql[1], "CASE WHEN status BETWEEN 100 AND 599"
	    " THEN (CAST(status AS INTEGER) / 100) || 'xx' END");
	release(&definition);
}

/* What is calculated is in the unit that its author made. */
static void
a_calculated_value_is_not_divided(void **state)
{
	static const char *const values[] = { "elapsed_ms / 1000", "bytes", "1 - elapsed_ms",
		"coalesce(elapsed_ms, 0)" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		struct metric_definition definition;
		struct buf text = BUF_EMPTY;

		buf_printf(&text, "metric: x\ntype: gauge\nhelp: x\nsource: {event: http}\n"
		    "value: %s\n", values[i]);
		read_right(&definition, "x.yaml", buf_text(&text));
		assert_true(definition.counted->divisor <= 1);
		assert_true(definition.counted->has_value);
		release(&definition);
		buf_release(&text);
	}
}

static void
its_own_fields(void **state)
{
	static const struct row rows[] = {
		{ "- metric: x", "line 1: a metric: expected fields (name: value)" },
		{ "colour: red", "line 1: a metric has no field 'colour'; it may have metric,"
		    " type, help, unit, source, value, buckets, labels or max_series" },
		{ "metric: x\nbucket: [1]", "line 2: a metric has no field 'bucket'; did you"
		    " mean 'buckets'?" },
		{ "metric: x\nmetric: x", "line 2: 'metric' is given twice" },
		{ "metric: x\nhelp: h\n---\nmetric: y", "line 1: a file has one metric" },
		{ "", "line 1: a file has one metric" },
		{ "type: gauge", "line 1: 'metric' is missing" },
		{ "metric: x\ntype: gauge", "line 1: 'help' is missing" },
		{ "metric: x\nhelp: h", "line 1: 'type' is missing" },
		{ "metric: [x]", "line 1: 'metric' must be text" },
		{ "metric: x\nhelp: {a: b}", "line 2: 'help' must be text" },
		{ "metric: x\nhelp: h\ntype: summary", "line 3: 'type' is 'summary', not"
		    " counter, gauge or histogram" },
	};

	(void)state;
	refuse_all("", rows, COUNT_OF(rows));
}

static void
its_name(void **state)
{
	static const struct row rows[] = {
		{ "metric: 9x", "line 3: '9x' is no metric name (letters, digits, _ and :,"
		    " and no digit first)" },
		{ "metric: a-b", "line 3: 'a-b' is no metric name (letters, digits, _ and :,"
		    " and no digit first)" },
		{ "metric: y", "line 3: metric: y; the file must be named y.yaml" },
	};

	(void)state;
	refuse_all("help: h\ntype: counter\n", rows, COUNT_OF(rows));
}

static void
what_it_counts(void **state)
{
	static const struct row rows[] = {
		{ "max_series: 5", "line 1: 'source' is missing: which events are counted, as"
		    " in source: {event: http}" },
		{ "source: http", "line 4: source: expected fields (name: value)" },
		{ "source: {event: htp}", "line 4: there is no event 'htp'; did you mean"
		    " 'http'?" },
		{ "source: {where: 'status = 200'}", "line 4: 'event' is missing" },
		{ "source: {event: http, good: 'status = 200'}", "line 4: source has no field"
		    " 'good'; it may have event, type or where" },
		{ "source: {event: http, where: 'hst = 1'}", "line 4: where: 'hst = 1':"
		    " character 1: event http has no column 'hst'; did you mean 'host'?" },
		{ "source: {event: http, where: status}", "line 4: where: 'status': character"
		    " 1: status is a number, not a condition; compare it:"
		    " status >= 500" },
		{ "source:\n  event: http\n  where: (", "line 6: where: '(': at its end:"
		    " expected a column, a number, 'text' or (" },
		{ "source: {event: http}\nvalue: hst", "line 5: value: 'hst': character 1:"
		    " event http has no column 'hst'; did you mean 'host'?" },
		{ "source: {event: http}\nvalue: host", "line 5: value: 'host': character 1:"
		    " host is a text, not a number; tel-events(5) says which columns are"
		    " numbers" },
		{ "source: {event: http}\nvalue: [bytes]", "line 5: 'value' must be text" },
	};

	(void)state;
	refuse_all("metric: x\nhelp: h\ntype: counter\n", rows, COUNT_OF(rows));
}

/* Another unit than seconds is what people who write dashboards stumble over. */
static void
units(void **state)
{
	static const char words[] = "line 5: 'value' is in ms, and metrics are in seconds:"
	    " name it ..._seconds, or calculate another unit";
	static const struct {
		const char *name;
		bool is_right;
	} rows[] = {
		{ "x_ms", false }, { "x", false }, { "x_bytes", false },
		{ "x_seconds_ms", false }, { "seconds", false }, { "x_milliseconds", false },
		{ "x_seconds", true }, { "x_seconds_total", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct metric_definition definition;
		struct buf path = BUF_EMPTY, text = BUF_EMPTY;

		buf_printf(&path, "%s.yaml", rows[i].name);
		buf_printf(&text, "metric: %s\nhelp: h\ntype: counter\n"
		    "source: {event: http}\nvalue: elapsed_ms\n", rows[i].name);
		if (rows[i].is_right) {
			read_right(&definition, buf_text(&path), buf_text(&text));
			release(&definition);
		} else
			refuse(buf_text(&path), buf_text(&text), text.len, words);
		buf_release(&path);
		buf_release(&text);
	}
}

static void
values_and_types(void **state)
{
	static const struct row rows[] = {
		{ "gauge", "line 1: 'value' is missing: a gauge shows the last value; a"
		    " counter counts events" },
		{ "gauge\nvalue: bytes\nbuckets: [1]", "line 6: 'buckets' go with type:"
		    " histogram, which needs them" },
		{ "counter\nbuckets: [1]", "line 5: 'buckets' go with type: histogram, which"
		    " needs them" },
		{ "histogram\nvalue: bytes", "line 1: 'buckets' go with type: histogram, which"
		    " needs them" },
		{ "histogram\nbuckets: [1]", "line 1: 'value' is missing: the number that is"
		    " put into buckets" },
	};

	(void)state;
	refuse_all("metric: x\nhelp: h\nsource: {event: http}\ntype: ", rows,
	    COUNT_OF(rows));
}

static void
buckets(void **state)
{
#define NUMBERS "line 7: 'buckets' is a list of numbers"
#define NUMBERS_BUT NUMBERS "; +Inf is there without being named"
	static const struct row rows[] = {
		{ "[]", NUMBERS }, { "1", NUMBERS }, { "{a: 1}", NUMBERS },
		{ "[1, x]", NUMBERS_BUT }, { "[1, '+Inf']", NUMBERS_BUT },
		{ "[.nan]", NUMBERS_BUT }, { "[1e999]", NUMBERS_BUT },
		{ "[1, [2]]", NUMBERS_BUT }, { "[0x10]", NUMBERS_BUT },
		{ "['']", NUMBERS_BUT },
		{ "[1, 1]", "line 7: 'buckets' must rise, and 1 does not" },
		{ "[1, 1.0]", "line 7: 'buckets' must rise, and 1.0 does not" },
		{ "[1, 3, 2]", "line 7: 'buckets' must rise, and 2 does not" },
		{ "\n  - 1\n  - 0.5", "line 9: 'buckets' must rise, and 0.5 does not" },
	};
	static const char head[] = "metric: x\nhelp: h\ntype: histogram\n"
	    "source: {event: http}\nvalue: bytes\n\nbuckets: ";
	struct metric_definition definition;
	struct buf text = BUF_EMPTY;

	(void)state;
	refuse_all(head, rows, COUNT_OF(rows));
	buf_printf(&text, "%s[0", head);
	for (int i = 1; i < COUNT_MAX_BOUNDS; i++)
		buf_printf(&text, ", %d", i);
	buf_add_text(&text, "]\n");
	read_right(&definition, "x.yaml", buf_text(&text));
	assert_int_equal(definition.counted->edge_count, COUNT_MAX_BOUNDS);
	release(&definition);
	text.len -= 2;
	buf_add_text(&text, ", 63]\n");
	refuse("x.yaml", buf_text(&text), text.len, "line 7: 'buckets' has at most 63"
	    " numbers");
	buf_release(&text);
}

static void
labels(void **state)
{
	static const struct row rows[] = {
		{ "[host]", "line 5: 'labels' has a column for each label, as in labels:"
		    " {host: host}" },
		{ "{__a: host}", "line 5: '__a' is not a name for a label (letters, digits"
		    " and _, no digit first, not __)" },
		{ "{'a:b': host}", "line 5: 'a:b' is not a name for a label (letters, digits"
		    " and _, no digit first, not __)" },
		{ "{le: host}", "line 5: label le: belongs to histograms and summaries" },
		{ "{quantile: host}", "line 5: label quantile: belongs to histograms and"
		    " summaries" },
		{ "{a: ''}", "line 5: the label a names a column, or a member such as"
		    " labels.job" },
		{ "{a: hst}", "line 5: label a: event http has no column 'hst';"
		    " did you mean 'host'?" },
		{ "\n  a: host\n  b: class(sttus)", "line 7: label b: event http has no column"
		    " 'sttus'; did you mean 'status'?" },
		{ "{a: class()}", "line 5: label a: '': at its end: expected a column, or a"
		    " member such as labels.KEY" },
		{ "{a: host, a: role}", "line 5: 'a' is given twice" },
		{ "{a: host, b: role, c: status, d: method, e: cohort}", "line 5: more than 4"
		    " labels" },
	};

	(void)state;
	refuse_all("metric: x\nhelp: h\ntype: counter\nsource: {event: http}\nlabels: ",
	    rows, COUNT_OF(rows));
}

static void
how_many_series(void **state)
{
#define RANGE ", not an integer from 1 to 100000"
	static const struct row rows[] = {
		{ "0", "line 5: 'max_series' is '0'" RANGE },
		{ "100001", "line 5: 'max_series' is '100001'" RANGE },
		{ "1.5", "line 5: 'max_series' is '1.5'" RANGE },
		{ "many", "line 5: 'max_series' is 'many'" RANGE },
		{ "99999999999999999999", "line 5: 'max_series' is '99999999999999999999'"
		    RANGE },
	};

	(void)state;
	refuse_all("metric: x\nhelp: h\ntype: counter\nsource: {event: http}\nmax_series: ",
	    rows, COUNT_OF(rows));
}

/* A name ending in _total tells Prometheus and people of a counter. */
static void
only_a_counter_is_a_total(void **state)
{
	static const char text[] = "help: h\ntype: gauge\nmetric: x_total\n"
	    "source: {event: http}\nvalue: bytes\n";

	(void)state;
	refuse("x_total.yaml", text, strlen(text), "line 3: metric: x_total; a name that"
	    " ends in _total is that of a counter");
}

static void
what_is_no_yaml(void **state)
{
	static const char nul[] = "metric: x\0y\n";
	static const char open[] = "metric: [x\n";

	(void)state;
	refuse("x.yaml", open, strlen(open), "line 2: not YAML: flow sequence without a"
	    " closing bracket");
	refuse("x.yaml", nul, sizeof(nul) - 1, "line 1: a NUL byte");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_counter_of_events),
		cmocka_unit_test(a_histogram_in_seconds_of_a_column_in_ms),
		cmocka_unit_test(a_calculated_value_is_not_divided),
		cmocka_unit_test(its_own_fields),
		cmocka_unit_test(its_name),
		cmocka_unit_test(what_it_counts),
		cmocka_unit_test(units),
		cmocka_unit_test(values_and_types),
		cmocka_unit_test(buckets),
		cmocka_unit_test(labels),
		cmocka_unit_test(how_many_series),
		cmocka_unit_test(only_a_counter_is_a_total),
		cmocka_unit_test(what_is_no_yaml),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
