/* SPDX-License-Identifier: ISC
 *
 * Expressions as SQL, and the messages for wrong ones.
 */
#include "slo/expression.h"
#include "tel/event_sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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
	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++)
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written),
		cmocka_unit_test(errors_say_where),
		cmocka_unit_test(columns_are_those_of_the_event),
		cmocka_unit_test(closed_lists_are_checked),
		cmocka_unit_test(depth_is_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
