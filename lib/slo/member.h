/* SPDX-License-Identifier: ISC
 *
 * member -- members of JSON columns as SQL: labels.env is what the object in the column
 * labels has under the key env.
 *
 * A member has no type of its own. It is read as that which is needed where it stands,
 * and what a row has there is NULL when it cannot be read so:
 *   as a number   numbers; true is 1, false is 0
 *   as a text     texts; numbers, true and false as they are written in the row
 *   as a boolean  true, false, 1 and 0
 * An object, an array and null are NULL, as is a key that the object lacks or a column
 * that is no JSON: no row makes a statement fail. Of two equal keys the first counts.
 */
#ifndef SLO_MEMBER_H
#define SLO_MEMBER_H

#include "base/buf.h"
#include "slo/operand.h"

#define MEMBER_MAX_KEYS 2

/* A key without its quotes, borrowed. It has no double quote, no \ and no control
 * character: paths of SQLite cannot name those. */
struct member_key {
	const char *start;
	size_t len;
};

struct member {
	const char *column; /* that has the JSON; static */
	struct member_key keys[MEMBER_MAX_KEYS]; /* the second is within the first */
	size_t key_count;
};

/* Appends an expression for its value, read as OPERAND_BOOLEAN, OPERAND_NUMBER or
 * OPERAND_TEXT. */
void member_sql(struct buf *out, const struct member *member,
    enum operand_type reading);

#endif
