/* SPDX-License-Identifier: ISC
 *
 * expression_expect -- for the tests of slo/expression: what an expression is written
 * as, and the message that it is refused with.
 */
#ifndef TESTS_UNIT_SLO_EXPRESSION_EXPECT_H
#define TESTS_UNIT_SLO_EXPRESSION_EXPECT_H

#include "slo/expression.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static inline void
written_as(enum expression_use use, const char *text, const char *sql)
{
	struct buf out = BUF_EMPTY;
	struct err err = { 0, "" };

	buf_add_text(&out, "WHERE ");
	if (expression_sql(&out, text, EVENT_http, use, &err) < 0)
		fail_msg("%s", err.text);
	assert_memory_equal(buf_text(&out), "WHERE ", 6);
	assert_string_equal(buf_text(&out) + 6, sql);
	buf_release(&out);
}

static inline void
written(const char *text, const char *sql)
{
	written_as(EXPRESSION_CONDITION, text, sql);
}

static inline void
number(const char *text, const char *sql)
{
	written_as(EXPRESSION_NUMBER, text, sql);
}

static inline void
refused_as(enum expression_use use, enum event_kind kind, const char *text,
    const char *words)
{
	struct buf out = BUF_EMPTY;
	struct err err = { 0, "" };

	assert_int_equal(expression_sql(&out, text, kind, use, &err), -1);
	assert_string_equal(err.text, words);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	buf_release(&out);
}

static inline void
refused(const char *text, const char *words)
{
	refused_as(EXPRESSION_CONDITION, EVENT_http, text, words);
}

/* Expects the message about the part at that character, without the expression. */
static inline void
slip(const char *text, const char *words)
{
	struct buf whole = BUF_EMPTY;

	buf_printf(&whole, "'%s': character %s", text, words);
	refused(text, buf_text(&whole));
	buf_release(&whole);
}

#endif
