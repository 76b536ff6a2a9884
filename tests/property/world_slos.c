/* SPDX-License-Identifier: ISC */
#include "tests/property/condition.h"
#include "tests/property/memory.h"
#include "tests/property/value.h"
#include "tests/property/world.h"

#include <string.h>

struct duration {
	const char *text;
	int64_t ms;
};

static const struct duration windows[] = {
	{ "30d", 30 * DAY_MS }, { "30d", 30 * DAY_MS }, { "28d", 28 * DAY_MS },
	{ "1M", 30 * DAY_MS }, { "1w", 7 * DAY_MS }, { "3d", 3 * DAY_MS },
	{ "49h", 49 * HOUR_MS }, { "1d", DAY_MS }, { "7h", 7 * HOUR_MS },
	{ "1h", HOUR_MS }, { "45m", 45 * MINUTE_MS },
};

static const struct duration slices[] = {
	{ "1m", MINUTE_MS }, { "5m", 5 * MINUTE_MS }, { "7m", 7 * MINUTE_MS },
	{ "30m", 30 * MINUTE_MS }, { "1h", HOUR_MS }, { "90m", 90 * MINUTE_MS },
	{ "1d", DAY_MS },
};

static const struct duration silences[] = {
	{ "5m", 5 * MINUTE_MS }, { "1h", HOUR_MS }, { "26h", 26 * HOUR_MS },
};

/* So that the judge is done in no time. */
#define MOST_SLICES 9000

/* Targets, without zeros at their end. */
static struct decimal_text
decimal(const char *text)
{
	struct decimal_text result = { .text = text };
	bool is_after_point = false;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '.') {
			is_after_point = true;
			continue;
		}
		result.units = result.units * 10 + (*p - '0');
		result.scale += is_after_point;
	}
	return result;
}

static struct decimal_text
some_target(struct random *random)
{
	static const char *const targets[] = { "0.999", "0.999", "0.99", "0.99", "0.95",
		"0.9", "0.9995", "0.9999", "0.99999", "0.5", "0.29", "0.7", "1", "0",
		"0.999999999", "0.125", "0.85" };

	return decimal(RANDOM_OF(random, targets));
}

/* ---- the indicator */

static void
choose_count(struct slo *slo, struct random *random)
{
	static const enum operation compares[] = { AT_MOST, LESS, AT_LEAST, MORE };

	slo->event = random_percent(random, 70) ? TYPE_BREAKER : TYPE_HTTP;
	slo->presence = slo->event == TYPE_BREAKER ? TYPE_HTTP : TYPE_BREAKER;
	if (random_percent(random, 30))
		slo->presence_where = condition_random(random, slo->presence, 1);
	slo->objectives[0].compare = RANDOM_OF(random, compares);
	slo->objectives[0].limit = value_number(random_below(random, 4), 1);
}

static void
choose_value(struct slo *slo, struct random *random)
{
	static const enum operation compares[] = { AT_MOST, LESS, AT_LEAST, MORE };
	struct objective *objective = &slo->objectives[0];

	slo->value = condition_number(random, slo->event);
	objective->compare = RANDOM_OF(random, compares);
	objective->limit = value_number(random_between(random, -100, 4000), 4);
	slo->condition = condition_join(objective->compare, slo->value,
	    condition_literal(objective->limit));
}

static bool
can_group(const struct slo *slo, int no)
{
	const struct type_of_events *type = &types[slo->event];
	const struct column *column = &type->columns[no];

	/* Both types of presence have these. */
	if (slo->form == FORM_COUNT)
		return no == COLUMN_COHORT || strcmp(column->name, "host") == 0;
	return column->kind == COLUMN_TEXT || column->kind == COLUMN_WORD ||
	    strcmp(column->name, "status") == 0;
}

static void
choose_groups(struct slo *slo, struct random *random)
{
	int64_t count = random_percent(random, 55) ? 0 : random_between(random, 1, 2);

	for (int tries = 0; slo->group_count < count && tries < 20; tries++) {
		int no = (int)random_below(random, types[slo->event].column_count);
		bool is_new = can_group(slo, no);

		for (int i = 0; i < slo->group_count; i++)
			is_new = is_new && slo->group[i] != no;
		if (is_new)
			slo->group[slo->group_count++] = no;
	}
	if (slo->group_count > 0 && slo->form != FORM_COUNT && random_percent(random, 30))
		slo->max_groups = random_between(random, 1, 4);
}

/* A failure, as most people would count it, so that an outage is one. */
static const struct node *
usual_failure(enum type type)
{
	const char *name = type == TYPE_HTTP ? "status" : "outcome";
	const struct node *column = condition_column(type, name);

	if (type == TYPE_HTTP)
		return condition_join(AT_LEAST, column,
		    condition_literal(value_number(429, 1)));
	return condition_join(UNEQUAL, column, condition_literal(value_text(
	    type == TYPE_DOWNLOAD ? "success" : "ok")));
}

static void
choose_indicator(struct slo *slo, struct random *random, bool is_calm)
{
	static const enum type often[] = { TYPE_HTTP, TYPE_HTTP, TYPE_HTTP,
		TYPE_OBSERVATION, TYPE_DOWNLOAD };

	slo->event = RANDOM_OF(random, often);
	if (slo->form == FORM_COUNT)
		choose_count(slo, random);
	else if (slo->form == FORM_VALUE)
		choose_value(slo, random);
	else
		slo->condition = condition_random(random, slo->event, 2);
	slo->is_bad = slo->form <= FORM_OF_TOTAL && random_percent(random, 50);
	if (slo->form <= FORM_OF_TOTAL && random_percent(random, is_calm ? 80 : 35)) {
		slo->condition = usual_failure(slo->event);
		slo->is_bad = true;
	} else if (random_percent(random, 50))
		slo->where = condition_random(random, slo->event, 1);
	if (slo->form != FORM_COUNT && random_percent(random, 20))
		slo->exclude = condition_random(random, slo->event, 1);
	if (!is_calm || random_percent(random, 30))
		choose_groups(slo, random);
}

/* ---- what is asked of it */

static void
choose_slices(struct slo *slo, struct random *random)
{
	const struct duration *slice;

	do {
		slice = &slices[random_below(random,
		    (int64_t)(sizeof(slices) / sizeof(slices[0])))];
	} while (slo->window_ms / slice->ms > MOST_SLICES);
	slo->slice_ms = slice->ms;
	slo->slice_text = slice->text;
	slo->has_empty = slo->form != FORM_COUNT && random_percent(random, 40);
	slo->empty = (enum empty)random_below(random, 3);
}

static void
choose_limits(struct slo *slo, struct random *random)
{
	static const char *const coverages[] = { "0.01", "0.5", "0.9" };

	if (random_percent(random, 15))
		slo->min_events = random_between(random, 1, 40);
	if (random_percent(random, 10))
		slo->min_bad_events = random_between(random, 1, 5);
	if (random_percent(random, 20))
		slo->min_bad_minutes = random_between(random, 1, 5);
	if (random_percent(random, 10))
		slo->min_coverage = decimal(RANDOM_OF(random, coverages));
	slo->is_optional = random_percent(random, 10);
	if (slo->slice_ms == 0 && random_percent(random, 15)) {
		struct duration silence = RANDOM_OF(random, silences);

		slo->max_silence_ms = silence.ms;
		slo->max_silence_text = silence.text;
	}
}

static void
choose_objectives(struct slo *slo, struct random *random)
{
	static const char *const names[OBJECTIVE_MAX] = { "o0", "o1", "o2" };
	static const char *const shares[] = { "1", "0.95", "0.5", "0.999", "0.01" };

	slo->objective_count = 1;
	if (slo->form <= FORM_OF_TOTAL && random_percent(random, 40))
		slo->objective_count = OBJECTIVE_MAX;
	for (int i = 0; i < slo->objective_count; i++) {
		slo->objectives[i].name = names[i];
		slo->objectives[i].target = some_target(random);
		slo->objectives[i].slice_target = decimal(slo->form == FORM_COUNT ? "1"
		    : RANDOM_OF(random, shares));
	}
}

void
world_make_slos(struct world *world, struct random *random)
{
	static const enum form forms[] = { FORM_PLAIN, FORM_PLAIN, FORM_RAW,
		FORM_OF_TOTAL, FORM_VALUE, FORM_COUNT };

	world->slo_count = (size_t)random_between(random, 1, SLO_MOST);
	for (size_t i = 0; i < world->slo_count; i++) {
		struct slo *slo = &world->slos[i];
		struct duration window = RANDOM_OF(random, windows);

		if (world->is_calm && random_percent(random, 60))
			window = windows[0];
		*slo = (struct slo){ .name = memory_text("s%d", (int)i),
			.form = RANDOM_OF(random, forms), .min_bad_minutes = -1,
			.window_ms = window.ms, .window_text = window.text };
		choose_indicator(slo, random, world->is_calm);
		if (slo->form == FORM_COUNT || random_percent(random, 35))
			choose_slices(slo, random);
		choose_limits(slo, random);
		choose_objectives(slo, random);
	}
}
