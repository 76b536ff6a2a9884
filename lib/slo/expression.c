/* SPDX-License-Identifier: ISC */
#include "slo/expression.h"
#include "base/require.h"
#include "slo/parser.h"
#include "slo/reference.h"

#include <string.h>
#include <strings.h>

/* Each function of the grammar sets *out to what it has read. */
static int condition(struct parser *parser, struct operand *out);
static int sum(struct parser *parser, struct operand *out);

/* A column or a member. */
static int
named(struct parser *parser, struct operand *out)
{
	const struct token_reader *token = &parser->token;
	const char *start = token->start;
	struct reference found;

	if (token_foreign(token) != NULL)
		return parser_fail(parser, token_foreign(token));
	if (token_is_call(token))
		return parser_fail(parser, strncasecmp(start, "json", 4) == 0
		    ? "a member is written labels.KEY"
		    : "the only function allowed is coalesce");
	if (reference_read(&found, token, parser->kind, parser->err) < 0)
		return -1;
	if (found.is_member)
		return parser_member(parser, out, &found.member);
	if (parser_emit(parser, found.column.name) < 0)
		return -1;
	parser_result(parser, out, start, operand_type_of(found.column.type));
	out->column = found.column.name;
	out->choices = found.column.choices;
	return 0;
}

/* "(" sum { "," sum } ")" after IN: each is compared with what is on its left. */
static int
in_list(struct parser *parser, const struct operand *left)
{
	struct operand all = *left;
	int depth = parser->depth;

	if (!parser_is_word(parser, "in"))
		return parser_fail(parser, "expected IN after NOT");
	if (parser_emit(parser, " IN ") < 0 || parser_deeper(parser, PARSER_LIST) < 0 ||
	    parser_expect(parser, "(", "expected (") < 0)
		return -1;
	for (;;) {
		struct operand one;

		if (sum(parser, &one) < 0)
			return -1;
		if (parser_agree(parser, &all, &one) &&
		    operand_compare(&parser->token, &all, &one, parser->err) < 0)
			return -1;
		if (!parser_is_sign(parser, ","))
			break;
		if (parser_emit(parser, ", ") < 0)
			return -1;
	}
	parser_settle(parser, &all, OPERAND_TEXT);
	parser->depth = depth;
	return parser_expect(parser, ")", "expected , or )");
}

static int
coalesce(struct parser *parser, struct operand *out)
{
	const char *start = parser->token.start;
	struct operand all, next;
	int count = 1, depth = parser->depth;

	if (parser_emit(parser, "coalesce") < 0 || parser_deeper(parser, PARSER_LIST) < 0 ||
	    parser_expect(parser, "(", "expected (") < 0 || sum(parser, &all) < 0)
		return -1;
	for (; parser_is_sign(parser, ","); count++)
		if (parser_emit(parser, ", ") < 0 || sum(parser, &next) < 0 ||
		    (parser_agree(parser, &all, &next) &&
		    operand_coalesce(&parser->token, &all, &next, parser->err) < 0))
			return -1;
	/* SQLite rejects coalesce() with one argument. */
	if (count == 1 && parser_is_sign(parser, ")"))
		return parser_fail(parser, "coalesce takes two values at least");
	parser->depth = depth;
	if (parser_expect(parser, ")", "expected , or )") < 0)
		return -1;
	parser_result(parser, out, start, all.type);
	out->first_member = all.first_member;
	out->member_count = all.member_count;
	return 0;
}

static int
word(struct parser *parser, struct operand *out)
{
	static const char *const reserved[] = { "and", "or", "not", "in", "is" };

	if (parser_is_word(parser, "true"))
		return parser_literal(parser, out, OPERAND_BOOLEAN, "TRUE");
	if (parser_is_word(parser, "false"))
		return parser_literal(parser, out, OPERAND_BOOLEAN, "FALSE");
	if (parser_is_word(parser, "null"))
		return parser_fail(parser, "nothing equals NULL; write IS NULL");
	if (parser_is_word(parser, "coalesce"))
		return coalesce(parser, out);
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (parser_is_word(parser, reserved[i]))
			return parser_fail(parser, "expected a column, a number or 'text'");
	return named(parser, out);
}

/* What is in brackets stays what it is: a column, a literal, a condition. */
static int
primary(struct parser *parser, struct operand *out)
{
	const struct token_reader *token = &parser->token;

	if (token->type == TOKEN_WORD)
		return word(parser, out);
	if (token->type == TOKEN_PATH)
		return named(parser, out);
	if (token->type == TOKEN_NUMBER)
		return parser_literal(parser, out, OPERAND_NUMBER, NULL);
	if (token->type == TOKEN_TEXT)
		return parser_literal(parser, out, OPERAND_TEXT, NULL);
	if (!parser_is_sign(parser, "("))
		return parser_fail(parser, "expected a column, a number, 'text' or (");
	if (parser_emit(parser, "(") < 0 || condition(parser, out) < 0)
		return -1;
	return parser_expect(parser, ")", "expected )");
}

static int
calculates(struct parser *parser, struct operand *operand)
{
	parser_settle(parser, operand, OPERAND_NUMBER);
	return operand_is_number(&parser->token, operand,
	    "+ - * and / are for numbers", parser->err);
}

static int
unary(struct parser *parser, struct operand *out)
{
	const char *start = parser->token.start;
	int depth = parser->depth;
	bool is_negated = parser_is_sign(parser, "-");

	while (parser_is_sign(parser, "-"))
		if (parser_deeper(parser, 1) < 0 || parser_emit(parser, "- ") < 0)
			return -1;
	if (primary(parser, out) < 0)
		return -1;
	parser->depth = depth;
	if (!is_negated)
		return 0;
	if (calculates(parser, out) < 0)
		return -1;
	parser_result(parser, out, start, OPERAND_NUMBER);
	return 0;
}

/* A sign between numbers, and how it is written. */
struct calculation {
	const char *sign, *sql;
};

/* part { sign part }, with one of two signs */
static int
calculate(struct parser *parser, struct operand *out,
    int (*part)(struct parser *, struct operand *), const struct calculation *signs)
{
	const char *start = parser->token.start;
	int depth = parser->depth;

	if (part(parser, out) < 0)
		return -1;
	while (parser_is_sign(parser, signs[0].sign) || parser_is_sign(parser, signs[1].sign)) {
		const char *sql = signs[parser_is_sign(parser, signs[0].sign) ? 0 : 1].sql;
		struct operand right;

		if (calculates(parser, out) < 0 || parser_emit(parser, sql) < 0 ||
		    parser_deeper(parser, PARSER_LEFT) < 0 || part(parser, &right) < 0 ||
		    calculates(parser, &right) < 0)
			return -1;
		parser->depth = depth;
		parser_result(parser, out, start, OPERAND_NUMBER);
	}
	return 0;
}

static int
product(struct parser *parser, struct operand *out)
{
	static const struct calculation signs[] = { { "*", " * " },
		{ "/", " * 1.0 / " } };

	return calculate(parser, out, unary, signs);
}

static int
sum(struct parser *parser, struct operand *out)
{
	static const struct calculation signs[] = { { "+", " + " }, { "-", " - " } };

	return calculate(parser, out, product, signs);
}

static int
is_something(struct parser *parser, struct operand *left)
{
	static const char *const truths[] = { "TRUE", "FALSE" };

	if (parser_emit(parser, " IS ") < 0 ||
	    (parser_is_word(parser, "not") && parser_emit(parser, "NOT ") < 0))
		return -1;
	if (parser_is_word(parser, "null")) {
		parser_settle(parser, left, OPERAND_TEXT);
		return parser_emit(parser, "NULL");
	}
	parser_settle(parser, left, OPERAND_BOOLEAN);
	for (size_t i = 0; i < sizeof(truths) / sizeof(truths[0]); i++)
		if (parser_is_word(parser, truths[i])) {
			if (operand_is_condition(&parser->token, left, parser->err) < 0)
				return -1;
			return parser_emit(parser, truths[i]);
		}
	return parser_fail(parser, "expected NULL, TRUE or FALSE after IS");
}

/* sign sum. Two members are compared as texts when it is about being equal, else as
 * numbers. */
static int
compare(struct parser *parser, struct operand *left, const char *sign)
{
	bool is_order = strchr("=!", sign[0]) == NULL && strcmp(sign, "<>") != 0;
	struct operand right;
	int depth = parser->depth;

	buf_add_char(parser->out, ' ');
	if (parser_emit(parser, sign) < 0 || parser_deeper(parser, PARSER_LEFT) < 0)
		return -1;
	buf_add_char(parser->out, ' ');
	if (sum(parser, &right) < 0)
		return -1;
	parser->depth = depth;
	if (parser_agree(parser, left, &right))
		return operand_compare(&parser->token, left, &right, parser->err);
	parser_settle(parser, left, is_order ? OPERAND_NUMBER : OPERAND_TEXT);
	return 0;
}

/* What may follow a value: a comparison. *is_found says whether one did. */
static int
comparison(struct parser *parser, struct operand *left, bool *is_found)
{
	static const char *const signs[] = { "=", "<>", "!=", "<=", ">=", "<", ">" };

	*is_found = true;
	if (parser_is_word(parser, "is"))
		return is_something(parser, left);
	if (parser_is_word(parser, "in"))
		return in_list(parser, left);
	if (parser_is_word(parser, "not"))
		return parser_emit(parser, " NOT") < 0 ? -1 : in_list(parser, left);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (parser_is_sign(parser, signs[i]))
			return compare(parser, left, signs[i]);
	*is_found = false;
	return 0;
}

/* Fails unless the operand is a condition. A word that is no part of expressions is
 * named first: in "host LIKE 'x'" it is LIKE that is wrong. */
static int
need_condition(struct parser *parser, struct operand *operand)
{
	const char *foreign = token_foreign(&parser->token);

	if (foreign != NULL)
		return parser_fail(parser, foreign);
	parser_settle(parser, operand, OPERAND_BOOLEAN);
	return operand_is_condition(&parser->token, operand, parser->err);
}

/* { NOT } predicate */
static int
negation(struct parser *parser, struct operand *out)
{
	const char *start = parser->token.start, *first;
	int depth = parser->depth;
	bool is_negated = parser_is_word(parser, "not"), is_compared;

	while (parser_is_word(parser, "not"))
		if (parser_deeper(parser, 1) < 0 || parser_emit(parser, "NOT ") < 0)
			return -1;
	first = parser->token.start;
	if (sum(parser, out) < 0 || comparison(parser, out, &is_compared) < 0)
		return -1;
	parser->depth = depth;
	if (is_compared)
		parser_result(parser, out, first, OPERAND_BOOLEAN);
	if (!is_negated)
		return 0;
	if (need_condition(parser, out) < 0)
		return -1;
	parser_result(parser, out, start, OPERAND_BOOLEAN);
	return 0;
}

static int
condition(struct parser *parser, struct operand *out)
{
	const char *start = parser->token.start;
	bool is_joined = false, has_or = false, is_or;
	int depth = parser->depth;

	if (parser_deeper(parser, 1) < 0)
		return -1;
	for (;;) {
		const char *sql = NULL;

		if (negation(parser, out) < 0)
			return -1;
		if (parser_is_word(parser, "and"))
			sql = " AND ";
		is_or = parser_is_word(parser, "or");
		if (is_or)
			sql = " OR ";
		is_joined |= sql != NULL;
		if (is_joined && need_condition(parser, out) < 0)
			return -1;
		if (sql == NULL)
			break;
		parser->depth = depth;
		if (parser_deeper(parser, 1 + PARSER_LEFT +
		    (has_or && !is_or ? PARSER_LEFT : 0)) < 0 ||
		    parser_emit(parser, sql) < 0)
			return -1;
		has_or |= is_or;
	}
	parser->depth = depth;
	if (is_joined)
		parser_result(parser, out, start, OPERAND_BOOLEAN);
	return 0;
}

/* Reads all of the text; the SQL is then in the parser. */
static int
read_whole(struct parser *parser, const char *text, enum expression_use use)
{
	struct operand whole;

	token_init(&parser->token, text);
	if (token_next(&parser->token, parser->err) < 0 ||
	    condition(parser, &whole) < 0)
		return -1;
	if (parser->token.type != TOKEN_END)
		return parser_fail(parser, "expected AND, OR or the end");
	parser_settle(parser, &whole, use == EXPRESSION_CONDITION ? OPERAND_BOOLEAN
	    : OPERAND_NUMBER);
	if (use == EXPRESSION_CONDITION)
		return operand_is_condition(&parser->token, &whole, parser->err);
	return operand_is_number(&parser->token, &whole,
	    whole.type == OPERAND_BOOLEAN ? "a condition belongs into 'good' or 'bad'"
	    : "tel-events(5) says which columns are numbers", parser->err);
}

int
expression_sql(struct buf *out, const char *text, enum event_kind kind,
    enum expression_use use, struct err *err)
{
	struct buf sql = BUF_EMPTY;
	struct parser parser = { .kind = kind, .out = &sql, .err = err };
	int result;

	REQUIRE(kind <= EVENTS_OTHER);
	result = read_whole(&parser, text, use);
	if (result == 0) {
		buf_add_char(out, '(');
		parser_finish(&parser, out);
		buf_add_char(out, ')');
	}
	buf_release(&sql);
	return result;
}
