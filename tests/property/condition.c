/* SPDX-License-Identifier: ISC */
#include "tests/property/condition.h"
#include "tests/property/memory.h"
#include "tests/property/value.h"

#include <inttypes.h>
#include <string.h>

static struct node *
new_node(enum operation operation)
{
	struct node *node = memory_forever(sizeof(*node));

	node->operation = operation;
	return node;
}

static void
add_part(struct node *node, const struct node *part)
{
	node->parts[node->count++] = part;
}

const struct node *
condition_join(enum operation operation, const struct node *left,
    const struct node *right)
{
	struct node *node = new_node(operation);

	add_part(node, left);
	add_part(node, right);
	return node;
}

static const struct node *
around(enum operation operation, const struct node *part)
{
	struct node *node = new_node(operation);

	add_part(node, part);
	return node;
}

const struct node *
condition_literal(struct value value)
{
	struct node *node = new_node(LITERAL);

	node->literal = value;
	return node;
}

static const struct node *
number(int64_t part, int64_t whole)
{
	return condition_literal(value_number(part, whole));
}

static const struct node *
column_node(int column)
{
	struct node *node = new_node(COLUMN);

	node->column = column;
	return node;
}

const struct node *
condition_column(enum type type, const char *name)
{
	int no = 0;

	while (strcmp(types[type].columns[no].name, name) != 0)
		no++;
	return column_node(no);
}

static enum operation
some_comparison(struct random *random)
{
	static const enum operation operations[] = { EQUAL, UNEQUAL, LESS, AT_MOST, MORE,
		AT_LEAST };

	return RANDOM_OF(random, operations);
}

/* ---- texts */

static const struct node *
some_text(struct random *random, const struct column *column)
{
	int64_t count = 0;

	while (column->words[count] != NULL)
		count++;
	return condition_literal(value_text(column->words[random_below(random, count)]));
}

static const struct node *
text_condition(struct random *random, int no, const struct column *column)
{
	const struct node *left = column_node(no);
	struct node *list;

	switch (random_below(random, 6)) {
	case 0:
		return around(random_percent(random, 50) ? IS_NULL : IS_NOT_NULL, left);
	case 1:
	case 2:
		list = new_node(random_percent(random, 50) ? IN : NOT_IN);
		add_part(list, left);
		add_part(list, some_text(random, column));
		add_part(list, some_text(random, column));
		return list;
	case 3:
		return condition_join(some_comparison(random), condition_join(COALESCE,
		    left, some_text(random, column)), some_text(random, column));
	default:
		return condition_join(random_percent(random, 70) ? EQUAL
		    : some_comparison(random), left, some_text(random, column));
	}
}

/* ---- numbers */

/* A number near those of the column. */
static const struct node *
some_number(struct random *random, const struct column *column)
{
	static const int64_t statuses[] = { 199, 200, 300, 304, 400, 429, 499, 500, 503 };

	if (strcmp(column->name, "status") == 0)
		return number(RANDOM_OF(random, statuses), 1);
	return number(random_between(random, column->least, column->most),
	    column->kind == COLUMN_REAL ? 4 : 1);
}

static const struct node *
calculated(struct random *random, const struct node *left)
{
	switch (random_below(random, 6)) {
	case 0:
		return condition_join(ADD, left, number(random_below(random, 50), 1));
	case 1:
		return condition_join(SUBTRACT, left, number(random_below(random, 50), 4));
	case 2:
		return condition_join(MULTIPLY, left, number(random_below(random, 9), 1));
	case 3:
		return around(NEGATE, left);
	case 4:
		return condition_join(COALESCE, left, number(random_below(random, 500), 1));
	default:
		return condition_join(DIVIDE, left, number(random_below(random, 9), 1));
	}
}

static const struct node *
number_condition(struct random *random, int no, const struct column *column)
{
	const struct node *left = column_node(no);
	struct node *list;

	switch (random_below(random, 6)) {
	case 0:
		return around(random_percent(random, 50) ? IS_NULL : IS_NOT_NULL, left);
	case 1:
		list = new_node(random_percent(random, 50) ? IN : NOT_IN);
		add_part(list, left);
		for (int i = 0; i < 3; i++)
			add_part(list, some_number(random, column));
		return list;
	case 2:
		return condition_join(some_comparison(random), calculated(random, left),
		    some_number(random, column));
	case 3:
		return condition_join(some_comparison(random), condition_join(DIVIDE, left,
		    left), number(random_below(random, 3), 1));
	default:
		return condition_join(some_comparison(random), left,
		    some_number(random, column));
	}
}

static const struct node *
boolean_condition(struct random *random, int no)
{
	static const enum operation tests[] = { NOT, IS_TRUE, IS_NOT_TRUE, IS_FALSE,
		IS_NOT_FALSE };
	struct value word = value_number(random_below(random, 2), 1);

	if (random_percent(random, 50))
		word.text = word.part != 0 ? "TRUE" : "FALSE";
	switch (random_below(random, 3)) {
	case 0:
		return column_node(no);
	case 1:
		return around(RANDOM_OF(random, tests), column_node(no));
	default:
		return condition_join(random_percent(random, 50) ? EQUAL : UNEQUAL,
		    column_node(no), condition_literal(word));
	}
}

/* ---- conditions */

static const struct node *
comparison(struct random *random, enum type type)
{
	/* run_id and cohort are chosen rarely. */
	int no = (int)random_between(random, random_percent(random, 15) ? 0 : 2,
	    types[type].column_count - 1);
	const struct column *column = &types[type].columns[no];

	switch (column->kind) {
	case COLUMN_TEXT:
	case COLUMN_WORD:
		return text_condition(random, no, column);
	case COLUMN_BOOLEAN:
		return boolean_condition(random, no);
	default:
		return number_condition(random, no, column);
	}
}

const struct node *
condition_random(struct random *random, enum type type, int depth)
{
	static const enum operation tests[] = { NOT, NOT, IS_TRUE, IS_NOT_TRUE, IS_FALSE,
		IS_NOT_FALSE, IS_NULL, IS_NOT_NULL };
	const struct node *left;

	if (depth == 0 || random_percent(random, 40))
		return comparison(random, type);
	left = condition_random(random, type, depth - 1);
	if (random_percent(random, 30))
		return around(RANDOM_OF(random, tests), left);
	return condition_join(random_percent(random, 50) ? AND : OR, left,
	    condition_random(random, type, depth - 1));
}

const struct node *
condition_number(struct random *random, enum type type)
{
	const struct node *left;
	int no;

	do {
		no = (int)random_below(random, types[type].column_count);
	} while (types[type].columns[no].kind != COLUMN_INTEGER &&
	    types[type].columns[no].kind != COLUMN_REAL);
	left = column_node(no);
	return random_percent(random, 30) ? calculated(random, left) : left;
}

/* ---- texts of expressions */

static const char *const signs[] = {
	[EQUAL] = " = ", [UNEQUAL] = " <> ", [LESS] = " < ", [AT_MOST] = " <= ",
	[MORE] = " > ", [AT_LEAST] = " >= ", [AND] = " AND ", [OR] = " OR ",
	[IN] = " IN (", [NOT_IN] = " NOT IN (", [IS_NULL] = " IS NULL",
	[IS_NOT_NULL] = " IS NOT NULL", [IS_TRUE] = " IS TRUE",
	[IS_NOT_TRUE] = " IS NOT TRUE", [IS_FALSE] = " IS FALSE",
	[IS_NOT_FALSE] = " IS NOT FALSE", [ADD] = " + ", [SUBTRACT] = " - ",
	[MULTIPLY] = " * ", [DIVIDE] = " / ", [NOT] = "NOT ", [NEGATE] = "- ",
	[COALESCE] = "coalesce("
};

void
condition_write_number(FILE *out, const struct value *shown)
{
	int64_t part = shown->part < 0 ? -shown->part : shown->part;

	fprintf(out, "%s%" PRId64, shown->part < 0 ? "-" : "", part / shown->whole);
	if (shown->whole != 1)
		fprintf(out, ".%03" PRId64, part % shown->whole * 1000 / shown->whole);
}

static void
write_literal(FILE *out, const struct value *value)
{
	if (value->kind == VALUE_NUMBER && value->text != NULL) {
		fputs(value->text, out);
		return;
	}
	if (value->kind == VALUE_NUMBER) {
		condition_write_number(out, value);
		return;
	}
	fputc('\'', out);
	for (const char *p = value->text; *p != '\0'; p++) {
		if (*p == '\'')
			fputc('\'', out);
		fputc(*p, out);
	}
	fputc('\'', out);
}

/* Brackets are around all that is not a column or a literal, so that no rule of
 * precedence is needed. */
static void
write_part(FILE *out, const struct node *node, enum type type)
{
	bool is_plain = node->operation == COLUMN || node->operation == COALESCE ||
	    (node->operation == LITERAL && (node->literal.kind == VALUE_TEXT ||
	    node->literal.part >= 0));

	fputs(is_plain ? "" : "(", out);
	condition_write(out, node, type);
	fputs(is_plain ? "" : ")", out);
}

static void
write_list(FILE *out, const struct node *node, int first, enum type type)
{
	for (int i = first; i < node->count; i++) {
		fputs(i > first ? ", " : "", out);
		write_part(out, node->parts[i], type);
	}
	fputc(')', out);
}

void
condition_write(FILE *out, const struct node *node, enum type type)
{
	switch (node->operation) {
	case COLUMN:
		fputs(types[type].columns[node->column].name, out);
		return;
	case LITERAL:
		write_literal(out, &node->literal);
		return;
	case NOT:
	case NEGATE:
		fputs(signs[node->operation], out);
		write_part(out, node->parts[0], type);
		return;
	case COALESCE:
		fputs(signs[COALESCE], out);
		write_list(out, node, 0, type);
		return;
	default:
		break;
	}
	write_part(out, node->parts[0], type);
	fputs(signs[node->operation], out);
	if (node->operation == IN || node->operation == NOT_IN)
		write_list(out, node, 1, type);
	else if (node->count == 2)
		write_part(out, node->parts[1], type);
}
