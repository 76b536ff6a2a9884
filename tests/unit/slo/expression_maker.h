/* SPDX-License-Identifier: ISC
 *
 * expression_maker -- for the tests of slo/expression: makes a random condition by the
 * grammar and its types, and computes its value for one event.
 */
#ifndef TESTS_UNIT_SLO_EXPRESSION_MAKER_H
#define TESTS_UNIT_SLO_EXPRESSION_MAKER_H

#include "base/buf.h"
#include "tests/unit/random.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A value of SQL, as an expression should have it. */
struct value {
	bool is_null;
	double number;
};

static const struct {
	const char *name;
	struct value value;
} columns[] = {
	{ "status", { false, 404 } }, { "bytes", { false, 7 } }, { "elapsed_ms", { true, 0 } },
	{ "ttfb_ms", { true, 0 } }, { "retry_count", { false, 0 } },
	{ "extra.seven", { false, 7 } }, { "extra.\"a-b\"", { false, 0.5 } },
	{ "extra.\"a/b\"", { false, 3 } }, { "extra.o.none", { true, 0 } },
}, booleans[] = {
	{ "from_cache", { false, 1 } }, { "stale", { false, 0 } },
	{ "TRUE", { false, 1 } }, { "False", { false, 0 } },
};

/* Makes a random expression by the grammar, and computes its value. */
struct maker {
	struct buf text;
	int depth;
};

static inline struct value make_condition(struct maker *maker);
static inline struct value make_sum(struct maker *maker);

static inline void
put(struct maker *maker, const char *text)
{
	static const char *const blanks[] = { " ", "  ", "\n", "\t " };

	buf_add_text(&maker->text, blanks[random_below(4)]);
	for (const char *p = text; *p != '\0'; p++)
		buf_add_char(&maker->text, random_below(2) == 0 ? *p : (char)toupper(*p));
}

static inline struct value
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

static inline struct value
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
			value = make_sum(maker);
			put(maker, ")");
		}
		maker->depth--;
	}
	return value;
}

/* A boolean: a column, a word, or a condition in brackets. */
static inline struct value
make_truth(struct maker *maker)
{
	size_t i = random_below(sizeof(booleans) / sizeof(booleans[0]));
	struct value value = booleans[i].value;

	if (maker->depth > 1 || random_below(2) == 0) {
		buf_printf(&maker->text, " %s", booleans[i].name);
		return value;
	}
	maker->depth++;
	put(maker, "(");
	value = make_condition(maker);
	put(maker, ")");
	maker->depth--;
	return value;
}

/* A value of the same type as the one before: a number, or a boolean. */
static inline struct value
make_like(struct maker *maker, bool is_boolean)
{
	if (!is_boolean)
		return make_sum(maker);
	if (random_below(4) == 0) {
		bool is_one = random_below(2) == 0;

		put(maker, is_one ? "1" : "0");
		return (struct value){ false, is_one };
	}
	return make_truth(maker);
}

static inline struct value
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

static inline struct value
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

static inline struct value
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

static inline struct value
truth(bool is_null, bool is_true)
{
	return (struct value){ is_null, is_true };
}

static inline struct value
make_compared(struct maker *maker, struct value a, bool is_boolean)
{
	static const char *const signs[] = { "=", "<>", "!=", "<=", ">=", "<", ">" };
	size_t sign = random_below(7);
	struct value b;
	bool is_true = false;

	put(maker, signs[sign]);
	b = make_like(maker, is_boolean);
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

static inline struct value
make_is(struct maker *maker, struct value a, bool is_boolean)
{
	static const char *const things[] = { "null", "true", "false" };
	uint64_t thing = is_boolean ? random_below(3) : 0;
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

static inline struct value
make_in(struct maker *maker, struct value a, bool is_boolean)
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
		struct value one = make_like(maker, is_boolean);

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

static inline struct value
make_predicate(struct maker *maker)
{
	uint64_t nots = random_below(4) == 0 ? random_below(3) : 0;
	bool is_boolean = random_below(3) == 0;
	struct value value;

	for (uint64_t i = 0; i < nots; i++)
		put(maker, "not");
	value = is_boolean ? make_truth(maker) : make_sum(maker);
	switch (random_below(is_boolean ? 5 : 4)) {
	case 0:
	case 1:
		value = make_compared(maker, value, is_boolean);
		break;
	case 2:
		value = make_is(maker, value, is_boolean);
		break;
	case 3:
		value = make_in(maker, value, is_boolean);
		break;
	default:
		break;
	}
	for (uint64_t i = 0; i < nots; i++)
		value = truth(value.is_null, value.number == 0);
	return value;
}

static inline struct value
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

static inline struct value
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

#endif
