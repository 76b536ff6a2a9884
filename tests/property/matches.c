/* SPDX-License-Identifier: ISC */
#include "tests/property/matches.h"
#include "tests/property/memory.h"
#include "tests/property/value.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_GROUPS 100

int64_t
matches_divide(int64_t number, int64_t by)
{
	return number / by - (number % by < 0 ? 1 : 0);
}

int64_t
matches_minute(int64_t ms)
{
	return matches_divide(ms, MINUTE_MS) * MINUTE_MS;
}

static bool
is_of_run(const struct event *event, const struct when *when)
{
	const struct value *run = &event->columns[COLUMN_RUN];

	return when->run_id == NULL || (run->kind == VALUE_TEXT &&
	    strcmp(run->text, when->run_id) == 0 && event->ts_ms <= when->at_ms);
}

/* The window of a run goes from its first event, of whatever type, to its last. */
static void
set_window(struct matches *matches, const struct when *when)
{
	bool has_event = false;

	matches->until_ms = when->at_ms;
	matches->from_ms = matches->is_run ? when->at_ms
	    : matches_minute(when->at_ms - matches->slo->window_ms);
	for (size_t i = 0; matches->is_run && i < matches->scene->count; i++) {
		const struct event *event = matches->scene->events[i];

		if (!is_of_run(event, when))
			continue;
		if (!has_event || event->ts_ms < matches->from_ms)
			matches->from_ms = event->ts_ms;
		if (!has_event || event->ts_ms > matches->until_ms)
			matches->until_ms = event->ts_ms;
		has_event = true;
	}
	matches->is_unknown_run = matches->is_run && !has_event;
}

static void
note_first(struct matches *matches, int64_t ts_ms)
{
	if (!matches->has_first || ts_ms < matches->first_ms)
		matches->first_ms = ts_ms;
	matches->has_first = true;
}

static void
note_newest(struct matches *matches, int64_t ts_ms)
{
	if (ts_ms > matches->until_ms)
		return;
	if (!matches->has_newest || ts_ms > matches->newest_ms)
		matches->newest_ms = ts_ms;
	matches->has_newest = true;
}

/* Of what has left, the times of the first and of the last row are known. */
static void
note_departure(struct matches *matches, const struct departure *departure)
{
	note_first(matches, departure->first_ms);
	note_newest(matches, departure->first_ms);
	note_newest(matches, departure->last_ms);
}

static void
note_times(struct matches *matches, const struct when *when)
{
	const struct slo *slo = matches->slo;
	const struct scene *scene = matches->scene;

	for (size_t i = 0; i < scene->count; i++) {
		const struct event *event = scene->events[i];

		if (!is_of_run(event, when) || (event->type != slo->event &&
		    (slo->form != FORM_COUNT || event->type != slo->presence)))
			continue;
		note_first(matches, event->ts_ms);
		note_newest(matches, event->ts_ms);
	}
	for (size_t i = 0; !matches->is_run && i < scene->departure_count; i++)
		if (scene->departures[i].type == slo->event)
			note_departure(matches, &scene->departures[i]);
}

static enum state
state_of(const struct slo *slo, const struct event *event)
{
	if (slo->exclude != NULL && value_is_true(slo->exclude, event))
		return STATE_EXCLUDED;
	if (value_is_true(slo->condition, event))
		return slo->is_bad ? STATE_BAD : STATE_GOOD;
	if (value_is_false(slo->condition, event))
		return slo->is_bad ? STATE_GOOD : STATE_BAD;
	return STATE_UNKNOWN;
}

/* Both types of an SLO with presence have the columns of its groups, by name. */
static int
column_of(enum type type, const char *name)
{
	for (int i = 0; i < types[type].column_count; i++)
		if (strcmp(types[type].columns[i].name, name) == 0)
			return i;
	abort();
}

static void
add_match(struct matches *matches, const struct event *event, enum state state)
{
	const struct slo *slo = matches->slo;
	struct match *match;

	MEMORY_GROW(matches->items, matches->count);
	match = &matches->items[matches->count++];
	*match = (struct match){ .ts_ms = event->ts_ms, .state = state, .group_no = -1 };
	for (int i = 0; i < slo->group_count; i++)
		match->group[i] = event->columns[column_of(event->type,
		    types[slo->event].columns[slo->group[i]].name)];
}

static int
by_time(const void *left, const void *right)
{
	const struct match *one = left, *other = right;

	return one->ts_ms < other->ts_ms ? -1 : one->ts_ms > other->ts_ms;
}

/* NULL comes before all values. */
static int
compare_groups(const struct value *left, const struct value *right, int count)
{
	for (int i = 0; i < count; i++) {
		int order = (int)(left[i].kind != VALUE_NULL) -
		    (int)(right[i].kind != VALUE_NULL);

		if (order == 0 && left[i].kind != VALUE_NULL)
			order = value_compare(&left[i], &right[i]);
		if (order != 0)
			return order;
	}
	return 0;
}

static bool
is_in_window(const struct matches *matches, const struct match *match)
{
	return match->ts_ms >= matches->from_ms && match->ts_ms <= matches->until_ms;
}

static int
find_group(const struct matches *matches, const struct match *match)
{
	for (size_t i = 0; i < matches->group_count; i++)
		if (compare_groups(matches->groups[i].values, match->group,
		    matches->slo->group_count) == 0)
			return (int)i;
	return -1;
}

/* Whether a group comes before another in the choice of those that are kept. */
static bool
is_before(const struct matches *matches, const struct group *one,
    const struct group *other)
{
	if (one->event_count != other->event_count)
		return one->event_count > other->event_count;
	return compare_groups(one->values, other->values, matches->slo->group_count) < 0;
}

static void
sort_groups(struct matches *matches)
{
	for (size_t i = 1; i < matches->group_count; i++)
		for (size_t k = i; k > 0 && is_before(matches, &matches->groups[k],
		    &matches->groups[k - 1]); k--) {
			struct group swapped = matches->groups[k];

			matches->groups[k] = matches->groups[k - 1];
			matches->groups[k - 1] = swapped;
		}
}

static void
make_groups(struct matches *matches)
{
	size_t most = matches->slo->max_groups > 0 ? (size_t)matches->slo->max_groups
	    : DEFAULT_GROUPS;

	for (size_t i = 0; i < matches->count; i++) {
		struct match *match = &matches->items[i];
		int no = find_group(matches, match);

		if (!is_in_window(matches, match))
			continue;
		if (no < 0) {
			MEMORY_GROW(matches->groups, matches->group_count);
			no = (int)matches->group_count++;
			matches->groups[no] = (struct group){ .event_count = 0 };
			memcpy(matches->groups[no].values, match->group,
			    sizeof(match->group));
		}
		matches->groups[no].event_count++;
	}
	sort_groups(matches);
	for (size_t i = 0; i < matches->count; i++)
		matches->items[i].group_no = find_group(matches, &matches->items[i]);
	if (matches->group_count <= most)
		return;
	matches->group_count = most + 1;
	matches->groups[most].is_other = true;
	for (size_t i = 0; i < matches->count; i++)
		if (matches->items[i].group_no > (int)most)
			matches->items[i].group_no = (int)most;
}

void
matches_read(struct matches *matches, const struct slo *slo, const struct scene *scene,
    const struct when *when)
{
	*matches = (struct matches){ .slo = slo, .scene = scene,
		.is_run = when->run_id != NULL };
	set_window(matches, when);
	note_times(matches, when);
	for (size_t i = 0; i < scene->count; i++) {
		const struct event *event = scene->events[i];

		if (!is_of_run(event, when))
			continue;
		if (event->type == slo->event && value_is_true(slo->where, event))
			add_match(matches, event, slo->form == FORM_COUNT ? STATE_GOOD
			    : state_of(slo, event));
		if (slo->form == FORM_COUNT && event->type == slo->presence &&
		    value_is_true(slo->presence_where, event))
			add_match(matches, event, STATE_PRESENCE);
	}
	if (matches->count > 0)
		qsort(matches->items, matches->count, sizeof(*matches->items), by_time);
	if (slo->group_count > 0)
		make_groups(matches);
}

void
matches_release(struct matches *matches)
{
	free(matches->items);
	free(matches->groups);
}
