/* SPDX-License-Identifier: ISC */
#include "slo/expression.h"
#include "base/opt.h"
#include "base/require.h"
#include "tel/event_sql.h"
#include "slo/token.h"

#include <string.h>

#define MAX_NAMES 64 /* most names considered for "did you mean" */

struct parser {
	struct token_reader token;
	enum event_kind kind;
	struct buf *out;
	struct err *err;
	int depth;
	/* The operand just parsed, when it is a bare column of a closed list. */
	const struct event_field *choice;
};

static int
fail(const struct parser *parser, const char *words)
{
	return token_fail(&parser->token, parser->err, words);
}

static bool
is_keyword(const struct parser *parser, const char *word)
{
	return token_is_word(&parser->token, word);
}

static bool
is_sign(const struct parser *parser, const char *sign)
{
	return token_is_sign(&parser->token, sign);
}

/* Writes sql for the token and goes on. */
static int
emit(struct parser *parser, const char *sql)
{
	buf_add_text(parser->out, sql);
	return token_next(&parser->token, parser->err);
}

static int
expect(struct parser *parser, const char *sign, const char *words)
{
	if (!is_sign(parser, sign))
		return fail(parser, words);
	return emit(parser, sign);
}

static int
deeper(struct parser *parser)
{
	if (++parser->depth > EXPRESSION_MAX_DEPTH)
		return fail(parser, "too much within each other");
	return 0;
}

static int condition(struct parser *parser);
static int sum(struct parser *parser);

const char *
expression_column(const char *name, enum event_kind kind, struct err *err)
{
	const char *names[MAX_NAMES];
	const char *nearest;
	size_t count = 0;

	REQUIRE(kind < EVENT_KIND_COUNT);
	for (size_t i = 0; i < event_sql_column_count(kind); i++) {
		const char *known = event_sql_column_name(kind, i);

		if (strcmp(known, name) == 0)
			return known;
		if (count < MAX_NAMES)
			names[count++] = known;
	}
	nearest = opt_nearest(name, names, count);
	if (nearest != NULL)
		err_set(err, EXIT_CONFIG, "event %s has no column '%.60s'; did "
		    "you mean '%s'?", event_descriptions[kind].wire, name, nearest);
	else
		err_set(err, EXIT_CONFIG, "event %s has no column '%.60s'; "
		    "tel-events(5) lists them", event_descriptions[kind].wire, name);
	return NULL;
}

static int
column(struct parser *parser)
{
	const struct event_description *event = &event_descriptions[parser->kind];
	const struct token_reader *token = &parser->token;
	const char *known;
	char name[64];

	if (token_is_call(token))
		return fail(parser, "the only function allowed is coalesce");
	if (token->len >= sizeof(name))
		return fail(parser, "not a column");
	memcpy(name, token->start, token->len);
	name[token->len] = '\0';
	known = expression_column(name, parser->kind, parser->err);
	if (known == NULL)
		return err_in(parser->err, "'%.80s'", token->text);
	for (size_t i = 0; i < event->field_count; i++)
		if (event->fields[i].type == EVENT_CHOICE &&
		    strcmp(event->fields[i].name, known) == 0)
			parser->choice = &event->fields[i];
	return emit(parser, known);
}

/* A text compared with a column of a closed list must be in that list: otherwise
 * the condition is never true, and a misspelled value would look like "no data". */
static int
check_choice(const struct parser *parser, const struct event_field *choice,
    const struct token_reader *token)
{
	if (choice == NULL || token->type != TOKEN_TEXT ||
	    event_limits_choice(choice->limits, token->start + 1, token->len - 2))
		return 0;
	return err_set(parser->err, EXIT_CONFIG, "'%.80s': %s is never %.*s; it "
	    "is one of %s", token->text, choice->name, (int)token->len,
	    token->start, choice->limits);
}

/* "(" sum { "," sum } ")" */
static int
list(struct parser *parser, const struct event_field *choice, bool is_coalesce)
{
	bool has_one = true;

	if (deeper(parser) < 0 || expect(parser, "(", "expected (") < 0)
		return -1;
	for (;;) {
		if (check_choice(parser, choice, &parser->token) < 0 || sum(parser) < 0)
			return -1;
		if (!is_sign(parser, ","))
			break;
		has_one = false;
		if (emit(parser, ", ") < 0)
			return -1;
	}
	/* SQLite rejects coalesce() with one argument. */
	if (is_coalesce && has_one && is_sign(parser, ")"))
		return fail(parser, "coalesce takes two values at least");
	parser->depth--;
	parser->choice = NULL;
	return expect(parser, ")", "expected , or )");
}

static int
word(struct parser *parser)
{
	static const char *const reserved[] = { "and", "or", "not", "in", "is" };

	if (is_keyword(parser, "true"))
		return emit(parser, "TRUE");
	if (is_keyword(parser, "false"))
		return emit(parser, "FALSE");
	if (is_keyword(parser, "null"))
		return fail(parser, "nothing equals NULL; write IS NULL");
	if (is_keyword(parser, "select"))
		return fail(parser, "queries are not allowed here");
	if (is_keyword(parser, "coalesce")) {
		if (emit(parser, "coalesce") < 0)
			return -1;
		return list(parser, NULL, true);
	}
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (is_keyword(parser, reserved[i]))
			return fail(parser, "expected a column, a number or 'text'");
	return column(parser);
}

static int
primary(struct parser *parser)
{
	const struct token_reader *token = &parser->token;

	if (token->type == TOKEN_WORD)
		return word(parser);
	if (token->type == TOKEN_NUMBER || token->type == TOKEN_TEXT) {
		/* Copied as it is: the tokenizer has checked every byte of it. */
		buf_add(parser->out, token->start, token->len);
		return token_next(&parser->token, parser->err);
	}
	if (!is_sign(parser, "("))
		return fail(parser, "expected a column, a number, 'text' or (");
	if (emit(parser, "(") < 0 || condition(parser) < 0 ||
	    expect(parser, ")", "expected )") < 0)
		return -1;
	parser->choice = NULL;
	return 0;
}

static int
unary(struct parser *parser)
{
	int depth = parser->depth;

	while (is_sign(parser, "-"))
		if (deeper(parser) < 0 || emit(parser, "- ") < 0)
			return -1;
	if (primary(parser) < 0)
		return -1;
	parser->depth = depth;
	return 0;
}

static int
product(struct parser *parser)
{
	if (unary(parser) < 0)
		return -1;
	while (is_sign(parser, "*") || is_sign(parser, "/")) {
		const char *sql = is_sign(parser, "*") ? " * " : " * 1.0 / ";

		if (emit(parser, sql) < 0 || unary(parser) < 0)
			return -1;
		parser->choice = NULL;
	}
	return 0;
}

static int
sum(struct parser *parser)
{
	parser->choice = NULL;
	if (product(parser) < 0)
		return -1;
	while (is_sign(parser, "+") || is_sign(parser, "-")) {
		const char *sql = is_sign(parser, "+") ? " + " : " - ";

		if (emit(parser, sql) < 0 || product(parser) < 0)
			return -1;
		parser->choice = NULL;
	}
	return 0;
}

static int
is_something(struct parser *parser)
{
	static const char *const things[] = { "NULL", "TRUE", "FALSE" };

	if (emit(parser, " IS ") < 0 ||
	    (is_keyword(parser, "not") && emit(parser, "NOT ") < 0))
		return -1;
	for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++)
		if (is_keyword(parser, things[i]))
			return emit(parser, things[i]);
	return fail(parser, "expected NULL, TRUE or FALSE after IS");
}

static int
in_list(struct parser *parser, const struct event_field *choice)
{
	if (!is_keyword(parser, "in"))
		return fail(parser, "expected IN after NOT");
	if (emit(parser, " IN ") < 0)
		return -1;
	return list(parser, choice, false);
}

static int
predicate(struct parser *parser)
{
	static const char *const signs[] = { "=", "<>", "!=", "<=", ">=", "<", ">" };
	const struct token_reader left = parser->token;
	const struct event_field *choice;
	bool is_text;

	if (sum(parser) < 0)
		return -1;
	choice = parser->choice;
	/* A lone text literal: a column may follow on the right of the comparison. */
	is_text = left.type == TOKEN_TEXT && parser->token.count == left.count + 1;
	if (is_keyword(parser, "is"))
		return is_something(parser);
	if (is_keyword(parser, "in"))
		return in_list(parser, choice);
	if (is_keyword(parser, "not"))
		return emit(parser, " NOT") < 0 ? -1 : in_list(parser, choice);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (!is_sign(parser, signs[i]))
			continue;
		buf_add_char(parser->out, ' ');
		if (emit(parser, signs[i]) < 0)
			return -1;
		buf_add_char(parser->out, ' ');
		if (check_choice(parser, choice, &parser->token) < 0 || sum(parser) < 0)
			return -1;
		return is_text ? check_choice(parser, parser->choice, &left) : 0;
	}
	return 0;
}

static int
negation(struct parser *parser)
{
	int depth = parser->depth;

	while (is_keyword(parser, "not"))
		if (deeper(parser) < 0 || emit(parser, "NOT ") < 0)
			return -1;
	if (predicate(parser) < 0)
		return -1;
	parser->depth = depth;
	return 0;
}

static int
condition(struct parser *parser)
{
	if (deeper(parser) < 0)
		return -1;
	for (;;) {
		const char *sql = NULL;

		if (negation(parser) < 0)
			return -1;
		if (is_keyword(parser, "and"))
			sql = " AND ";
		else if (is_keyword(parser, "or"))
			sql = " OR ";
		if (sql == NULL)
			break;
		if (emit(parser, sql) < 0)
			return -1;
	}
	parser->depth--;
	return 0;
}

int
expression_sql(struct buf *out, const char *text, enum event_kind kind,
    struct err *err)
{
	struct parser parser = { .kind = kind, .out = out, .err = err };

	REQUIRE(kind < EVENT_KIND_COUNT);
	token_init(&parser.token, text);
	buf_add_char(out, '(');
	if (token_next(&parser.token, err) < 0 || condition(&parser) < 0)
		return -1;
	if (parser.token.type != TOKEN_END)
		return fail(&parser, "expected AND, OR or the end");
	buf_add_char(out, ')');
	return 0;
}
