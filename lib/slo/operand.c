/* SPDX-License-Identifier: ISC */
#include "slo/operand.h"
#include "base/buf.h"
#include "base/require.h"

#include <string.h>

#define MAX_SHOWN 40 /* most bytes of an operand in a message */

/* What a suggestion compares well-known columns with. */
static const struct {
	const char *column, *comparison;
} examples[] = {
	{ "host", "= 'example.org'" },
	{ "method", "= 'GET'" },
	{ "status", ">= 500" },
};

enum operand_type
operand_type_of(enum event_type type)
{
	switch (type) {
	case EVENT_BOOLEAN:
		return OPERAND_BOOLEAN;
	case EVENT_INTEGER:
	case EVENT_REAL:
		return OPERAND_NUMBER;
	case EVENT_TEXT:
	case EVENT_HEX:
	case EVENT_CHOICE:
	case EVENT_JSON:
		break;
	}
	return OPERAND_TEXT;
}

static const char *
type_name(const struct operand *operand)
{
	static const char *const names[] = { [OPERAND_BOOLEAN] = "a boolean",
		[OPERAND_NUMBER] = "a number", [OPERAND_TEXT] = "a text" };

	REQUIRE(operand->type < OPERAND_MEMBER);
	return names[operand->type];
}

/* Fails at the operand with the words, which it releases. */
static int
fail(const struct token_reader *reader, const struct operand *operand,
    struct buf *words, struct err *err)
{
	token_part_fail(reader, operand->start, err, buf_text(words));
	buf_release(words);
	return -1;
}

static void
add_source(struct buf *out, const struct operand *operand)
{
	bool is_long = operand->len > MAX_SHOWN;

	buf_add(out, operand->start, is_long ? MAX_SHOWN : operand->len);
	buf_add_text(out, is_long ? "..." : "");
}

/* Adds "OPERAND is a TYPE". */
static void
add_type(struct buf *out, const struct operand *operand)
{
	add_source(out, operand);
	buf_printf(out, " is %s", type_name(operand));
}

/* Whether it is a text of digits, such as '200'. */
static bool
is_quoted_number(const struct operand *operand)
{
	return operand->is_literal && operand->type == OPERAND_TEXT &&
	    operand->len > 2 && strspn(operand->start + 1, "0123456789.") ==
	    operand->len - 2;
}

static bool
is_zero_or_one(const struct operand *operand)
{
	return operand->is_literal && operand->type == OPERAND_NUMBER &&
	    operand->len == 1 && (*operand->start == '0' || *operand->start == '1');
}

/* Adds a comparison of the operand that would be a condition. */
static void
add_example(struct buf *out, const struct operand *operand)
{
	static const char *const comparisons[] = { [OPERAND_BOOLEAN] = "= TRUE",
		[OPERAND_NUMBER] = "> 0", [OPERAND_TEXT] = "= 'text'" };
	const char *comparison = comparisons[operand->type];

	add_source(out, operand);
	if (operand->choices != NULL) {
		buf_printf(out, " = '%.*s'", (int)strcspn(operand->choices, "|"),
		    operand->choices);
		return;
	}
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		if (operand->column != NULL &&
		    strcmp(operand->column, examples[i].column) == 0)
			comparison = examples[i].comparison;
	buf_printf(out, " %s", comparison);
}

int
operand_is_condition(const struct token_reader *reader,
    const struct operand *operand, struct err *err)
{
	struct buf words = BUF_EMPTY;

	if (operand->type == OPERAND_BOOLEAN)
		return 0;
	add_type(&words, operand);
	buf_add_text(&words, ", not a condition; ");
	if (is_zero_or_one(operand)) {
		buf_add_text(&words, *operand->start == '0' ? "write FALSE"
		    : "write TRUE");
	} else if (operand->is_literal) {
		buf_add_text(&words, "compare a column with it, or with several in "
		    "IN (...)");
	} else {
		buf_add_text(&words, "compare it: ");
		add_example(&words, operand);
	}
	return fail(reader, operand, &words, err);
}

int
operand_is_number(const struct token_reader *reader,
    const struct operand *operand, const char *advice, struct err *err)
{
	struct buf words = BUF_EMPTY;

	if (operand->type == OPERAND_NUMBER)
		return 0;
	add_type(&words, operand);
	buf_printf(&words, ", not a number; %s", advice);
	return fail(reader, operand, &words, err);
}

static bool
have_one_type(const struct operand *left, const struct operand *right)
{
	return left->type == right->type ||
	    (left->type == OPERAND_BOOLEAN && is_zero_or_one(right)) ||
	    (right->type == OPERAND_BOOLEAN && is_zero_or_one(left));
}

/* Adds what two operands of different types may have been meant to be; this is the
 * advice for one of them, or nothing when it has none. */
static bool
add_advice(struct buf *out, const struct operand *operand,
    const struct operand *other)
{
	bool is_beside_text = other->type == OPERAND_TEXT;

	if (other->type == OPERAND_NUMBER && is_quoted_number(operand))
		buf_printf(out, "write %.*s without quotes", (int)operand->len - 2,
		    operand->start + 1);
	else if (is_beside_text && other->choices == NULL && operand->is_literal &&
	    operand->type == OPERAND_NUMBER)
		buf_printf(out, "write '%.*s' with quotes", (int)operand->len,
		    operand->start);
	else
		return false;
	return true;
}

/* Fails at the right one: the message names both. */
static int
fail_types(const struct token_reader *reader, const struct operand *left,
    const struct operand *right, const char *rule, struct err *err)
{
	const struct operand *column = left->column != NULL ? left : right;
	struct buf words = BUF_EMPTY;

	add_type(&words, left);
	buf_add_text(&words, " and ");
	add_type(&words, right);
	buf_add_text(&words, "; ");
	if (add_advice(&words, left, right) || add_advice(&words, right, left))
		return fail(reader, right, &words, err);
	if (rule == NULL && column->column != NULL) {
		buf_add_text(&words, "compare it: ");
		add_example(&words, column);
	} else {
		buf_add_text(&words, rule != NULL ? rule
		    : "only values of one type are compared");
	}
	return fail(reader, right, &words, err);
}

/* A text compared with a column of a closed list must be in that list: otherwise
 * the condition is never true, and a misspelled value would look like "no data". */
static int
check_choice(const struct token_reader *reader, const struct operand *column,
    const struct operand *text, struct err *err)
{
	struct buf words = BUF_EMPTY;

	if (column->choices == NULL || !text->is_literal ||
	    event_limits_choice(column->choices, text->start + 1, text->len - 2))
		return 0;
	buf_printf(&words, "%s is never ", column->column);
	add_source(&words, text);
	buf_printf(&words, "; it is one of %s", column->choices);
	return fail(reader, text, &words, err);
}

int
operand_compare(const struct token_reader *reader, const struct operand *left,
    const struct operand *right, struct err *err)
{
	if (!have_one_type(left, right))
		return fail_types(reader, left, right, NULL, err);
	if (check_choice(reader, left, right, err) < 0)
		return -1;
	return check_choice(reader, right, left, err);
}

int
operand_coalesce(const struct token_reader *reader, struct operand *all,
    const struct operand *next, struct err *err)
{
	if (!have_one_type(all, next))
		return fail_types(reader, all, next,
		    "coalesce takes values of one type", err);
	/* After a 0 or 1 it is the next value that decides what they all are. */
	if (is_zero_or_one(all))
		*all = *next;
	return 0;
}
