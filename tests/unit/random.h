/* SPDX-License-Identifier: ISC
 *
 * random -- numbers for property tests (xorshift64*, Vigna 2016). The seed is
 * printed, and TEST_SEED sets it, so that a failure can be repeated.
 */
#ifndef TESTS_UNIT_RANDOM_H
#define TESTS_UNIT_RANDOM_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t random_state;

static inline void
random_start(void)
{
	const char *set = getenv("TEST_SEED");

	random_state = set != NULL ? strtoull(set, NULL, 10) : (uint64_t)time(NULL);
	printf("# TEST_SEED=%llu\n", (unsigned long long)random_state);
	if (random_state == 0)
		random_state = 1;
}

static inline uint64_t
random_next(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * UINT64_C(2685821657736338717);
}

/* Returns a number in [0, below). */
static inline uint64_t
random_below(uint64_t below)
{
	return random_next() % below;
}

#endif
