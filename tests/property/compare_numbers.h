/* SPDX-License-Identifier: ISC
 *
 * compare_numbers -- the numbers of one line, for compare.c.
 */
#ifndef TESTS_PROPERTY_COMPARE_NUMBERS_H
#define TESTS_PROPERTY_COMPARE_NUMBERS_H

#include "tests/property/compare.h"
#include "tests/property/json_text.h"

/* A line of the program beside that of the judge. */
struct pair {
	struct comparison *comparison;
	const struct line *line;
	const struct json_text *json;
};

/* Counts a difference. Returns whether it is one of the first, which are printed. */
bool compare_is_shown(struct comparison *comparison);

/* Counts and prints a difference of a member of the line. */
void compare_differ(const struct pair *pair, const char *path, const char *expected,
    const char *got);

/* Compares all members but those that name the line. */
void compare_numbers(const struct pair *pair);

#endif
