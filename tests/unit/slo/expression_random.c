/* SPDX-License-Identifier: ISC
 *
 * SQLite checks the SQL of random expressions: it compiles, and has the value that the
 * expression should have.
 */
#include "db/db.h"
#include "slo/expression.h"
#include "slo/token.h"
#include "tel/event_sql.h"
#include "tests/unit/slo/expression_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* A database with one event, which has the values of columns. */
static struct db *
open_events(void)
{
	struct buf sql = BUF_EMPTY;
	struct err err;
	struct db *db;

	if (db_open(&db, DB_TEMPORARY, DB_WRITE, 0, &err) < 0)
		fail_msg("%s", err.text);
	event_sql_table(&sql, EVENT_http);
	buf_add_text(&sql, "INSERT INTO http_events (id, ts_ms, host, role, method, status,"
	    " bytes, from_cache, retry_count, revalidated, stale,"
	    " extra) VALUES (1, 0, 'h', 'landing', 'GET', 404, 7, 1, 0, 0, 0, "
	    "'{\"seven\":7,\"a-b\":0.5,\"a\\/b\":3,\"o\":{},\"t\":\"x\",\"yes\":true}');");
	if (db_run(db, buf_text(&sql), &err) < 0)
		fail_msg("%s", err.text);
	buf_release(&sql);
	return db;
}

static struct db_statement *
compile(struct db *db, const struct buf *expression, const char *text)
{
	struct buf sql = BUF_EMPTY;
	struct db_statement *statement;
	struct err err;

	buf_printf(&sql, "SELECT %.*s FROM http_events", (int)expression->len,
	    expression->data);
	if (db_prepare(db, &statement, buf_text(&sql), &err) < 0)
		fail_msg("%s: %s", text, err.text);
	buf_release(&sql);
	return statement;
}

static void
values_are_those_of_the_grammar(void **state)
{
	struct db *db = open_events();
	int count = 0;

	(void)state;
	random_start();
	for (int round = 0; round < 20000; round++) {
		struct maker maker = { BUF_EMPTY, 0 };
		struct value want = make_condition(&maker);
		struct buf out = BUF_EMPTY;
		struct db_statement *statement;
		struct err err;

		/* The longest expressions are refused. */
		if (expression_sql(&out, buf_text(&maker.text), EVENT_http,
		    EXPRESSION_CONDITION, &err) == 0) {
			count++;
			statement = compile(db, &out, buf_text(&maker.text));
			assert_int_equal(db_step(statement, &err), 1);
			if ((db_column_type(statement, 0) == DB_NULL) != want.is_null ||
			    (!want.is_null && db_column_real(statement, 0) != want.number))
				fail_msg("%s", buf_text(&maker.text));
			db_finalize(statement);
		} else if (strstr(err.text, "the expression is too long") == NULL) {
			fail_msg("%s", err.text);
		}
		buf_release(&out);
		buf_release(&maker.text);
	}
	assert_true(count > 19000);
	db_close(db);
}

/* Removes or changes one token of an expression, or inserts another. */
static void
spoil(struct buf *out, const char *text)
{
	static const char *const tokens[] = { "(", ")", ",", "-", "=", "/", "and", "not",
		"in", "is", "null", "true", "coalesce", "coalesce(", "role", "'landing'",
		"host", "''", "'it''s'", "1", "2.", "status", "(1)", "in (1)", "is null",
		"stale", "extra.t", "extra.yes", "extra.\"x y\"", "extra.seven-b" };
	struct token_reader reader;
	struct err err;
	size_t at = 0, place;

	token_init(&reader, text);
	while (token_next(&reader, &err) == 0 && reader.type != TOKEN_END)
		at++;
	place = random_below(at + 1);
	token_init(&reader, text);
	for (at = 0; token_next(&reader, &err) == 0 && reader.type != TOKEN_END; at++) {
		uint64_t way = at == place ? random_below(3) : 3;

		if (way < 2)
			buf_printf(out, " %s", tokens[random_below(
			    sizeof(tokens) / sizeof(tokens[0]))]);
		if (way != 1 && way != 2)
			buf_printf(out, " %.*s", (int)reader.len, reader.start);
	}
}

/* A condition is true, false or unknown in SQL too, not a number or a text. */
static void
check_condition(struct db_statement *statement, const char *text)
{
	struct err err;
	double value;

	assert_int_equal(db_step(statement, &err), 1);
	if (db_column_type(statement, 0) != DB_NULL) {
		value = db_column_real(statement, 0);
		if (db_column_type(statement, 0) != DB_INTEGER ||
		    (value != 0 && value != 1))
			fail_msg("%s", text);
	}
	db_finalize(statement);
}

static void
what_is_accepted_is_a_condition(void **state)
{
	struct db *db = open_events();
	int count = 0;

	(void)state;
	random_start();
	for (int round = 0; round < 40000; round++) {
		struct maker maker = { BUF_EMPTY, 1 };
		struct buf text = BUF_EMPTY, out = BUF_EMPTY;
		struct err err;

		make_condition(&maker);
		spoil(&text, buf_text(&maker.text));
		if (expression_sql(&out, buf_text(&text), EVENT_http,
		    EXPRESSION_CONDITION, &err) == 0) {
			check_condition(compile(db, &out, buf_text(&text)),
			    buf_text(&text));
			count++;
		}
		buf_release(&out);
		buf_release(&text);
		buf_release(&maker.text);
	}
	assert_true(count > 1000);
	db_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_those_of_the_grammar),
		cmocka_unit_test(what_is_accepted_is_a_condition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
