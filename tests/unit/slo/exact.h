/* SPDX-License-Identifier: ISC
 *
 * exact -- for the tests of lib/slo: how many bad events are evidence, in whole numbers of
 * any length, and random targets.
 */
#ifndef TESTS_UNIT_SLO_EXACT_H
#define TESTS_UNIT_SLO_EXACT_H

#include "slo/evidence.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* A whole number of 32-bit digits, the lowest first. It holds 10^(9 * 400) and some
 * small factors. */
#define BIG_DIGITS 400
struct big {
	uint32_t digits[BIG_DIGITS];
	size_t count; /* the highest of them is not 0 */
};

static inline void
big_multiply(struct big *big, uint64_t factor)
{
	uint64_t carry = 0;

	assert_true(factor <= UINT32_MAX);
	for (size_t i = 0; i < big->count; i++) {
		carry += big->digits[i] * factor;
		big->digits[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry > 0) {
		assert_true(big->count < BIG_DIGITS);
		big->digits[big->count++] = (uint32_t)carry;
	}
}

/* The divisor must divide big. */
static inline void
big_divide(struct big *big, uint64_t divisor)
{
	uint64_t rest = 0;

	assert_true(divisor <= UINT32_MAX);
	for (size_t i = big->count; i-- > 0;) {
		rest = rest << 32 | big->digits[i];
		big->digits[i] = (uint32_t)(rest / divisor);
		rest %= divisor;
	}
	assert_true(rest == 0);
	while (big->count > 0 && big->digits[big->count - 1] == 0)
		big->count--;
}

static inline void
big_add(struct big *sum, const struct big *more)
{
	uint64_t carry = 0;

	for (size_t i = 0; i < sum->count || i < more->count || carry > 0; i++) {
		assert_true(i < BIG_DIGITS);
		if (i == sum->count)
			sum->digits[sum->count++] = 0;
		carry += sum->digits[i];
		carry += i < more->count ? more->digits[i] : 0;
		sum->digits[i] = (uint32_t)carry;
		carry >>= 32;
	}
}

static inline bool
big_is_less(const struct big *left, const struct big *right)
{
	if (left->count != right->count)
		return left->count < right->count;
	for (size_t i = left->count; i-- > 0;)
		if (left->digits[i] != right->digits[i])
			return left->digits[i] < right->digits[i];
	return false;
}

static inline struct big
big_power(uint64_t base, int64_t exponent)
{
	struct big power = { { 1 }, 1 };

	while (exponent-- > 0)
		big_multiply(&power, base);
	return power;
}

/* What evidence_bad_needed returns, in whole numbers: from k = total downwards, term is
 * denominator^total * P(X = k), and sum that of P(X >= k). Sets is_tie when a tail is
 * exactly alpha. The rate is neither 0 nor 1. */
static inline int64_t
exact_bad_needed(const struct evidence_rate *rate, int64_t total, uint64_t line_count,
    bool *is_tie)
{
	uint64_t bad_rate = (uint64_t)rate->numerator;
	uint64_t good_rate = (uint64_t)rate->denominator - bad_rate;
	struct big whole = big_power((uint64_t)rate->denominator, total);
	struct big term = big_power(bad_rate, total), sum = { { 0 }, 0 };

	*is_tie = false;
	for (int64_t k = total; k >= 2; k--) {
		struct big scaled;

		big_add(&sum, &term);
		scaled = sum;
		big_multiply(&scaled, EVIDENCE_ODDS);
		big_multiply(&scaled, line_count);
		if (!big_is_less(&scaled, &whole)) {
			*is_tie = !big_is_less(&whole, &scaled);
			return k < total ? k + 1 : 0;
		}
		big_multiply(&term, (uint64_t)k);
		big_multiply(&term, good_rate);
		big_divide(&term, (uint64_t)(total - k + 1));
		big_divide(&term, bad_rate);
	}
	return total >= 2 ? 2 : 0;
}

/* Returns a target above 0 and below 1, as people write them and as they do not. */
static inline struct decimal
random_target(void)
{
	static const int64_t units[] = { 1, 10, 100, 1000, 10000, 100000, 1000000,
		10000000, 100000000, 1000000000 };
	int scale = (int)random_below(DECIMAL_MAX_SCALE) + 1;
	int64_t unit = units[scale];

	switch (random_below(3)) {
	case 0: /* 0.9, 0.99, 0.999, ... */
		return (struct decimal){ unit - 1, scale };
	case 1: /* 0.5, 0.95, 0.995, ...; 0.7, 0.93, 0.998, ... */
		return (struct decimal){ unit - 1 - (int64_t)random_below(9), scale };
	default:
		return (struct decimal){
			1 + (int64_t)random_below((uint64_t)unit - 1), scale
		};
	}
}

#endif
