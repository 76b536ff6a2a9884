/* SPDX-License-Identifier: ISC
 *
 * operand -- the types of the parts of an expression: what goes with what, and the
 * messages for what does not. SQLite compares anything with anything: a number is
 * less than every text, and a text is false, so that a slip would look like an
 * objective that is met for ever.
 *
 * The numbers 0 and 1 also stand for FALSE and TRUE beside a boolean.
 */
#ifndef SLO_OPERAND_H
#define SLO_OPERAND_H

#include "slo/token.h"
#include "tel/event.h"

/* A member (member.h), and coalesce of members only, is OPERAND_MEMBER until it is known
 * how it is to be read; the functions below take only operands of other types. */
enum operand_type { OPERAND_BOOLEAN, OPERAND_NUMBER, OPERAND_TEXT, OPERAND_MEMBER };

/* A part of an expression. All that it points to is borrowed. */
struct operand {
	enum operand_type type;
	const char *start;   /* in the text of the expression */
	size_t len;
	bool is_literal;     /* a number, 'text', TRUE or FALSE */
	const char *column;  /* its name when it is a column alone; else NULL */
	const char *choices; /* its closed list, "a|b|c", or NULL */
	size_t first_member; /* of an OPERAND_MEMBER: those of the parser (parser.h) */
	size_t member_count;
};

/* The type that a column of an event has in an expression. */
enum operand_type operand_type_of(enum event_type type);

/* Each fails (EXIT_CONFIG) with the place, the types and what would be right. */

/* The operand must be a boolean: it is a condition. */
MUST_USE int operand_is_condition(const struct token_reader *reader,
    const struct operand *operand, struct err *err);

/* The operand must be a number; otherwise the message ends with the advice. */
MUST_USE int operand_is_number(const struct token_reader *reader,
    const struct operand *operand, const char *advice, struct err *err);

/* The two are compared: they must have one type, and a text must be in the closed
 * list of the column beside it. */
MUST_USE int operand_compare(const struct token_reader *reader,
    const struct operand *left, const struct operand *right, struct err *err);

/* `next` is another value of a coalesce; *all stands for those before it, and for
 * all of them after the call. They must have one type. */
MUST_USE int operand_coalesce(const struct token_reader *reader,
    struct operand *all, const struct operand *next, struct err *err);

#endif
