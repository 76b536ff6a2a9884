/* SPDX-License-Identifier: ISC
 *
 * world -- what a seed makes: events, the files that they come in, and objectives.
 */
#ifndef TESTS_PROPERTY_WORLD_H
#define TESTS_PROPERTY_WORLD_H

#include "tests/property/model.h"
#include "tests/property/random.h"

#include <stdio.h>

/* A line of a file of events: an event, or something that is none. */
struct part_line {
	const struct event *event; /* or NULL: */
	const char *text;
};

/* A file of events. One that grows has some of its lines first, and the others later. */
struct part {
	const char *name;
	struct part_line *lines;
	size_t count, first_count;
};

#define PART_COUNT 6
#define SLO_MOST 9

struct world {
	uint64_t seed;
	int64_t now_ms;
	int64_t horizon_ms; /* events are not older than this; some are later than now */
	bool is_calm; /* many events, without failures until shortly before the end */
	bool packs;
	struct event *events;
	size_t event_count;
	struct part parts[PART_COUNT];
	struct slo slos[SLO_MOST];
	size_t slo_count;
};

/* Makes all of it, the same for the same seed; nothing is ever freed. */
void world_make(struct world *world, uint64_t seed);

/* Each makes a part of the world, for world_make. */
void world_make_events(struct world *world, struct random *random);
void world_make_parts(struct world *world, struct random *random);
void world_make_slos(struct world *world, struct random *random);

/* Each writes as our programs read it: lines of a part, and all objectives. */
void world_write_lines(FILE *out, const struct part *part, size_t from, size_t until);
void world_write_slos(FILE *out, const struct world *world);

#endif
