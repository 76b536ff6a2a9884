/* SPDX-License-Identifier: ISC */
#include "base/log.h"
#include "base/prog.h"
#include "tel/event.h"
#include "tel/event_sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
finds_kinds(void **state)
{
	(void)state;
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		const struct event_description *event = &event_descriptions[kind];

		assert_int_equal(event_find(event->wire, strlen(event->wire)), kind);
		assert_int_equal(event_find_table(event->table), kind);
		assert_true(event->field_count > 0);
	}
	assert_int_equal(event_find("http", 4), EVENT_http);
	assert_int_equal(event_find("http", 3), -1);
	assert_int_equal(event_find("httpx", 5), -1);
	assert_int_equal(event_find("HTTP", 4), -1);
	assert_int_equal(event_find("", 0), -1);
	assert_int_equal(event_find("http\0", 5), -1);
	assert_int_equal(event_find_table("http"), -1);
}

static void
knows_each_table(void **state)
{
	(void)state;
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		assert_string_equal(event_table(kind),
		    event_descriptions[kind].table);
	assert_string_equal(event_table(EVENT_TABLE_COUNT - 1), "other_events");
	assert_int_equal(event_find_table("other_events"), -1);
}

static void
reads_integer_limits(void **state)
{
	int64_t min, max;

	(void)state;
	event_limits_integer("", &min, &max);
	assert_true(min == INT64_MIN && max == INT64_MAX);
	event_limits_integer("0..", &min, &max);
	assert_true(min == 0 && max == INT64_MAX);
	event_limits_integer("..9", &min, &max);
	assert_true(min == INT64_MIN && max == 9);
	event_limits_integer("-5..1099511627775", &min, &max);
	assert_true(min == -5 && max == INT64_C(1099511627775));
}

static void
checks_choices(void **state)
{
	(void)state;
	assert_true(event_limits_choice("a|bc|d", "a", 1));
	assert_true(event_limits_choice("a|bc|d", "bc", 2));
	assert_true(event_limits_choice("a|bc|d", "d", 1));
	assert_false(event_limits_choice("a|bc|d", "b", 1));
	assert_false(event_limits_choice("a|bc|d", "a|bc", 4));
	assert_false(event_limits_choice("a|bc|d", "", 0));
	assert_false(event_limits_choice("a|bc|d", "A", 1));
	assert_false(event_limits_choice("a|bc|d", "a\0", 2));
	assert_false(event_limits_choice("", "a", 1));
}

static void
checks_hex(void **state)
{
	(void)state;
	assert_true(event_limits_hex("4", "09aF", 4));
	assert_true(event_limits_hex("", "0123456789", 10));
	assert_false(event_limits_hex("4", "09a", 3));
	assert_false(event_limits_hex("4", "09aff", 5));
	assert_false(event_limits_hex("4", "09ag", 4));
	assert_false(event_limits_hex("4", "\0\0\0\0", 4));
	assert_false(event_limits_hex("4", "0x12", 4));
}

static void
writes_an_event(void **state)
{
	struct event_writer writer;
	struct event_http http = { .host = "h\"ost", .role = "metadata", .method = "GET",
		.from_cache = true };
	struct event_observation seen = { .name = "n", .labels = "{\"a\":\"b\"}" };
	struct buf out = BUF_EMPTY;

	(void)state;
	event_writer_init(&writer, "test");
	memcpy(writer.producer, "p", 2);
	event_set(&http, status, 200);
	event_set(&http, elapsed_ms, 0);
	event_write(&writer, &out, EVENT_http, 1500000000000, &http);
	assert_string_equal(buf_text(&out), "{\"type\":\"http\",\"ts_ms\":1500000000000,"
	    "\"producer\":\"p\",\"seq\":1,\"host\":\"h\\\"ost\",\"role\":\"metadata\","
	    "\"method\":\"GET\",\"status\":200,\"from_cache\":true,\"revalidated\":false,"
	    "\"stale\":false,\"elapsed_ms\":0}\n");
	buf_reset(&out);
	writer.run_id = "r";
	writer.cohort = "canary";
	event_set(&seen, value, 0.25);
	event_write(&writer, &out, EVENT_observation, 2, &seen);
	assert_string_equal(buf_text(&out), "{\"type\":\"observation\",\"ts_ms\":2,"
	    "\"producer\":\"p\",\"seq\":2,\"run_id\":\"r\",\"cohort\":\"canary\","
	    "\"name\":\"n\",\"value\":0.25,\"labels\":{\"a\":\"b\"}}\n");
	buf_release(&out);
}

/* Writes every field of every event and finds its name in the line. */
static void
writes_every_field(void **state)
{
	struct event_writer writer;
	struct buf out = BUF_EMPTY;

	(void)state;
	event_writer_init(&writer, "test");
#define EVENT(kind, wire, table, doc) { struct event_##kind body = { 0 };
#define SET_TEXT(name) body.name = "x";
#define SET_HEX(name) body.name = "0";
#define SET_CHOICE(name) body.name = "x";
#define SET_JSON(name) body.name = "[]";
#define SET_INTEGER(name) event_set(&body, name, 7);
#define SET_REAL(name) event_set(&body, name, 0.5);
#define SET_BOOLEAN(name) body.name = true;
#define FIELD(kind, name, type, need, limits, doc) SET_##type(name)
#define END(kind) \
	buf_reset(&out); \
	event_write(&writer, &out, EVENT_##kind, 1, &body); } \
	for (size_t i = 0; i < event_descriptions[EVENT_##kind].field_count; i++) { \
		char key[80]; \
		snprintf(key, sizeof(key), ",\"%s\":", \
		    event_descriptions[EVENT_##kind].fields[i].name); \
		assert_non_null(strstr(out.data, key)); \
	}
#include "schema/event.def"
	assert_int_equal(writer.seq, EVENT_KIND_COUNT);
	buf_release(&out);
}

static void
instances_of_a_program_differ(void **state)
{
	char one[PROG_INSTANCE_SIZE], two[PROG_INSTANCE_SIZE];
	struct event_writer writer;

	(void)state;
	log_set_program("a-program-with-a-long-name");
	prog_instance(one);
	prog_instance(two);
	assert_string_not_equal(one, two);
	assert_true(strlen(one) < PROG_INSTANCE_SIZE - 1);
	assert_memory_equal(one, "a-program-wi-", 13);
	event_writer_init(&writer, one);
	assert_string_equal(writer.producer, one);
	assert_int_equal(writer.seq, 0);
	assert_null(writer.run_id);
}

static void
tables_are_sql(void **state)
{
	struct buf out = BUF_EMPTY;

	(void)state;
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		size_t count = event_sql_column_count((enum event_kind)kind);

		buf_reset(&out);
		event_sql_table(&out, (enum event_kind)kind);
		assert_int_equal(strncmp(out.data, "CREATE TABLE IF NOT EXISTS ", 27), 0);
		assert_non_null(strstr(out.data, "\n) STRICT;\n"));
		assert_string_equal(event_sql_column_name((enum event_kind)kind, 0), "id");
		assert_string_equal(event_sql_column_name((enum event_kind)kind, count - 1),
		    "extra");
		assert_int_equal(event_sql_column_type((enum event_kind)kind, 0),
		    EVENT_INTEGER);
		assert_int_equal(event_sql_column_type((enum event_kind)kind, count - 1),
		    EVENT_JSON);
	}
	/* id, ts_ms, run_id, host, role */
	assert_int_equal(event_sql_column_type(EVENT_rate, 3), EVENT_TEXT);
	assert_null(event_sql_column_choices(EVENT_rate, 3));
	assert_int_equal(event_sql_column_type(EVENT_rate, 4), EVENT_CHOICE);
	assert_string_equal(event_sql_column_choices(EVENT_rate, 4),
	    "metadata|landing|artifact");
	assert_null(event_sql_column_choices(EVENT_rate, 8));
	buf_reset(&out);
	event_sql_table(&out, EVENT_rate);
	assert_string_equal(buf_text(&out), "CREATE TABLE IF NOT EXISTS rate_events (\n"
	    "  id INTEGER PRIMARY KEY,\n  ts_ms INTEGER NOT NULL,\n  run_id TEXT,\n"
	    "  host TEXT NOT NULL,\n"
	    "  role TEXT NOT NULL,\n"
	    "  action TEXT NOT NULL,\n"
	    "  delay_ms INTEGER,\n  max_delay_ms INTEGER,\n"
	    "  trace_id TEXT,\n  span_id TEXT,\n  cohort TEXT,\n  extra TEXT\n) STRICT;\n");
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_kinds),
		cmocka_unit_test(knows_each_table),
		cmocka_unit_test(reads_integer_limits),
		cmocka_unit_test(checks_choices),
		cmocka_unit_test(checks_hex),
		cmocka_unit_test(writes_an_event),
		cmocka_unit_test(writes_every_field),
		cmocka_unit_test(instances_of_a_program_differ),
		cmocka_unit_test(tables_are_sql),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
