/* SPDX-License-Identifier: ISC
 *
 * condition -- random conditions and expressions, and their text in an SLO file.
 *
 * They keep to what is exact in doubles too: sums and products are of small integers and
 * quarters, and a quotient is only compared with a number, since rounding keeps the order
 * of the two and makes equal what is equal.
 */
#ifndef TESTS_PROPERTY_CONDITION_H
#define TESTS_PROPERTY_CONDITION_H

#include "tests/property/model.h"
#include "tests/property/random.h"

#include <stdio.h>

/* Each returns a node that is never freed. depth is how many AND, OR, NOT and IS may be
 * around a comparison. */
const struct node *condition_random(struct random *random, enum type type, int depth);

/* A number of the event: a column, or something calculated from one. */
const struct node *condition_number(struct random *random, enum type type);

/* left operation right, with two parts. */
const struct node *condition_join(enum operation operation, const struct node *left,
    const struct node *right);

const struct node *condition_literal(struct value value);

/* The type has a column of this name. */
const struct node *condition_column(enum type type, const char *name);

/* Writes the text of the expression. */
void condition_write(FILE *out, const struct node *node, enum type type);

/* Writes a number as a plain decimal; it has at most three digits after the point. */
void condition_write_number(FILE *out, const struct value *shown);

#endif
