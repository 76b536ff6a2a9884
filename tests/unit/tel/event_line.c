/* SPDX-License-Identifier: ISC */
#include "tel/event_line.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define TEXT(text) { EVENT_VALUE_TEXT, 0, 0, text, sizeof(text) - 1 }
#define INTEGER(number) { EVENT_VALUE_INTEGER, number, 0, NULL, 0 }
#define REAL(number) { EVENT_VALUE_REAL, 0, number, NULL, 0 }
#define ABSENT { EVENT_VALUE_NULL, 0, 0, NULL, 0 }

static const struct event_origin producer = { true, "p", 1, 7 };
static const struct event_origin input = { false, "file:a:b:c", 10, 0 };

/* Writes an observation with that value, labels and extra; returns the line, or
 * the text of the error. */
static const char *
line_of(struct event_value value, struct event_value labels,
    struct event_value extra, const struct event_origin *origin, bool *has_json)
{
	static const char *const names[] = { "id", "ts_ms", "name", "value", "labels", "extra" };
	struct event_value values[] = { INTEGER(1), INTEGER(5), TEXT("n"), value, labels, extra };
	static struct err err;
	static struct buf out;
	struct event_columns columns;
	int result;

	buf_reset(&out);
	assert_int_equal(event_columns_init(&columns, EVENT_observation, names, 6, &err), 0);
	result = event_line_write(&out, &columns, values, origin, has_json, &err);
	event_columns_release(&columns);
	if (result == 0)
		return buf_text(&out);
	assert_int_equal(out.len, 0);
	assert_int_equal(err.exit_code, EXIT_DATA);
	return err.text;
}

#define LINE(value, labels, extra) \
	line_of((struct event_value)value, (struct event_value)labels, \
	    (struct event_value)extra, &producer, &has_json)
#define HEAD "{\"type\":\"observation\",\"ts_ms\":5,\"producer\":\"p\",\"seq\":7,\"name\":\"n\""

static void
writes_exact_values(void **state)
{
	bool has_json;

	(void)state;
	assert_string_equal(LINE(ABSENT, ABSENT, ABSENT), HEAD "}");
	assert_false(has_json);
	assert_string_equal(LINE(REAL(0.1), ABSENT, ABSENT), HEAD ",\"value\":0.1}");
	assert_string_equal(LINE(REAL(-0.0), ABSENT, ABSENT), HEAD ",\"value\":-0.0}");
	/* Without ".0" this would be an integer that a double cannot hold. */
	assert_string_equal(LINE(REAL(12345678901234568.0), ABSENT, ABSENT),
	    HEAD ",\"value\":12345678901234568.0}");
	assert_string_equal(LINE(REAL(3), ABSENT, ABSENT), HEAD ",\"value\":3.0}");
	assert_string_equal(LINE(REAL(1e300), ABSENT, ABSENT), HEAD ",\"value\":1e+300}");
	assert_string_equal(LINE(INTEGER(INT64_MIN), ABSENT, ABSENT),
	    HEAD ",\"value\":-9223372036854775808}");
	assert_string_equal(LINE(ABSENT, TEXT("{\"a\": [1]}"), TEXT("{\"b\": 2}")),
	    HEAD ",\"labels\":{\"a\": [1]},\"extra\":{\"b\": 2}}");
	assert_true(has_json);
	assert_string_equal(LINE(ABSENT, ABSENT, TEXT("{ }")), HEAD ",\"extra\":{ }}");
	assert_true(has_json);
	assert_string_equal(LINE(TEXT("a\0b\xC3\xA4"), ABSENT, ABSENT),
	    HEAD ",\"value\":\"a\\u0000b\xC3\xA4\"}");
}

static void
refuses_what_json_cannot_express(void **state)
{
	bool has_json;

	(void)state;
	assert_string_equal(LINE(REAL(INFINITY), ABSENT, ABSENT),
	    "column value: JSON has no infinite numbers");
	assert_string_equal(LINE(TEXT("\xff"), ABSENT, ABSENT),
	    "column value: the text is not UTF-8");
	assert_string_equal(LINE(ABSENT, TEXT("{\n}"), ABSENT),
	    "column labels: the JSON has a newline in it");
	assert_string_equal(LINE(ABSENT, ABSENT, TEXT("[]")),
	    "column extra: not a JSON object on one line");
	assert_string_equal(LINE(ABSENT, ABSENT, TEXT("{\n}")),
	    "column extra: not a JSON object on one line");
	assert_string_equal(LINE(ABSENT, ABSENT, INTEGER(1)),
	    "column extra: not a JSON object on one line");
}

static void
names_an_input_by_origin_and_position(void **state)
{
	struct event_value absent = ABSENT;
	bool has_json;

	(void)state;
	assert_string_equal(line_of(absent, absent, absent, &input, &has_json),
	    "{\"type\":\"observation\",\"ts_ms\":5,\"origin\":\"file:a:b:c\",\"position\":0,"
	    "\"name\":\"n\"}");
}

/* Tables with the columns of every event, in another order than usual. */
static void
finds_columns_by_name(void **state)
{
	static const char *const strange[] = { "id", "ts_ms", "later" };
	static const char *const no_time[] = { "id", "run_id" };
	struct event_columns columns;
	struct err err;

	(void)state;
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		const struct event_description *event = &event_descriptions[kind];
		const char *names[64] = { "extra", "cohort", "ts_ms", "id" };
		int count = 4;

		for (size_t i = event->field_count; i > 0; i--)
			names[count++] = event->fields[i - 1].name;
		assert_int_equal(event_columns_init(&columns, (enum event_kind)kind, names, count,
		    &err), 0);
		assert_int_equal(columns.id, 3);
		assert_int_equal(columns.run_id, -1);
		assert_int_equal(columns.fields[0], count - 1);
		event_columns_release(&columns);
	}
	assert_int_equal(event_columns_init(&columns, EVENT_http, strange, 3, &err), -1);
	assert_non_null(strstr(err.text, "'later'"));
	assert_int_equal(event_columns_init(&columns, EVENT_http, no_time, 2, &err), -1);
	assert_string_equal(err.text, "table http_events lacks the column ts_ms");
}

static void
writes_other_events_whole(void **state)
{
	static const char body[] = " {\"type\":\"x\", \"n\": 1.50}\t";
	struct buf out = BUF_EMPTY;
	struct err err;

	(void)state;
	assert_int_equal(event_line_write_other(&out, body, strlen(body), true, &input, &err), 0);
	assert_string_equal(buf_text(&out), "{\"type\":\"x\", \"n\": 1.50}");
	buf_reset(&out);
	assert_int_equal(event_line_write_other(&out, body, strlen(body), false, &input, &err), 0);
	assert_string_equal(buf_text(&out),
	    "{\"origin\":\"file:a:b:c\",\"position\":0,\"type\":\"x\", \"n\": 1.50}");
	buf_reset(&out);
	assert_int_equal(event_line_write_other(&out, "{}", 2, false, &producer, &err), 0);
	assert_string_equal(buf_text(&out), "{\"producer\":\"p\",\"seq\":7}");
	assert_int_equal(event_line_write_other(&out, "{", 1, false, &producer, &err), -1);
	assert_int_equal(event_line_write_other(&out, "{\n}", 3, false, &producer, &err), -1);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_exact_values),
		cmocka_unit_test(refuses_what_json_cannot_express),
		cmocka_unit_test(names_an_input_by_origin_and_position),
		cmocka_unit_test(finds_columns_by_name),
		cmocka_unit_test(writes_other_events_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
