/* SPDX-License-Identifier: ISC
 *
 * What SQLite makes of the SQL of members, for whatever a row may have; and the SQL
 * itself.
 */
#include "slo/member.h"
#include "db/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* A database of one table with the columns body and want. */
static struct db *
open_rows(void)
{
	struct err err;
	struct db *db;

	if (db_open(&db, DB_TEMPORARY, DB_WRITE, 0, &err) < 0 ||
	    db_run(db, "CREATE TABLE rows (body TEXT) STRICT", &err) < 0)
		fail_msg("%s", err.text);
	return db;
}

static struct member
member_of(const char *first, const char *second)
{
	struct member member = { .column = "body",
		.keys = { { first, strlen(first) } }, .key_count = 1 };

	if (second != NULL)
		member.keys[member.key_count++] =
		    (struct member_key){ second, strlen(second) };
	return member;
}

/* Expects a value, as quote() prints it, of the member in a row with that body; NULL is
 * a row without one. */
static void
has_value(struct db *db, const char *body, const struct member *member,
    enum operand_type reading, const char *want)
{
	struct db_statement *statement;
	struct buf sql = BUF_EMPTY;
	struct err err;

	assert_int_equal(db_run(db, "DELETE FROM rows", &err), 0);
	if (db_prepare(db, &statement, "INSERT INTO rows VALUES (:body)", &err) < 0)
		fail_msg("%s", err.text);
	DB_BIND(statement, db_value_text(":body", body));
	assert_int_equal(db_step(statement, &err), 0);
	db_finalize(statement);
	buf_add_text(&sql, "SELECT quote(");
	member_sql(&sql, member, reading);
	buf_add_text(&sql, ") FROM rows");
	if (db_prepare(db, &statement, buf_text(&sql), &err) < 0 ||
	    db_step(statement, &err) != 1)
		fail_msg("%s: %s: %s", body, buf_text(&sql), err.text);
	if (strcmp(db_column_text(statement, 0), want) != 0)
		fail_msg("%s: %s: %s, not %s", body, buf_text(&sql),
		    db_column_text(statement, 0), want);
	db_finalize(statement);
	buf_release(&sql);
}

/* What the key k has, and how it is read as a number, a text and a boolean. */
static const struct {
	const char *json, *number, *text, *boolean;
} values[] = {
	{ "5", "5", "'5'", "NULL" },
	{ "-0", "0", "'-0'", "0" },
	{ "0", "0", "'0'", "0" },
	{ "1", "1", "'1'", "1" },
	{ "1.0", "1.0", "'1.0'", "1" },
	{ "2.50", "2.5", "'2.50'", "NULL" },
	{ "1e3", "1000.0", "'1e3'", "NULL" },
	{ "9007199254740993", "9007199254740993", "'9007199254740993'", "NULL" },
	{ "9223372036854775807", "9223372036854775807", "'9223372036854775807'", "NULL" },
	{ "18446744073709551615", "1.84467440737095516156e+19", "'18446744073709551615'",
	    "NULL" },
	{ "1e999", "Inf", "'1e999'", "NULL" },
	{ "true", "1", "'true'", "1" },
	{ "false", "0", "'false'", "0" },
	{ "null", "NULL", "NULL", "NULL" },
	{ "\"x\"", "NULL", "'x'", "NULL" },
	{ "\"\"", "NULL", "''", "NULL" },
	{ "\"200\"", "NULL", "'200'", "NULL" },
	{ "\"1\"", "NULL", "'1'", "NULL" },
	{ "\"true\"", "NULL", "'true'", "NULL" },
	{ "\"null\"", "NULL", "'null'", "NULL" },
	{ "\"it's\"", "NULL", "'it''s'", "NULL" },
	{ "\"[1]\"", "NULL", "'[1]'", "NULL" },
	{ "\"\xc3\xa9\\u00e9\\n\\/\"", "NULL", "'\xc3\xa9\xc3\xa9\n/'", "NULL" },
	{ "\"\\ud83d\\ude00\"", "NULL", "'\xf0\x9f\x98\x80'", "NULL" },
	{ "{}", "NULL", "NULL", "NULL" },
	{ "{\"k\":1}", "NULL", "NULL", "NULL" },
	{ "[1]", "NULL", "NULL", "NULL" },
	{ "[]", "NULL", "NULL", "NULL" },
};

/* A key of each way to find one. JSON has it as it is, or escaped. */
static const struct {
	const char *key, *json;
} keys[] = {
	{ "k", "k" }, { "K9_", "K9_" }, { "9", "9" }, { "http.method", "http.method" },
	{ "a-b", "a-b" }, { "a b", "a b" }, { "", "" },
	{ "app.kubernetes.io/name", "app.kubernetes.io/name" },
	{ "a/b", "a\\/b" }, { "caf\xc3\xa9", "caf\xc3\xa9" },
	{ "caf\xc3\xa9", "caf\\u00e9" }, { "it's", "it's" }, { "it's", "it\\u0027s" },
	{ "a[0]", "a[0]" }, { "$", "$" }, { "<&>", "\\u003c\\u0026\\u003e" },
};

static void
read_all_ways(struct db *db, const char *body, const struct member *member, size_t i)
{
	has_value(db, body, member, OPERAND_NUMBER, values[i].number);
	has_value(db, body, member, OPERAND_TEXT, values[i].text);
	has_value(db, body, member, OPERAND_BOOLEAN, values[i].boolean);
}

static void
values_as_each_type(void **state)
{
	struct db *db = open_rows();
	struct buf body = BUF_EMPTY;

	(void)state;
	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
			struct member member = member_of(keys[k].key, NULL);

			buf_reset(&body);
			buf_printf(&body, "{\"other\": 7, \"%s\" : %s , \"z\":{\"%s\":8}}",
			    keys[k].json, values[i].json, keys[k].json);
			read_all_ways(db, buf_text(&body), &member, i);
		}
	buf_release(&body);
	db_close(db);
}

static void
values_within_an_object(void **state)
{
	struct db *db = open_rows();
	struct buf body = BUF_EMPTY;

	(void)state;
	for (size_t a = 0; a < sizeof(keys) / sizeof(keys[0]); a++)
		for (size_t b = 0; b < sizeof(keys) / sizeof(keys[0]); b++) {
			struct member member = member_of(keys[a].key, keys[b].key);
			size_t i = (a + b) % (sizeof(values) / sizeof(values[0]));

			buf_reset(&body);
			buf_printf(&body, "{\"o\":{\"%s\":3},\"%s\":{\"p\":4,\"%s\":%s}}",
			    keys[b].json, keys[a].json, keys[b].json, values[i].json);
			read_all_ways(db, buf_text(&body), &member, i);
		}
	buf_release(&body);
	db_close(db);
}

/* No body makes a statement fail, and none has what it does not have. */
static void
bodies_without_it(void **state)
{
	static const char *const bodies[] = { NULL, "", "{}", "[]", "[1,2]", "5", "null",
		"\"k\"", "{\"j\":1}", "{\"k\":{\"other\":1}}", "{\"k\":[[1]]}", "{\"k\":null}",
		"{\"k\"", "{\"k\":1}}", "{\"k\":01}", "not JSON", "{'k':1}", "{\"k\":nan}",
		"{\"\\u006b\\u0000\":1}", "{\"k\\u0022\":1}", "{\"k\\\\\":1}" };
	static const struct {
		const char *first, *second;
	} paths[] = { { "k", NULL }, { "k", "k" }, { "caf\xc3\xa9", NULL },
		{ "k", "caf\xc3\xa9" }, { "caf\xc3\xa9", "k" }, { "\xc3\xa9", "\xc3\xa9" },
		{ "0", NULL }, { "k", "0" }, { "[0]", NULL }, { "k", "" } };
	struct db *db = open_rows();

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		for (size_t p = 0; p < sizeof(paths) / sizeof(paths[0]); p++)
			for (int reading = 0; reading < OPERAND_MEMBER; reading++) {
				struct member member = member_of(paths[p].first,
				    paths[p].second);

				has_value(db, bodies[i], &member,
				    (enum operand_type)reading, "NULL");
			}
	db_close(db);
}

/* SQLite reads no JSON that is more than 2000 levels deep. */
static void
a_deep_body(void **state)
{
	struct member plain = member_of("k", NULL), odd = member_of("\xc3\xa9", NULL);
	struct db *db = open_rows();
	struct buf body = BUF_EMPTY;

	(void)state;
	for (int depth = 1990; depth < 2010; depth += 19) {
		const char *want = depth < 2000 ? "1" : "NULL";

		buf_reset(&body);
		buf_add_text(&body, "{\"k\":1,\"\xc3\xa9\":1,\"deep\":");
		for (int i = 1; i < depth; i++)
			buf_add_char(&body, '[');
		for (int i = 1; i < depth; i++)
			buf_add_char(&body, ']');
		buf_add_char(&body, '}');
		has_value(db, buf_text(&body), &plain, OPERAND_NUMBER, want);
		has_value(db, buf_text(&body), &odd, OPERAND_NUMBER, want);
	}
	buf_release(&body);
	db_close(db);
}

static void
the_first_of_equal_keys(void **state)
{
	static const char body[] = "{\"k\":1,\"\xc3\xa9\":3,\"\\u00e9\":4,\"k\":2}";
	struct member plain = member_of("k", NULL), odd = member_of("\xc3\xa9", NULL);
	struct db *db = open_rows();

	(void)state;
	has_value(db, body, &plain, OPERAND_NUMBER, "1");
	has_value(db, body, &odd, OPERAND_NUMBER, "3");
	db_close(db);
}

static void
what_is_written(void **state)
{
	struct member member = member_of("env.x", NULL), within = member_of("a-b", "c'd");
	struct buf out = BUF_EMPTY;

	(void)state;
	member.keys[0].len = 3; /* it is part of a longer text */
	member_sql(&out, &member, OPERAND_NUMBER);
	assert_string_equal(buf_text(&out), "CASE WHEN json_valid(body) THEN CASE WHEN "
	    "typeof(json_extract(body, '$.env')) <> 'text' THEN json_extract(body, "
	    "'$.env') END END");
	buf_reset(&out);
	member_sql(&out, &member, OPERAND_TEXT);
	assert_string_equal(buf_text(&out), "CASE WHEN json_valid(body) THEN CASE WHEN "
	    "json_type(body, '$.env') = 'text' THEN json_extract(body, '$.env') WHEN "
	    "json_type(body, '$.env') NOT IN ('object', 'array', 'null') THEN body -> "
	    "'$.env' END END");
	buf_reset(&out);
	member_sql(&out, &within, OPERAND_BOOLEAN);
	assert_string_equal(buf_text(&out), "CASE WHEN json_valid(body) THEN (SELECT CASE "
	    "value WHEN 1 THEN TRUE WHEN 0 THEN FALSE END FROM json_each(body, "
	    "'$.\"a-b\"') WHERE key = 'c''d' LIMIT 1) END");
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_as_each_type),
		cmocka_unit_test(values_within_an_object),
		cmocka_unit_test(bodies_without_it),
		cmocka_unit_test(a_deep_body),
		cmocka_unit_test(the_first_of_equal_keys),
		cmocka_unit_test(what_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
