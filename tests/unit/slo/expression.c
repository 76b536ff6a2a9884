/* SPDX-License-Identifier: ISC
 *
 * Expressions as SQL, and the messages for wrong ones. SQLite checks the SQL:
 * it compiles, and has the value that the expression should have.
 */
#include "slo/expression.h"
#include "db/db.h"
#include "slo/token.h"
#include "tel/event_sql.h"
#include "tests/unit/random.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
written(const char *text, const char *sql)
{
	struct buf out = BUF_EMPTY;
	struct err err = { 0, "" };

	buf_add_text(&out, "WHERE ");
	if (expression_sql(&out, text, EVENT_http, &err) < 0)
		fail_msg("%s", err.text);
	assert_memory_equal(buf_text(&out), "WHERE ", 6);
	assert_string_equal(buf_text(&out) + 6, sql);
	buf_release(&out);
}

static void
what_is_written(void **state)
{
	(void)state;
	written("status", "(status)");
	written("status=200", "(status = 200)");
	written(" status\n<>\t2.50 ", "(status <> 2.50)");
	written("status!=1 or status<1 Or status>=1", "(status != 1 OR status < 1 OR status >= 1)");
	written("not not from_cache", "(NOT NOT from_cache)");
	written("host='it''s'", "(host = 'it''s')");
	written("true and False", "(TRUE AND FALSE)");
	written("error is null", "(error IS NULL)");
	written("error IS NOT Null and stale is not true",
	    "(error IS NOT NULL AND stale IS NOT TRUE)");
	written("status in(200,304)", "(status IN (200, 304))");
	written("role not in ('landing')", "(role NOT IN ('landing'))");
	written("1 - -2", "(1 - - 2)");
	written("bytes/elapsed_ms/2*3", "(bytes * 1.0 / elapsed_ms * 1.0 / 2 * 3)");
	written("coalesce(bytes,ttfb_ms , 0)>1", "(coalesce(bytes, ttfb_ms, 0) > 1)");
	written("((status=1))", "(((status = 1)))");
	written("ts_ms > 0 and run_id = 'r'", "(ts_ms > 0 AND run_id = 'r')");
}

static void
refused(const char *text, const char *words)
{
	struct buf out = BUF_EMPTY;
	struct err err = { 0, "" };

	assert_int_equal(expression_sql(&out, text, EVENT_http, &err), -1);
	assert_string_equal(err.text, words);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	buf_release(&out);
}

static void
errors_say_where(void **state)
{
	(void)state;
	refused("", "'': at its end: expected a column, a number, 'text' or (");
	refused("status =", "'status =': at its end: expected a column, a number, "
	    "'text' or (");
	refused("status = AND", "'status = AND': character 10, 'AND': expected a "
	    "column, a number or 'text'");
	refused("status 200", "'status 200': character 8, '200': expected AND, OR or "
	    "the end");
	refused("1 = 2 = 3", "'1 = 2 = 3': character 7, '=': expected AND, OR or the "
	    "end");
	refused("(status", "'(status': at its end: expected )");
	refused("status)", "'status)': character 7, ')': expected AND, OR or the end");
	refused("status not 1", "'status not 1': character 12, '1': expected IN after "
	    "NOT");
	refused("status in 1", "'status in 1': character 11, '1': expected (");
	refused("status in ()", "'status in ()': character 12, ')': expected a column, "
	    "a number, 'text' or (");
	refused("status in (1 2)", "'status in (1 2)': character 14, '2': expected , "
	    "or )");
	refused("status is 1", "'status is 1': character 11, '1': expected NULL, TRUE "
	    "or FALSE after IS");
	refused("status = null", "'status = null': character 10, 'null': nothing equals "
	    "NULL; write IS NULL");
	refused("(select 1)", "'(select 1)': character 2, 'select': queries are not "
	    "allowed here");
	refused("lower(host) = 'a'", "'lower(host) = 'a'': character 1, 'lower': the "
	    "only function allowed is coalesce");
	refused("status (1)", "'status (1)': character 1, 'status': the only function "
	    "allowed is coalesce");
	refused("status = 1; drop table x", "'status = 1; drop table x': character 11, "
	    "';': one condition, without a semicolon");
	refused("coalesce(status)=1", "'coalesce(status)=1': character 16, ')': coalesce "
	    "takes two values at least");
	refused("coalesce(status 1)", "'coalesce(status 1)': character 17, '1': expected "
	    ", or )");
	refused("status = +1", "'status = +1': character 10, '+': expected a column, a "
	    "number, 'text' or (");
}

static void
columns_are_those_of_the_event(void **state)
{
	struct err err;

	(void)state;
	refused("statsu = 1", "'statsu = 1': event http has no column 'statsu'; did "
	    "you mean 'status'?");
	refused("Status = 1", "'Status = 1': event http has no column 'Status'; did "
	    "you mean 'status'?");
	refused("outcome = 'success'", "'outcome = 'success'': event http has no column "
	    "'outcome'; tel-events(5) lists them");
	refused("a23456789012345678901234567890123456789012345678901234567890123 = 1",
	    "'a23456789012345678901234567890123456789012345678901234567890123 = 1': "
	    "event http has no column 'a23456789012345678901234567890123456789012345678"
	    "901234567890'; tel-events(5) lists them");
	refused("a234567890123456789012345678901234567890123456789012345678901234",
	    "'a234567890123456789012345678901234567890123456789012345678901234': "
	    "character 1, 'a234567890123456789012345678901234567890': not a column");
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		for (size_t i = 0; i < event_sql_column_count(kind); i++) {
			const char *name = event_sql_column_name(kind, i);

			assert_ptr_equal(expression_column(name, kind, &err), name);
		}
	assert_null(expression_column("", EVENT_http, &err));
	assert_int_equal(err.exit_code, EXIT_CONFIG);
}

/* A word of a closed list, on either side of a comparison. */
static void
closed_lists_are_checked(void **state)
{
	(void)state;
	refused("role = 'artefact'", "'role = 'artefact'': role is never 'artefact'; "
	    "it is one of metadata|landing|artifact");
	refused("role <> ''", "'role <> ''': role is never ''; it is one of "
	    "metadata|landing|artifact");
	refused("role in ('artifact', 'x')", "'role in ('artifact', 'x')': role is never "
	    "'x'; it is one of metadata|landing|artifact");
	refused("role = 'metadata|landing'", "'role = 'metadata|landing'': role is never "
	    "'metadata|landing'; it is one of metadata|landing|artifact");
	refused("status = 1 and (not role != 'x')", "'status = 1 and (not role != 'x')': "
	    "role is never 'x'; it is one of metadata|landing|artifact");
	refused("'artefact' = role", "''artefact' = role': role is never 'artefact'; it "
	    "is one of metadata|landing|artifact");
	refused("status = 1 or 'x' <> role", "'status = 1 or 'x' <> role': role is never "
	    "'x'; it is one of metadata|landing|artifact");
	written("'artifact' = role and 'x' = host", "('artifact' = role AND 'x' = host)");
	written("'x' = coalesce(role, 'x')", "('x' = coalesce(role, 'x'))");
	written("role = 'artifact' and host = 'x'", "(role = 'artifact' AND host = 'x')");
	written("coalesce(role, 'none') = 'none'", "(coalesce(role, 'none') = 'none')");
	written("host in ('x') or role in ('landing')",
	    "(host IN ('x') OR role IN ('landing'))");
}

/* Makes "((...1...))", or the same with another sign instead of the brackets. */
static int
nested(const char *open, const char *close, int depth, struct err *err)
{
	struct buf text = BUF_EMPTY, out = BUF_EMPTY;
	int result;

	for (int i = 0; i < depth; i++)
		buf_add_text(&text, open);
	buf_add_text(&text, "1");
	for (int i = 0; i < depth; i++)
		buf_add_text(&text, close);
	result = expression_sql(&out, buf_text(&text), EVENT_http, err);
	buf_release(&text);
	buf_release(&out);
	return result;
}

/* The brackets that are written around the whole expression count too. */
static void
depth_is_limited(void **state)
{
	static const struct {
		const char *open, *close;
	} ways[] = { { "(", ")" }, { "not ", "" }, { "- ", "" }, { "coalesce(", ", 1)" } };
	struct buf text = BUF_EMPTY, out = BUF_EMPTY;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		assert_int_equal(nested(ways[i].open, ways[i].close,
		    EXPRESSION_MAX_DEPTH - 1, &err), 0);
		assert_int_equal(nested(ways[i].open, ways[i].close,
		    EXPRESSION_MAX_DEPTH, &err), -1);
		assert_int_equal(err.exit_code, EXIT_CONFIG);
		assert_non_null(strstr(err.text, "too much within each other"));
	}
	/* Many brackets side by side are not deep. */
	for (int i = 0; i < 40; i++)
		buf_add_text(&text, "not - (1) in (2) and ");
	buf_add_text(&text, "1");
	buf_reset(&out);
	assert_int_equal(expression_sql(&out, buf_text(&text), EVENT_http, &err), -1);
	assert_non_null(strstr(err.text, "the expression is too long"));
	text.len -= 10 * strlen("not - (1) in (2) and ") + 1;
	buf_add_text(&text, "1");
	assert_int_equal(expression_sql(&out, buf_text(&text), EVENT_http, &err), 0);
	buf_release(&text);
	buf_release(&out);
}

/* A value of SQL, as an expression should have it. */
struct value {
	bool is_null;
	double number;
};

static const struct {
	const char *name;
	struct value value;
} columns[] = {
	{ "status", { false, 404 } }, { "bytes", { false, 7 } }, { "error", { true, 0 } },
	{ "ttfb_ms", { true, 0 } }, { "from_cache", { false, 1 } },
	{ "retry_count", { false, 0 } },
};

/* Makes a random expression by the grammar, and computes its value. */
struct maker {
	struct buf text;
	int depth;
};

static struct value make_condition(struct maker *maker);
static struct value make_sum(struct maker *maker);

static void
put(struct maker *maker, const char *text)
{
	static const char *const blanks[] = { " ", "  ", "\n", "\t " };

	buf_add_text(&maker->text, blanks[random_below(4)]);
	for (const char *p = text; *p != '\0'; p++)
		buf_add_char(&maker->text, random_below(2) == 0 ? *p : (char)toupper(*p));
}

static struct value
make_coalesce(struct maker *maker)
{
	struct value first, second;

	put(maker, "coalesce");
	put(maker, "(");
	first = make_sum(maker);
	put(maker, ",");
	second = make_sum(maker);
	put(maker, ")");
	return first.is_null ? second : first;
}

static struct value
make_primary(struct maker *maker)
{
	uint64_t what = random_below(maker->depth > 1 ? 4 : 7);
	struct value value = { false, (double)random_below(10) };
	char text[32];

	if (what < 2) {
		if (random_below(4) == 0)
			value.number += 0.5;
		snprintf(text, sizeof(text), "%g", value.number);
		put(maker, text);
	} else if (what < 4) {
		size_t i = random_below(sizeof(columns) / sizeof(columns[0]));

		buf_printf(&maker->text, " %s", columns[i].name);
		value = columns[i].value;
	} else {
		maker->depth++;
		if (what == 4) {
			value = make_coalesce(maker);
		} else {
			put(maker, "(");
			value = make_condition(maker);
			put(maker, ")");
		}
		maker->depth--;
	}
	return value;
}

static struct value
make_unary(struct maker *maker)
{
	int minuses = random_below(5) == 0 ? (int)random_below(3) : 0;
	struct value value;

	for (int i = 0; i < minuses; i++)
		put(maker, "-");
	value = make_primary(maker);
	if (minuses % 2 == 1)
		value.number = -value.number;
	return value;
}

static struct value
make_product(struct maker *maker)
{
	struct value value = make_unary(maker);

	while (random_below(4) == 0) {
		bool divides = random_below(2) == 0;
		struct value by;

		put(maker, divides ? "/" : "*");
		by = make_unary(maker);
		value.is_null |= by.is_null || (divides && by.number == 0);
		if (!value.is_null)
			value.number = divides ? value.number / by.number
			    : value.number * by.number;
	}
	return value;
}

static struct value
make_sum(struct maker *maker)
{
	struct value value = make_product(maker);

	while (random_below(4) == 0) {
		bool adds = random_below(2) == 0;
		struct value other;

		put(maker, adds ? "+" : "-");
		other = make_product(maker);
		value.is_null |= other.is_null;
		value.number += adds ? other.number : -other.number;
	}
	return value;
}

static struct value
truth(bool is_null, bool is_true)
{
	return (struct value){ is_null, is_true };
}

static struct value
make_compared(struct maker *maker, struct value a)
{
	static const char *const signs[] = { "=", "<>", "!=", "<=", ">=", "<", ">" };
	size_t sign = random_below(7);
	struct value b;
	bool is_true = false;

	put(maker, signs[sign]);
	b = make_sum(maker);
	if (sign == 0)
		is_true = a.number == b.number;
	else if (sign < 3)
		is_true = a.number != b.number;
	else if (sign < 5)
		is_true = sign == 3 ? a.number <= b.number : a.number >= b.number;
	else
		is_true = sign == 5 ? a.number < b.number : a.number > b.number;
	return truth(a.is_null || b.is_null, is_true);
}

static struct value
make_is(struct maker *maker, struct value a)
{
	static const char *const things[] = { "null", "true", "false" };
	uint64_t thing = random_below(3);
	bool wanted = true, is_true;

	put(maker, "is");
	if (random_below(2) == 0) {
		put(maker, "not");
		wanted = false;
	}
	put(maker, things[thing]);
	is_true = thing == 0 ? a.is_null : !a.is_null && (a.number != 0) == (thing == 1);
	return truth(false, is_true == wanted);
}

static struct value
make_in(struct maker *maker, struct value a)
{
	bool wanted = true, is_found = false, has_null = a.is_null;

	if (random_below(2) == 0) {
		put(maker, "not");
		wanted = false;
	}
	put(maker, "in");
	put(maker, "(");
	maker->depth++;
	for (;;) {
		struct value one = make_sum(maker);

		has_null |= one.is_null;
		is_found |= !a.is_null && !one.is_null && one.number == a.number;
		if (random_below(2) == 0)
			break;
		put(maker, ",");
	}
	maker->depth--;
	put(maker, ")");
	return truth(!is_found && has_null, is_found == wanted);
}

static struct value
make_predicate(struct maker *maker)
{
	uint64_t nots = random_below(4) == 0 ? random_below(3) : 0;
	struct value value;

	for (uint64_t i = 0; i < nots; i++)
		put(maker, "not");
	value = make_sum(maker);
	switch (random_below(5)) {
	case 0:
	case 1:
		value = make_compared(maker, value);
		break;
	case 2:
		value = make_is(maker, value);
		break;
	case 3:
		value = make_in(maker, value);
		break;
	default:
		break;
	}
	for (uint64_t i = 0; i < nots; i++)
		value = truth(value.is_null, value.number == 0);
	return value;
}

static struct value
make_and(struct maker *maker)
{
	struct value a = make_predicate(maker);

	while (random_below(4) == 0) {
		struct value b;
		bool is_false;

		put(maker, "and");
		b = make_predicate(maker);
		is_false = (!a.is_null && a.number == 0) || (!b.is_null && b.number == 0);
		a = truth(!is_false && (a.is_null || b.is_null), !is_false);
	}
	return a;
}

static struct value
make_condition(struct maker *maker)
{
	struct value a = make_and(maker);

	while (random_below(4) == 0) {
		struct value b;
		bool is_true;

		put(maker, "or");
		b = make_and(maker);
		is_true = (!a.is_null && a.number != 0) || (!b.is_null && b.number != 0);
		a = truth(!is_true && (a.is_null || b.is_null), is_true);
	}
	return a;
}

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
	    " bytes, from_cache, retry_count, revalidated, stale)"
	    " VALUES (1, 0, 'h', 'landing', 'GET', 404, 7, 1, 0, 0, 0);");
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
		if (expression_sql(&out, buf_text(&maker.text), EVENT_http, &err) == 0) {
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
		"host", "''", "'it''s'", "1", "2.", "status", "(1)", "in (1)", "is null" };
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

static void
what_is_accepted_compiles(void **state)
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
		if (expression_sql(&out, buf_text(&text), EVENT_http, &err) == 0) {
			db_finalize(compile(db, &out, buf_text(&text)));
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
		cmocka_unit_test(what_is_written),
		cmocka_unit_test(errors_say_where),
		cmocka_unit_test(columns_are_those_of_the_event),
		cmocka_unit_test(closed_lists_are_checked),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(values_are_those_of_the_grammar),
		cmocka_unit_test(what_is_accepted_compiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
