/* SPDX-License-Identifier: ISC
 *
 * value -- arithmetic with fractions, and conditions with the three truths of SQL.
 */
#ifndef TESTS_PROPERTY_VALUE_H
#define TESTS_PROPERTY_VALUE_H

#include "tests/property/model.h"

#define VALUE_NONE ((struct value){ VALUE_NULL, 0, 1, NULL })

/* part / whole; whole is not 0. */
struct value value_number(int64_t part, int64_t whole);

/* The text is borrowed. */
struct value value_text(const char *text);

/* Returns a number below, equal to or above 0. Both are numbers, or both are texts, which
 * are compared byte by byte. */
int value_compare(const struct value *left, const struct value *right);

/* Returns what the expression is for the event. */
struct value value_of(const struct node *node, const struct event *event);

/* Whether the condition is true, or false, and not NULL. No condition is true. */
bool value_is_true(const struct node *node, const struct event *event);
bool value_is_false(const struct node *node, const struct event *event);

#endif
