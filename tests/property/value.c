/* SPDX-License-Identifier: ISC */
#include "tests/property/value.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide;

static wide
greatest_divisor(wide left, wide right)
{
	while (right != 0) {
		wide rest = left % right;

		left = right;
		right = rest;
	}
	return left < 0 ? -left : left;
}

static struct value
fraction(wide part, wide whole)
{
	wide divisor = greatest_divisor(part, whole);
	struct value result = { .kind = VALUE_NUMBER };

	if (whole < 0)
		divisor = -divisor;
	part /= divisor;
	whole /= divisor;
	/* The generator makes small numbers, so that nothing is ever rounded. */
	if (part > INT64_MAX || part < -INT64_MAX || whole > INT64_MAX)
		abort();
	result.part = (int64_t)part;
	result.whole = (int64_t)whole;
	return result;
}

struct value
value_number(int64_t part, int64_t whole)
{
	return fraction(part, whole);
}

struct value
value_text(const char *text)
{
	return (struct value){ .kind = VALUE_TEXT, .whole = 1, .text = text };
}

int
value_compare(const struct value *left, const struct value *right)
{
	wide difference;

	if (left->kind != right->kind || left->kind == VALUE_NULL)
		abort();
	if (left->kind == VALUE_TEXT)
		return strcmp(left->text, right->text);
	difference = (wide)left->part * right->whole - (wide)right->part * left->whole;
	return difference < 0 ? -1 : difference > 0;
}

static struct value
truth(bool is_true)
{
	return value_number(is_true, 1);
}

static bool
is_true(const struct value *value)
{
	return value->kind == VALUE_NUMBER && value->part != 0;
}

static bool
is_false(const struct value *value)
{
	return value->kind == VALUE_NUMBER && value->part == 0;
}

static struct value
compared(enum operation operation, const struct value *left, const struct value *right)
{
	int order;

	if (left->kind == VALUE_NULL || right->kind == VALUE_NULL)
		return VALUE_NONE;
	order = value_compare(left, right);
	switch (operation) {
	case EQUAL:
		return truth(order == 0);
	case UNEQUAL:
		return truth(order != 0);
	case LESS:
		return truth(order < 0);
	case AT_MOST:
		return truth(order <= 0);
	case MORE:
		return truth(order > 0);
	default:
		return truth(order >= 0);
	}
}

static struct value
calculated(enum operation operation, const struct value *left, const struct value *right)
{
	if (left->kind == VALUE_NULL || right->kind == VALUE_NULL)
		return VALUE_NONE;
	switch (operation) {
	case ADD:
		return fraction((wide)left->part * right->whole +
		    (wide)right->part * left->whole, (wide)left->whole * right->whole);
	case SUBTRACT:
		return fraction((wide)left->part * right->whole -
		    (wide)right->part * left->whole, (wide)left->whole * right->whole);
	case MULTIPLY:
		return fraction((wide)left->part * right->part,
		    (wide)left->whole * right->whole);
	default:
		if (right->part == 0)
			return VALUE_NONE;
		return fraction((wide)left->part * right->whole,
		    (wide)left->whole * right->part);
	}
}

static struct value
joined(enum operation operation, const struct value *left, const struct value *right)
{
	bool is_or = operation == OR;

	if (is_or ? is_true(left) || is_true(right) : is_false(left) || is_false(right))
		return truth(is_or);
	if (left->kind == VALUE_NULL || right->kind == VALUE_NULL)
		return VALUE_NONE;
	return truth(!is_or);
}

/* The list is of literals, so no member is NULL. */
static struct value
member(const struct node *node, const struct value *left, const struct event *event)
{
	if (left->kind == VALUE_NULL)
		return VALUE_NONE;
	for (int i = 1; i < node->count; i++) {
		struct value one = value_of(node->parts[i], event);

		if (value_compare(left, &one) == 0)
			return truth(node->operation == IN);
	}
	return truth(node->operation == NOT_IN);
}

static struct value
first_known(const struct node *node, const struct event *event)
{
	struct value value = VALUE_NONE;

	for (int i = 0; i < node->count && value.kind == VALUE_NULL; i++)
		value = value_of(node->parts[i], event);
	return value;
}

/* Operations of one value. */
static struct value
of_one(const struct node *node, const struct value *value)
{
	switch (node->operation) {
	case NOT:
		return value->kind == VALUE_NULL ? VALUE_NONE : truth(is_false(value));
	case NEGATE:
		return value->kind == VALUE_NULL ? VALUE_NONE
		    : value_number(-value->part, value->whole);
	case IS_NULL:
		return truth(value->kind == VALUE_NULL);
	case IS_NOT_NULL:
		return truth(value->kind != VALUE_NULL);
	case IS_TRUE:
		return truth(is_true(value));
	case IS_NOT_TRUE:
		return truth(!is_true(value));
	case IS_FALSE:
		return truth(is_false(value));
	default:
		return truth(!is_false(value));
	}
}

struct value
value_of(const struct node *node, const struct event *event)
{
	struct value left, right;

	switch (node->operation) {
	case COLUMN:
		return event->columns[node->column];
	case LITERAL:
		return node->literal;
	case COALESCE:
		return first_known(node, event);
	default:
		break;
	}
	left = value_of(node->parts[0], event);
	if (node->operation == IN || node->operation == NOT_IN)
		return member(node, &left, event);
	if (node->count == 1)
		return of_one(node, &left);
	right = value_of(node->parts[1], event);
	if (node->operation == AND || node->operation == OR)
		return joined(node->operation, &left, &right);
	if (node->operation >= ADD)
		return calculated(node->operation, &left, &right);
	return compared(node->operation, &left, &right);
}

bool
value_is_true(const struct node *node, const struct event *event)
{
	struct value value;

	if (node == NULL)
		return true;
	value = value_of(node, event);
	return is_true(&value);
}

bool
value_is_false(const struct node *node, const struct event *event)
{
	struct value value;

	if (node == NULL)
		return false;
	value = value_of(node, event);
	return is_false(&value);
}
