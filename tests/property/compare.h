/* SPDX-License-Identifier: ISC
 *
 * compare -- the lines of slo-eval against those of the judge, number by number. Ratios
 * are compared as fractions: a decimal must be the fraction, cut after 12 digits.
 */
#ifndef TESTS_PROPERTY_COMPARE_H
#define TESTS_PROPERTY_COMPARE_H

#include "tests/property/judge.h"

/* How to compare, and what was found. */
struct comparison {
	const char *name;   /* begins each message */
	const char *fields; /* " good bad ": only these top fields; NULL: all */
	int differences;    /* the first ones are printed on stdout */
};

/* Compares the text, of one JSON object a line, with the lines. */
void compare_lines(struct comparison *comparison, const struct lines *lines,
    const char *text);

/* Returns the exit code of slo-eval with --fail-on page: 1 no, 2 cannot tell, 0 yes. */
int compare_exit_code(const struct lines *lines);

#endif
