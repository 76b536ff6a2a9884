/* SPDX-License-Identifier: ISC
 *
 * random -- random choices that a seed repeats (SplitMix64: Steele, Lea, Flood 2014).
 */
#ifndef TESTS_PROPERTY_RANDOM_H
#define TESTS_PROPERTY_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t
random_next(struct random *random)
{
	uint64_t mixed = random->state += UINT64_C(0x9e3779b97f4a7c15);

	mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
	return mixed ^ mixed >> 31;
}

/* Returns a number of 0 to below - 1; below is at least 1. */
static inline int64_t
random_below(struct random *random, int64_t below)
{
	return (int64_t)(random_next(random) % (uint64_t)below);
}

static inline int64_t
random_between(struct random *random, int64_t least, int64_t most)
{
	return least + random_below(random, most - least + 1);
}

static inline bool
random_percent(struct random *random, int percent)
{
	return random_below(random, 100) < percent;
}

#define RANDOM_OF(random, array) \
	((array)[random_below((random), (int64_t)(sizeof(array) / sizeof((array)[0])))])

#endif
