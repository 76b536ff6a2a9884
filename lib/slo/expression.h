/* SPDX-License-Identifier: ISC
 *
 * expression -- conditions over the columns of one event, in the part of SQL
 * that engines share: comparison, AND, OR, NOT, IN, IS NULL, IS TRUE,
 * arithmetic and coalesce. An expression is parsed by the grammar and written
 * anew, so that only such expressions reach a database. It is typed (operand.h):
 * columns have the types of event.def, and what is asked of a value that it is not is
 * an error.
 *
 * Grammar (keywords in any case):
 *   condition  = and { OR and }         and   = not { AND not }
 *   not        = { NOT } predicate
 *   predicate  = sum [ compare sum | IS [NOT] (NULL|TRUE|FALSE)
 *                    | [NOT] IN "(" sum { "," sum } ")" ]
 *   compare    = "=" | "<>" | "!=" | "<" | "<=" | ">" | ">="
 *   sum        = product { ("+"|"-") product }
 *   product    = unary { ("*"|"/") unary }
 *   unary      = { "-" } primary
 *   primary    = number | 'text' | TRUE | FALSE | column | member
 *              | coalesce "(" sum "," sum { "," sum } ")" | "(" condition ")"
 *
 * Columns and members are those of reference.h. A member is read as the type that is
 * needed where it stands: that of what it is compared with; alone, as what the
 * expression is to be. Compared with each other, two members are texts for = <> and IN,
 * and numbers for < <= > >=; IS NULL asks about the text.
 *
 * a / b is written as a * 1.0 / b, because only some engines cut the quotient
 * of two integers to an integer.
 */
#ifndef SLO_EXPRESSION_H
#define SLO_EXPRESSION_H

#include "base/buf.h"
#include "slo/events.h"

/* What an expression is to be. */
enum expression_use { EXPRESSION_CONDITION, EXPRESSION_NUMBER };

/* Appends text as SQL, in brackets; kind may be EVENTS_OTHER. A column that the event
 * does not have, a value that is not in its closed list, types that do not go together,
 * another type than that of the use, and anything outside the grammar are errors
 * (EXIT_CONFIG) that say where; nothing is appended then. */
MUST_USE int expression_sql(struct buf *out, const char *text,
    enum event_kind kind, enum expression_use use, struct err *err);

#endif
