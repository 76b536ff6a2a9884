/* SPDX-License-Identifier: ISC */
#include "tests/property/needed.h"
#include "tests/property/big.h"

#include <stdlib.h>

/* The probabilities of 0, 1, 2 ... bad events, times whole^n: they are whole numbers. */
struct walk {
	int64_t n, part, whole;
	int64_t bad;       /* `one` is of so many bad events */
	struct big one;
	struct big below;  /* the sum of all with fewer */
	struct big all;    /* whole^n, the sum of all */
};

static int64_t
greatest_divisor(int64_t left, int64_t right)
{
	return right == 0 ? left : greatest_divisor(right, left % right);
}

/* Multiplies by base^exponent, by as much of it at once as one digit holds. */
static void
raise(struct big *big, uint32_t base, int64_t exponent)
{
	while (exponent > 0) {
		uint64_t factor = base;

		exponent--;
		for (; exponent > 0 && factor * base <= UINT32_MAX; exponent--)
			factor *= base;
		big_multiply(big, (uint32_t)factor);
	}
}

static void
walk_start(struct walk *walk, int64_t n, int64_t part, int64_t whole)
{
	int64_t divisor = greatest_divisor(whole, part);

	*walk = (struct walk){ .n = n, .part = part / divisor, .whole = whole / divisor };
	if (n < 0 || n > 1000000000 || part < 0 || part >= whole || whole > 1000000000)
		abort();
	big_set(&walk->one, 1);
	big_set(&walk->all, 1);
	big_set(&walk->below, 0);
	raise(&walk->one, (uint32_t)(walk->whole - walk->part), n);
	raise(&walk->all, (uint32_t)walk->whole, n);
}

/* C(n, x) p^x q^(n-x) becomes that of x + 1, in steps that leave no remainder. */
static void
walk_on(struct walk *walk)
{
	big_add(&walk->below, &walk->one);
	big_multiply(&walk->one, (uint32_t)(walk->n - walk->bad));
	big_divide(&walk->one, (uint32_t)(walk->whole - walk->part));
	big_multiply(&walk->one, (uint32_t)walk->part);
	walk->bad++;
	big_divide(&walk->one, (uint32_t)walk->bad);
}

static void
walk_end(struct walk *walk)
{
	big_release(&walk->one);
	big_release(&walk->below);
	big_release(&walk->all);
}

/* Whether (all - below) / all < 1 / (odds * lines). */
static int
is_rare(const struct walk *walk, int64_t lines)
{
	struct big rest = { NULL, 0, 0 };
	int is_less;

	big_copy(&rest, &walk->all);
	big_subtract(&rest, &walk->below);
	big_multiply(&rest, (uint32_t)lines);
	big_multiply(&rest, NEEDED_ODDS);
	is_less = big_compare(&rest, &walk->all) < 0;
	big_release(&rest);
	return is_less;
}

int64_t
needed_bad(int64_t n, int64_t part, int64_t whole, int64_t lines)
{
	struct walk walk;
	int64_t result = 0;

	if (part == 0)
		return n > 0 ? 1 : 0;
	if (part == whole)
		return 0;
	walk_start(&walk, n, part, whole);
	while (result == 0 && walk.bad < n) {
		walk_on(&walk);
		if (walk.bad >= 2 && is_rare(&walk, lines))
			result = walk.bad;
	}
	walk_end(&walk);
	return result;
}

long double
needed_tail(int64_t n, int64_t bad, int64_t part, int64_t whole)
{
	struct walk walk;
	long double result;

	if (bad <= 0)
		return 1;
	if (bad > n || part == 0)
		return 0;
	if (part == whole)
		return 1;
	walk_start(&walk, n, part, whole);
	while (walk.bad < bad)
		walk_on(&walk);
	big_subtract(&walk.all, &walk.below);
	big_copy(&walk.below, &walk.all);
	big_set(&walk.all, 1);
	raise(&walk.all, (uint32_t)walk.whole, n);
	result = big_ratio(&walk.below, &walk.all);
	walk_end(&walk);
	return result;
}
