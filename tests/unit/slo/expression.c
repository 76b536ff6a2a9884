/* SPDX-License-Identifier: ISC
 *
 * Expressions as SQL, and the messages for wrong ones.
 */
#include "slo/column.h"
#include "slo/parser.h"
#include "tel/event_sql.h"
#include "tests/unit/slo/expression_expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
what_is_written(void **state)
{
	(void)state;
	number("status", "(status)");
	written("from_cache", "(from_cache)");
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
	number("1 - -2", "(1 - - 2)");
	number("bytes/elapsed_ms/2*3", "(bytes * 1.0 / elapsed_ms * 1.0 / 2 * 3)");
	written("coalesce(bytes,ttfb_ms , 0)>1", "(coalesce(bytes, ttfb_ms, 0) > 1)");
	written("((status=1))", "(((status = 1)))");
	written("ts_ms > 0 and run_id = 'r'", "(ts_ms > 0 AND run_id = 'r')");
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

/* No column has the name of a word that is not allowed. */
static void
is_usable(const char *name, enum event_kind kind)
{
	struct buf text = BUF_EMPTY, out = BUF_EMPTY;
	struct err err;

	buf_printf(&text, "%s IS NULL", name);
	if (expression_sql(&out, buf_text(&text), kind, EXPRESSION_CONDITION, &err) < 0)
		fail_msg("%s", err.text);
	buf_release(&text);
	buf_release(&out);
}

static void
columns_are_those_of_the_event(void **state)
{
	struct column column;
	struct err err;

	(void)state;
	refused("statsu = 1", "'statsu = 1': character 1: event http has no column 'statsu'; did "
	    "you mean 'status'?");
	refused("Status = 1", "'Status = 1': character 1: event http has no column "
	    "'Status'; did you mean 'status'?");
	refused("outcome = 'success'", "'outcome = 'success'': character 1: event http has no "
	    "column 'outcome'; tel-events(5) lists them; a key without a column is "
	    "extra.outcome");
	refused("a23456789012345678901234567890123456789012345678901234567890123 = 1",
	    "'a23456789012345678901234567890123456789012345678901234567890123 = 1': "
	    "character 1: event http has no column 'a2345678901234567890123456789012345"
	    "6789012345678901234567890'; tel-events(5) lists them; a key without a column "
	    "is extra.a23456789012345678901234567890123456789012345678901234567890");
	refused("a234567890123456789012345678901234567890123456789012345678901234",
	    "'a234567890123456789012345678901234567890123456789012345678901234': "
	    "character 1, 'a234567890123456789012345678901234567890': not a column");
	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++)
		for (size_t i = 0; i < event_sql_column_count(kind); i++) {
			const char *name = event_sql_column_name(kind, i);

			assert_int_equal(column_find(&column, name, kind, &err), 0);
			assert_ptr_equal(column.name, name);
			is_usable(name, kind);
		}
	assert_int_equal(column_find(&column, "", EVENT_http, &err), -1);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
}

/* A word of a closed list, on either side of a comparison. */
static void
closed_lists_are_checked(void **state)
{
	static const char list[] = "metadata|landing|artifact";
	static const struct {
		const char *text, *place;
	} cases[] = {
		{ "role = 'artefact'", "8: role is never 'artefact'" },
		{ "role <> ''", "9: role is never ''" },
		{ "role in ('artifact', 'x')", "22: role is never 'x'" },
		{ "role = 'metadata|landing'", "8: role is never 'metadata|landing'" },
		{ "status = 1 and (not role != 'x')", "29: role is never 'x'" },
		{ "'artefact' = role", "1: role is never 'artefact'" },
		{ "status = 1 or 'x' <> role", "15: role is never 'x'" },
		{ "(role) = ('x')", "11: role is never 'x'" },
		{ "'x' not in (host, role)", "1: role is never 'x'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf words = BUF_EMPTY;

		buf_printf(&words, "%s; it is one of %s", cases[i].place, list);
		slip(cases[i].text, buf_text(&words));
		buf_release(&words);
	}
	written("'artifact' = role and 'x' = host", "('artifact' = role AND 'x' = host)");
	written("'x' = coalesce(role, 'x')", "('x' = coalesce(role, 'x'))");
	written("role = 'artifact' and host = 'x'", "(role = 'artifact' AND host = 'x')");
	written("coalesce(role, 'none') = 'none'", "(coalesce(role, 'none') = 'none')");
	written("host in ('x') or role in ('landing')",
	    "(host IN ('x') OR role IN ('landing'))");
}

/* Words of SQL that are not allowed are named, wherever something else is
 * expected. */
static void
what_is_not_allowed_is_named(void **state)
{
	static const char pattern[] = "not allowed; a text is compared as a whole, with "
	    "= or IN (...)";
	static const char between[] = "not allowed; write two comparisons: x >= 1 AND "
	    "x <= 9";
	static const struct {
		const char *text, *place, *words;
	} cases[] = {
		{ "host LIKE '%x'", "6, 'LIKE'", pattern },
		{ "host not like '%x'", "10, 'like'", pattern },
		{ "not host glob 'x'", "10, 'glob'", pattern },
		{ "stale and host glob 'x'", "16, 'glob'", pattern },
		{ "(host regexp 'x')", "7, 'regexp'", pattern },
		{ "like('x', host)", "1, 'like'", pattern },
		{ "status between 1 and 2", "8, 'between'", between },
		{ "coalesce(1 between 1 and 2)", "12, 'between'", between },
		{ "CASE WHEN stale THEN 1 END", "1, 'CASE'", "not allowed; conditions are "
		    "combined with AND, OR and NOT" },
		{ "host isnull", "6, 'isnull'", "it is written IS NULL" },
		{ "status % 2 = 1", "8, '%'", "not allowed; there are + - * and /" },
		{ "status mod 2 = 1", "8, 'mod'", "not allowed; there are + - * and /" },
		{ "exists (select 1)", "1, 'exists'", "queries are not allowed here" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf words = BUF_EMPTY;

		buf_printf(&words, "%s: %s", cases[i].place, cases[i].words);
		slip(cases[i].text, buf_text(&words));
		buf_release(&words);
	}
}

/* Makes "((...1...))", or the same with another sign instead of the brackets. */
static int
nested(const char *open, const char *close, int depth, struct err *err)
{
	bool is_condition = strcmp(open, "not ") == 0;
	enum expression_use use = is_condition ? EXPRESSION_CONDITION : EXPRESSION_NUMBER;
	const char *inside = is_condition ? "stale" : "1";
	struct buf text = BUF_EMPTY, out = BUF_EMPTY;
	int result;

	for (int i = 0; i < depth; i++)
		buf_add_text(&text, open);
	buf_add_text(&text, inside);
	for (int i = 0; i < depth; i++)
		buf_add_text(&text, close);
	result = expression_sql(&out, buf_text(&text), EVENT_http, use, err);
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
		int entries;
	} ways[] = { { "(", ")", 1 }, { "not ", "", 1 }, { "- ", "", 1 },
		{ "coalesce(", ", 1)", 5 }, { "(1 + ", ")", 3 }, { "(2 * ", ")", 3 } };
	struct buf text = BUF_EMPTY, out = BUF_EMPTY;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int most = (PARSER_MAX_DEPTH - 1) / ways[i].entries;

		assert_int_equal(nested(ways[i].open, ways[i].close, most, &err), 0);
		assert_int_equal(nested(ways[i].open, ways[i].close, most + 1, &err), -1);
		assert_int_equal(err.exit_code, EXIT_CONFIG);
		assert_non_null(strstr(err.text, "too much within each other"));
	}
	/* Many brackets side by side are not deep. */
	for (int i = 0; i < 40; i++)
		buf_add_text(&text, "not - (1) in (2) and ");
	buf_add_text(&text, "TRUE");
	buf_reset(&out);
	assert_int_equal(expression_sql(&out, buf_text(&text), EVENT_http,
	    EXPRESSION_CONDITION, &err), -1);
	assert_non_null(strstr(err.text, "the expression is too long"));
	text.len -= 10 * strlen("not - (1) in (2) and ") + 4;
	buf_add_text(&text, "TRUE");
	assert_int_equal(expression_sql(&out, buf_text(&text), EVENT_http,
	    EXPRESSION_CONDITION, &err), 0);
	buf_release(&text);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written),
		cmocka_unit_test(errors_say_where),
		cmocka_unit_test(columns_are_those_of_the_event),
		cmocka_unit_test(closed_lists_are_checked),
		cmocka_unit_test(what_is_not_allowed_is_named),
		cmocka_unit_test(depth_is_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
