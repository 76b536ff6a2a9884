/* SPDX-License-Identifier: ISC
 *
 * big -- integers of 0 and above without a limit, as slow and plain as on paper, so that
 * the judge decides what is evidence without a floating point number.
 */
#ifndef TESTS_PROPERTY_BIG_H
#define TESTS_PROPERTY_BIG_H

#include <stddef.h>
#include <stdint.h>

/* Digits to the base 2^32, the lowest first, without zeros at the end: the number 0 has
 * none. { NULL, 0, 0 } is 0; big_release frees the digits and makes it 0 again. */
struct big {
	uint32_t *digits;
	size_t count, room;
};

void big_release(struct big *big);
void big_set(struct big *big, uint64_t number);
void big_copy(struct big *to, const struct big *from);

void big_add(struct big *big, const struct big *more);

/* less is at most big. */
void big_subtract(struct big *big, const struct big *less);
void big_multiply(struct big *big, uint32_t factor);

/* Divides by a divisor that leaves no remainder; ends the program if it leaves one. */
void big_divide(struct big *big, uint32_t divisor);

/* Returns a number below, equal to or above 0. */
int big_compare(const struct big *left, const struct big *right);

/* Returns left / right, to be shown; right is not 0. */
long double big_ratio(const struct big *left, const struct big *right);

#endif
