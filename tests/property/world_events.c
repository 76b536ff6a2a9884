/* SPDX-License-Identifier: ISC */
#include "tests/property/memory.h"
#include "tests/property/value.h"
#include "tests/property/world.h"

#include <stdlib.h>
#include <string.h>

#define RUN_COUNT 4
#define GAP_COUNT 3
#define CALM_COUNT 2500

struct span {
	int64_t from_ms, until_ms;
};

/* How the events of a seed are: the same for all of them, so that seeds differ. */
struct manner {
	const struct world *world;
	struct random *random;
	int bad_percent, null_percent, run_percent, producer_percent;
	int64_t host_count;
	bool has_many_items;
	struct span outage, runs[RUN_COUNT], gaps[GAP_COUNT];
	int gap_count;
};

static struct span
some_span(struct manner *manner, int64_t longest_ms)
{
	const struct world *world = manner->world;
	int64_t begin_ms = world->now_ms - random_below(manner->random,
	    world->horizon_ms + 1);

	return (struct span){ begin_ms,
		begin_ms + random_below(manner->random, longest_ms) };
}

static bool
is_in(const struct span *span, int64_t ts_ms)
{
	return ts_ms >= span->from_ms && ts_ms <= span->until_ms;
}

static void
choose_manner(struct manner *manner)
{
	static const int bads[] = { 0, 1, 3, 10, 50, 100 };
	static const int nulls[] = { 0, 2, 10, 40 };
	static const int producers[] = { 0, 60, 90, 100 };
	struct random *random = manner->random;
	int64_t horizon_ms = manner->world->horizon_ms;

	manner->bad_percent = RANDOM_OF(random, bads);
	manner->null_percent = manner->world->is_calm ? 0 : RANDOM_OF(random, nulls);
	manner->producer_percent = RANDOM_OF(random, producers);
	manner->run_percent = (int)random_below(random, 80);
	manner->host_count = random_between(random, 1, 8);
	manner->has_many_items = random_percent(random, 20);
	manner->outage = some_span(manner, 3 * HOUR_MS);
	if (manner->world->is_calm) {
		manner->bad_percent = 0;
		manner->outage = (struct span){ manner->world->now_ms -
		    random_below(random, 40 * MINUTE_MS), manner->world->now_ms };
	}
	for (int i = 0; i < RUN_COUNT; i++)
		manner->runs[i] = some_span(manner, i == 0 ? 40 * HOUR_MS : 2 * HOUR_MS);
	/* A run of more than a week, which an archive may cut. */
	if (manner->world->packs && random_percent(random, 50))
		manner->runs[0] = some_span(manner, 9 * DAY_MS);
	manner->gap_count = (int)random_below(random, GAP_COUNT + 1);
	for (int i = 0; i < manner->gap_count; i++)
		manner->gaps[i] = some_span(manner, horizon_ms / 3 + 1);
}

/* Most events are anywhere, others in a burst, or at the edge of a minute, hour or day. */
static int64_t
some_time(struct manner *manner)
{
	static const int64_t units[] = { MINUTE_MS, HOUR_MS, DAY_MS };
	static const int64_t steps[] = { -1, 0, 1 };
	const struct world *world = manner->world;
	struct random *random = manner->random;
	int64_t recent = world->is_calm ? 17 : 30, burst = world->is_calm ? 17 : 35;
	int64_t kind = random_below(random, 100), unit = RANDOM_OF(random, units);
	int64_t ts_ms = world->now_ms - random_below(random, world->horizon_ms + 1);

	if (kind < 10)
		ts_ms = ts_ms / unit * unit + RANDOM_OF(random, steps);
	else if (kind < recent)
		ts_ms = world->now_ms - random_below(random, 90 * MINUTE_MS);
	else if (kind < burst)
		ts_ms = random_between(random, manner->outage.from_ms,
		    manner->outage.until_ms);
	else if (kind < burst + 2)
		ts_ms = world->now_ms + RANDOM_OF(random, steps);
	else if (kind < burst + 4)
		ts_ms = world->now_ms + random_below(random, DAY_MS);
	return ts_ms < 0 ? 0 : ts_ms;
}

static bool
is_in_gap(const struct manner *manner, int64_t ts_ms)
{
	for (int i = 0; i < manner->gap_count; i++)
		if (is_in(&manner->gaps[i], ts_ms))
			return true;
	return false;
}

/* One of the texts; the first stands for success where the column says how it went. */
static struct value
some_word(struct manner *manner, const struct column *column, bool is_bad)
{
	int64_t count = 0;

	while (column->words[count] != NULL)
		count++;
	if (strcmp(column->name, "outcome") == 0)
		return value_text(column->words[is_bad
		    ? random_between(manner->random, 1, count - 1) : 0]);
	if (strcmp(column->name, "host") == 0 && count > manner->host_count)
		count = manner->host_count;
	if (strcmp(column->name, "artifact_id") == 0 && manner->has_many_items)
		return value_text(memory_text("i%d", (int)random_below(manner->random,
		    140)));
	return value_text(column->words[random_below(manner->random, count)]);
}

static struct value
some_value(struct manner *manner, const struct column *column, bool is_bad)
{
	static const int good_statuses[] = { 200, 200, 200, 304, 404 };
	static const int bad_statuses[] = { 429, 500, 503 };
	struct random *random = manner->random;
	int64_t number = random_between(random, column->least, column->most);

	if (column->is_optional && random_percent(random, manner->null_percent))
		return VALUE_NONE;
	if (column->kind == COLUMN_TEXT || column->kind == COLUMN_WORD)
		return some_word(manner, column, is_bad);
	if (column->kind == COLUMN_REAL)
		return value_number(number, 4);
	if (strcmp(column->name, "status") == 0)
		number = is_bad ? RANDOM_OF(random, bad_statuses)
		    : RANDOM_OF(random, good_statuses);
	else if (column->kind == COLUMN_INTEGER && !is_bad && column->most > 100)
		number /= 10;
	return value_number(number, 1);
}

static struct value
some_run(struct manner *manner, const struct column *column, int64_t ts_ms)
{
	for (int i = 0; i < RUN_COUNT; i++)
		if (is_in(&manner->runs[i], ts_ms) &&
		    random_percent(manner->random, manner->run_percent))
			return value_text(column->words[i]);
	return VALUE_NONE;
}

static void
make_event(struct manner *manner, struct event *event)
{
	static const enum type often[] = { TYPE_HTTP, TYPE_HTTP, TYPE_HTTP,
		TYPE_OBSERVATION, TYPE_DOWNLOAD, TYPE_BREAKER };
	const struct column *columns;
	bool is_bad;

	*event = (struct event){ .type = RANDOM_OF(manner->random, often) };
	event->ts_ms = some_time(manner);
	columns = types[event->type].columns;
	is_bad = random_percent(manner->random, is_in(&manner->outage, event->ts_ms)
	    ? 90 : manner->bad_percent);
	event->columns[COLUMN_RUN] = some_run(manner, columns, event->ts_ms);
	for (int i = COLUMN_RUN + 1; i < types[event->type].column_count; i++)
		event->columns[i] = some_value(manner, &columns[i], is_bad);
}

static void
make_producers(struct manner *manner, struct event *events, size_t count)
{
	static const char *const producers[] = { "p1", "p2", "p3" };
	int64_t last[3] = { 0 };

	for (size_t i = 0; i < count; i++) {
		int64_t no = random_below(manner->random, 3);

		if (!random_percent(manner->random, manner->producer_percent))
			continue;
		events[i].producer = producers[no];
		events[i].seq = ++last[no];
	}
}

void
world_make_events(struct world *world, struct random *random)
{
	static const int64_t most[] = { 2, 15, 60, 200, 200, 600, 600, 1200, 2500 };
	struct manner manner = { .world = world, .random = random };
	size_t count = (size_t)random_below(random, RANDOM_OF(random, most) + 1);

	if (world->is_calm)
		count = CALM_COUNT;
	choose_manner(&manner);
	world->events = memory_zeros(count, sizeof(*world->events));
	for (size_t i = 0; i < count; i++) {
		struct event *event = &world->events[world->event_count];

		make_event(&manner, event);
		if (!is_in_gap(&manner, event->ts_ms))
			world->event_count++;
	}
	make_producers(&manner, world->events, world->event_count);
}

/* ---- files */

static void
add_line(struct part *part, const struct event *event, const char *text)
{
	MEMORY_GROW(part->lines, part->count);
	part->lines[part->count++] = (struct part_line){ event, text };
}

static int
by_time(const void *left, const void *right)
{
	const struct part_line *one = left, *other = right;
	int64_t one_ms = one->event != NULL ? one->event->ts_ms : 0;
	int64_t other_ms = other->event != NULL ? other->event->ts_ms : 0;

	return one_ms < other_ms ? -1 : one_ms > other_ms;
}

/* Events come in no order; in some files they are sorted by time. A tenth of the stamped
 * ones comes again in another file. */
void
world_make_parts(struct world *world, struct random *random)
{
	static const char *const names[PART_COUNT] = { "a", "b", "c", "d", "e", "f" };
	static const char *const wrong[] = { "", "{", "[1]", "{\"type\":\"http\"}",
		"{\"type\":\"http\",\"ts_ms\":\"late\"}" };
	int64_t count = random_between(random, 1, PART_COUNT);

	for (int i = 0; i < PART_COUNT; i++)
		world->parts[i].name = names[i];
	for (size_t i = 0; i < world->event_count; i++) {
		const struct event *event = &world->events[i];

		add_line(&world->parts[random_below(random, count)], event, NULL);
		if (event->producer != NULL && random_percent(random, 10))
			add_line(&world->parts[random_below(random, count)], event, NULL);
		if (random_percent(random, 2))
			add_line(&world->parts[random_below(random, count)], NULL,
			    RANDOM_OF(random, wrong));
	}
	for (int i = 0; i < PART_COUNT; i++) {
		struct part *part = &world->parts[i];

		if (part->count > 0 && random_percent(random, 40))
			qsort(part->lines, part->count, sizeof(*part->lines), by_time);
		part->first_count = part->count;
		if (random_percent(random, 30))
			part->first_count = (size_t)random_below(random,
			    (int64_t)part->count + 1);
	}
}
