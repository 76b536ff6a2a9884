/* SPDX-License-Identifier: ISC */
#include "tests/property/world.h"

#define CALM_MS (40 * DAY_MS)

/* The end of most windows: near the edges of minutes, hours and days, where windows and
 * slices begin and end; for some seeds so early that windows begin before 1970. */
static int64_t
some_now(struct random *random)
{
	static const int64_t units[] = { 1, MINUTE_MS, HOUR_MS, DAY_MS };
	static const int64_t steps[] = { -1, 0, 0, 1 };
	int64_t unit = RANDOM_OF(random, units);
	int64_t now_ms = random_percent(random, 10) ? 9 * DAY_MS
	    : INT64_C(1764000000000);

	now_ms += random_below(random, 5 * DAY_MS);
	return now_ms / unit * unit + RANDOM_OF(random, steps);
}

void
world_make(struct world *world, uint64_t seed)
{
	static const int64_t horizons[] = { 2 * HOUR_MS, DAY_MS + 7 * HOUR_MS, 9 * DAY_MS,
		40 * DAY_MS };
	/* Each part has its own numbers, so that a change of one leaves the others. */
	struct random first = { seed * 4 }, second = { seed * 4 + 1 },
	    third = { seed * 4 + 2 };

	*world = (struct world){ .seed = seed };
	world->now_ms = some_now(&first);
	world->horizon_ms = RANDOM_OF(&first, horizons);
	world->is_calm = random_percent(&first, 15);
	if (world->is_calm)
		world->horizon_ms = CALM_MS;
	if (world->horizon_ms > world->now_ms)
		world->horizon_ms = world->now_ms;
	world->packs = seed % 3 == 2;
	world_make_events(world, &second);
	world_make_parts(world, &second);
	world_make_slos(world, &third);
}
