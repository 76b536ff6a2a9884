/* SPDX-License-Identifier: ISC
 *
 * What words and paths name, and the messages for those that name nothing.
 */
#include "slo/reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Reads the first token of the text. */
static int
read_first(struct reference *out, const char *text, enum event_kind kind, struct err *err)
{
	struct token_reader token;

	token_init(&token, text);
	assert_int_equal(token_next(&token, err), 0);
	return reference_read(out, &token, kind, err);
}

/* Expects a member: its column and keys, "labels|a-b". */
static void
is_member(const char *text, enum event_kind kind, const char *want)
{
	struct buf found = BUF_EMPTY;
	struct reference reference;
	struct err err;

	if (read_first(&reference, text, kind, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(reference.is_member);
	buf_add_text(&found, reference.member.column);
	for (size_t i = 0; i < reference.member.key_count; i++)
		buf_printf(&found, "|%.*s", (int)reference.member.keys[i].len,
		    reference.member.keys[i].start);
	assert_string_equal(buf_text(&found), want);
	buf_release(&found);
}

static void
is_column(const char *text, enum event_kind kind, const char *name)
{
	struct reference reference;
	struct err err;

	if (read_first(&reference, text, kind, &err) < 0)
		fail_msg("%s", err.text);
	assert_false(reference.is_member);
	assert_string_equal(reference.column.name, name);
}

/* Expects a message about the token, which is all of the text before a blank. */
static void
refused(const char *text, enum event_kind kind, const char *words)
{
	struct reference reference;
	struct buf whole = BUF_EMPTY;
	struct err err;

	assert_int_equal(read_first(&reference, text, kind, &err), -1);
	buf_printf(&whole, "'%s': character 1: %s", text, words);
	assert_string_equal(err.text, buf_text(&whole));
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	buf_release(&whole);
}

static void
members_of_known_types(void **state)
{
	(void)state;
	is_column("labels", EVENT_observation, "labels");
	is_column("extra", EVENT_http, "extra");
	is_member("labels.env", EVENT_observation, "labels|env");
	is_member("labels.\"http.method\" = 'x'", EVENT_observation, "labels|http.method");
	is_member("labels.\"a-b\"-b", EVENT_observation, "labels|a-b");
	is_member("labels.\"\"", EVENT_observation, "labels|");
	is_member("labels.5xx", EVENT_observation, "labels|5xx");
	is_member("labels.extra", EVENT_observation, "labels|extra");
	is_member("attributes.a", EVENT_span, "attributes|a");
	is_member("attributes.a", EVENT_log, "attributes|a");
	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		is_member("extra.a", kind, "extra|a");
		is_member("extra.labels.env", kind, "extra|labels|env");
		is_member("extra.\"a.b\".\"c d\"", kind, "extra|a.b|c d");
	}
	is_member("extra.a-1", EVENT_http, "extra|a");
	is_member("extra.a/1024", EVENT_http, "extra|a");
	is_member("extra.a -b", EVENT_http, "extra|a");
}

static void
what_known_types_lack(void **state)
{
	(void)state;
	refused("label.env", EVENT_observation, "event observation has no column 'label'; "
	    "did you mean 'labels.env'?");
	refused("Labels.\"a-b\"", EVENT_observation, "event observation has no column "
	    "'Labels'; did you mean 'labels.\"a-b\"'?");
	refused("attribute.a", EVENT_span, "event span has no column 'attribute'; did you "
	    "mean 'attributes.a'?");
	refused("labels.env", EVENT_http, "event http has no column 'labels'; a key without a "
	    "column is extra.labels.env");
	refused("http.status", EVENT_http, "event http has no column 'http'; a column is "
	    "written alone: status");
	refused("observations.name", EVENT_observation, "event observation has no column "
	    "'observations'; a column is written alone: name");
	refused("status.a", EVENT_http, "status is a number, it has no keys");
	refused("stale.a", EVENT_http, "stale is a boolean, it has no keys");
	refused("role.a", EVENT_http, "role is a text, it has no keys");
	refused("labels.http.method", EVENT_observation, "a key with points in it has double "
	    "quotes: labels.\"http.method\"");
	refused("labels.a.\"b-c\"", EVENT_observation, "a key with points in it has double "
	    "quotes: labels.\"a.b-c\"");
	refused("extra.a.b.c.d", EVENT_http, "a key with points in it has double quotes: "
	    "extra.a.\"b.c.d\"");
}

/* It could be one key, or a difference or quotient. */
static void
a_minus_without_a_blank(void **state)
{
	(void)state;
	refused("labels.a-b", EVENT_observation, "write labels.\"a-b\" for one key, or a "
	    "blank after labels.a");
	refused("labels.app/name.x-y_1 = 2", EVENT_observation, "write "
	    "labels.\"app/name.x-y_1\" for one key, or a blank after labels.app");
	refused("extra.a.b/c", EVENT_http, "write extra.a.\"b/c\" for one key, or a blank "
	    "after extra.a.b");
	refused("size-bytes", EVENTS_OTHER, "write body.\"size-bytes\" for one key, or a "
	    "blank after size");
	refused("labels.a-b", EVENTS_OTHER, "write labels.\"a-b\" for one key, or a blank "
	    "after labels.a");
	refused("body.a-b", EVENTS_OTHER, "write body.\"a-b\" for one key, or a blank after "
	    "body.a");
	is_column("ts_ms-x", EVENTS_OTHER, "ts_ms");
	is_column("bytes/elapsed_ms", EVENT_http, "bytes");
}

static void
other_events(void **state)
{
	static const char *const columns[] = { "ts_ms", "run_id", "trace_id", "span_id",
		"cohort" };

	(void)state;
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		is_column(columns[i], EVENTS_OTHER, columns[i]);
	is_member("outcome", EVENTS_OTHER, "body|outcome");
	is_member("type", EVENTS_OTHER, "body|type");
	is_member("id", EVENTS_OTHER, "body|id");
	is_member("extra", EVENTS_OTHER, "body|extra");
	is_member("a2345678901234567890123456789012345678901234567890123456789012345678901",
	    EVENTS_OTHER,
	    "body|a2345678901234567890123456789012345678901234567890123456789012345678901");
	is_member("labels.env", EVENTS_OTHER, "body|labels|env");
	is_member("labels.\"a-b\"", EVENTS_OTHER, "body|labels|a-b");
	is_member("body.outcome", EVENTS_OTHER, "body|outcome");
	is_member("body.run_id", EVENTS_OTHER, "body|run_id");
	is_member("body.\"a-b\"", EVENTS_OTHER, "body|a-b");
	is_member("body.\"a-b\".c", EVENTS_OTHER, "body|a-b|c");
	is_member("body.body", EVENTS_OTHER, "body|body");
	refused("body", EVENTS_OTHER, "body is the whole event; its key of that name is "
	    "body.body");
	refused("extra.outcome", EVENTS_OTHER, "the keys of an event of your own are written "
	    "alone: outcome");
	refused("cohort.a", EVENTS_OTHER, "cohort is a text, it has no keys");
	refused("labels.http.method", EVENTS_OTHER, "a key with points in it has double "
	    "quotes: labels.\"http.method\"");
	refused("body.a.b.\"c\"", EVENTS_OTHER, "a key with points in it has double quotes: "
	    "body.a.\"b.c\"");
}

static void
group_is(const char *name, enum event_kind kind, const char *want)
{
	struct err err;
	char *sql = NULL;

	if (reference_group_sql(&sql, name, kind, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(sql, want);
	free(sql);
}

static void
no_group(const char *name, enum event_kind kind, const char *words)
{
	struct err err;
	char *sql = NULL;

	assert_int_equal(reference_group_sql(&sql, name, kind, &err), -1);
	assert_null(sql);
	assert_string_equal(err.text, words);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
}

static void
groups(void **state)
{
	(void)state;
	group_is("host", EVENT_http, "host");
	group_is("cohort", EVENTS_OTHER, "cohort");
	group_is(" labels.env\n", EVENT_observation, "CASE WHEN json_valid(labels) THEN CASE "
	    "WHEN json_type(labels, '$.env') = 'text' THEN json_extract(labels, '$.env') "
	    "WHEN json_type(labels, '$.env') NOT IN ('object', 'array', 'null') THEN "
	    "labels -> '$.env' END END");
	no_group("hots", EVENT_http, "event http has no column 'hots'; did you mean 'host'?");
	no_group("env", EVENT_observation, "event observation has no column 'env'; "
	    "tel-events(5) lists them; one in labels is labels.env; a key without a column "
	    "is extra.env");
	no_group("", EVENT_http, "'': at its end: expected a column, or a member such as "
	    "labels.KEY");
	no_group("'host'", EVENT_http, "''host'': character 1, ''host'': expected a column, or "
	    "a member such as labels.KEY");
	no_group("status + 1", EVENT_http, "'status + 1': character 8, '+': expected the end "
	    "after a column or member");
	no_group("outcome cohort", EVENTS_OTHER, "'outcome cohort': character 9, 'cohort': "
	    "expected the end after a column or member");
	no_group("labels.a b", EVENT_observation, "'labels.a b': character 10, 'b': expected "
	    "the end after a column or member");
	no_group("labels.", EVENT_observation, "'labels.': character 8: expected a key; one "
	    "that is not of letters, digits and _ has double quotes: labels.\"a-b\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_of_known_types),
		cmocka_unit_test(what_known_types_lack),
		cmocka_unit_test(a_minus_without_a_blank),
		cmocka_unit_test(other_events),
		cmocka_unit_test(groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
