/* SPDX-License-Identifier: ISC
 *
 * decimal -- targets and shares as exact decimal numbers. A double cannot hold
 * 0.999 or 1 - 0.999, so an objective that is only just met could be missed in
 * doubles. Here a target is an integer over a power of ten, and a share is two
 * integers, compared and divided in 128 bits.
 */
#ifndef SLO_DECIMAL_H
#define SLO_DECIMAL_H

#include "base/err.h"

#include <stdint.h>

/* The most digits after the point. It keeps the products of slo.c below 2^127
 * for every count of 63 bits. */
#define DECIMAL_MAX_SCALE 9

/* The number units / 10^scale, from 0 to 1, without zeros at its end: 0.50 is 5
 * / 10^1. */
struct decimal {
	int64_t units;
	int scale;
};

__extension__ typedef __int128 decimal_wide;

/* Reads a plain decimal from 0 to 1, such as "0.999" or "1"; with
 * percent_digits 2 it reads one from 0 to 100, such as "99.9", as a percentage
 * (percent_digits 0 otherwise). Signs, exponents, blanks and more digits than
 * DECIMAL_MAX_SCALE are refused. Returns 0 or -1. */
MUST_USE int decimal_parse(const char *text, int percent_digits,
    struct decimal *out);

/* Returns 10^scale. */
int64_t decimal_unit(const struct decimal *decimal);

/* Returns a number below, equal to or above 0 when part / whole is less than,
 * equal to or more than the decimal. part and whole are 0 or more; whole is not 0. */
MUST_USE int decimal_compare(uint64_t part, uint64_t whole,
    const struct decimal *decimal);

/* Writes the shortest text: "0.999", "1". out has at least DECIMAL_TEXT_SIZE
 * bytes. */
#define DECIMAL_TEXT_SIZE 64
void decimal_print(char *out, const struct decimal *decimal);

/* Writes numerator / denominator as a plain decimal. It has at most twelve
 * digits after the point, cut off instead of rounded, so that a share just
 * below a target is never shown as the target. The denominator is above 0 and
 * below 2^123; out has at least DECIMAL_TEXT_SIZE bytes. */
void decimal_print_ratio(char *out, decimal_wide numerator,
    decimal_wide denominator);

#endif
