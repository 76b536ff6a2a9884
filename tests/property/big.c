/* SPDX-License-Identifier: ISC */
#include "tests/property/big.h"
#include "tests/property/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
make_room(struct big *big, size_t count)
{
	if (count <= big->room)
		return;
	big->room = 2 * count;
	big->digits = memory_resize(big->digits, big->room * sizeof(*big->digits));
}

static void
strip(struct big *big)
{
	while (big->count > 0 && big->digits[big->count - 1] == 0)
		big->count--;
}

void
big_release(struct big *big)
{
	free(big->digits);
	*big = (struct big){ NULL, 0, 0 };
}

void
big_set(struct big *big, uint64_t number)
{
	make_room(big, 2);
	big->digits[0] = (uint32_t)number;
	big->digits[1] = (uint32_t)(number >> 32);
	big->count = 2;
	strip(big);
}

void
big_copy(struct big *to, const struct big *from)
{
	make_room(to, from->count);
	if (from->count > 0)
		memcpy(to->digits, from->digits, from->count * sizeof(*to->digits));
	to->count = from->count;
}

void
big_add(struct big *big, const struct big *more)
{
	size_t count = big->count > more->count ? big->count : more->count;
	uint64_t carry = 0;

	make_room(big, count + 1);
	for (size_t i = 0; i <= count; i++) {
		carry += i < big->count ? big->digits[i] : 0;
		carry += i < more->count ? more->digits[i] : 0;
		big->digits[i] = (uint32_t)carry;
		carry >>= 32;
	}
	big->count = count + 1;
	strip(big);
}

void
big_subtract(struct big *big, const struct big *less)
{
	uint64_t borrow = 0;

	for (size_t i = 0; i < big->count; i++) {
		uint64_t take = borrow + (i < less->count ? less->digits[i] : 0);

		borrow = take > big->digits[i] ? 1 : 0;
		big->digits[i] = (uint32_t)(big->digits[i] - take);
	}
	strip(big);
}

void
big_multiply(struct big *big, uint32_t factor)
{
	uint64_t carry = 0;

	make_room(big, big->count + 1);
	for (size_t i = 0; i < big->count; i++) {
		carry += (uint64_t)big->digits[i] * factor;
		big->digits[i] = (uint32_t)carry;
		carry >>= 32;
	}
	big->digits[big->count++] = (uint32_t)carry;
	strip(big);
}

void
big_divide(struct big *big, uint32_t divisor)
{
	uint64_t rest = 0;

	for (size_t i = big->count; i-- > 0;) {
		rest = rest << 32 | big->digits[i];
		big->digits[i] = (uint32_t)(rest / divisor);
		rest %= divisor;
	}
	if (rest != 0)
		abort();
	strip(big);
}

int
big_compare(const struct big *left, const struct big *right)
{
	if (left->count != right->count)
		return left->count < right->count ? -1 : 1;
	for (size_t i = left->count; i-- > 0;)
		if (left->digits[i] != right->digits[i])
			return left->digits[i] < right->digits[i] ? -1 : 1;
	return 0;
}

/* The highest digits as a number from 0 up to 2^96; *exponent is what was left out. */
static long double
highest(const struct big *big, int *exponent)
{
	size_t low = big->count > 3 ? big->count - 3 : 0;
	long double number = 0;

	for (size_t i = big->count; i-- > low;)
		number = number * 4294967296.0L + big->digits[i];
	*exponent = (int)low * 32;
	return number;
}

long double
big_ratio(const struct big *left, const struct big *right)
{
	int left_exponent, right_exponent;
	long double ratio = highest(left, &left_exponent);

	ratio /= highest(right, &right_exponent);
	return ldexpl(ratio, left_exponent - right_exponent);
}
