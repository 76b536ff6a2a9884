/* SPDX-License-Identifier: ISC */
#include "tests/property/tally.h"
#include "tests/property/value.h"

static void
add_state(struct counts *counts, enum state state)
{
	counts->good += state == STATE_GOOD;
	counts->bad += state == STATE_BAD;
	counts->unknown += state == STATE_UNKNOWN;
	counts->excluded += state == STATE_EXCLUDED;
}

static bool
is_of_group(const struct match *match, int group_no)
{
	return group_no == TALLY_ALL || match->group_no == group_no;
}

static void
count_events(struct counts *counts, const struct matches *matches, int group_no,
    int64_t from_ms, int64_t until_ms)
{
	int64_t bad_minute = -1;

	for (size_t i = 0; i < matches->count; i++) {
		const struct match *match = &matches->items[i];

		if (match->ts_ms < from_ms || match->ts_ms > until_ms ||
		    !is_of_group(match, group_no))
			continue;
		add_state(counts, match->state);
		if (match->state != STATE_BAD || match->ts_ms / MINUTE_MS == bad_minute)
			continue;
		bad_minute = match->ts_ms / MINUTE_MS;
		counts->bad_minutes++;
	}
	for (size_t i = 0; i < matches->scene->departure_count; i++) {
		const struct departure *departure = &matches->scene->departures[i];

		if (departure->type != matches->slo->event ||
		    departure->last_ms < from_ms || departure->first_ms > until_ms)
			continue;
		counts->unknown += departure->rows;
		counts->archived += departure->rows;
	}
}

/* Whether rows between two times are in an archive that is not at hand. */
static bool
is_archived(const struct matches *matches, int64_t from_ms, int64_t until_ms)
{
	const struct slo *slo = matches->slo;

	for (size_t i = 0; i < matches->scene->departure_count; i++) {
		const struct departure *departure = &matches->scene->departures[i];

		if ((departure->type == slo->event || (slo->form == FORM_COUNT &&
		    departure->type == slo->presence)) &&
		    departure->last_ms >= from_ms && departure->first_ms <= until_ms)
			return true;
	}
	return false;
}

static bool
is_within_limit(const struct objective *objective, int64_t count)
{
	struct value number = value_number(count, 1);
	int order = value_compare(&number, &objective->limit);

	switch (objective->compare) {
	case AT_MOST:
		return order <= 0;
	case LESS:
		return order < 0;
	case AT_LEAST:
		return order >= 0;
	default:
		return order > 0;
	}
}

int64_t
tally_unit(const struct decimal_text *decimal)
{
	int64_t unit = 1;

	for (int i = 0; i < decimal->scale; i++)
		unit *= 10;
	return unit;
}

bool
tally_reaches(int64_t good, int64_t all, const struct decimal_text *target)
{
	return good * tally_unit(target) >= target->units * all;
}

/* A slice of events, unless it is empty. */
static void
add_slice(struct counts *counts, const struct counts *events, int64_t presence,
    const struct slo *slo, const struct objective *objective)
{
	int64_t all = events->good + events->bad + events->unknown;

	if (slo->form == FORM_COUNT) {
		if (presence > 0)
			add_state(counts, is_within_limit(objective, events->good)
			    ? STATE_GOOD : STATE_BAD);
	} else if (all == 0)
		add_state(counts, STATE_EXCLUDED);
	else if (tally_reaches(events->good, all, &objective->slice_target))
		add_state(counts, STATE_GOOD);
	else if (!tally_reaches(events->good + events->unknown, all, &objective->slice_target))
		add_state(counts, STATE_BAD);
	else
		add_state(counts, STATE_UNKNOWN);
}

static void
add_empty(struct counts *counts, const struct matches *matches, int64_t slice)
{
	const struct slo *slo = matches->slo;
	enum state state = STATE_GOOD;

	if (slo->form == FORM_COUNT || !matches->has_first ||
	    slice < matches->first_ms / slo->slice_ms)
		return;
	if (!matches->has_newest || slice > matches->newest_ms / slo->slice_ms) {
		counts->unknown++;
		return;
	}
	if (slo->has_empty && slo->empty == EMPTY_BAD)
		state = STATE_BAD;
	if (slo->has_empty && slo->empty == EMPTY_EXCLUDE)
		state = STATE_EXCLUDED;
	add_state(counts, state);
	counts->empty++;
}

static void
count_slices(struct counts *counts, const struct matches *matches, int group_no,
    const struct objective *objective, int64_t from_ms, int64_t until_ms)
{
	int64_t slice_ms = matches->slo->slice_ms;
	int64_t slice = matches_divide(from_ms + slice_ms - 1, slice_ms);
	int64_t end = until_ms / slice_ms;
	size_t i = 0;

	/* A run is over, and all of it is judged. */
	if (matches->is_run) {
		slice = from_ms / slice_ms;
		end = until_ms / slice_ms + 1;
	}
	for (; slice < end; slice++) {
		int64_t begin_ms = slice * slice_ms, end_ms = begin_ms + slice_ms;
		struct counts events = { 0 };
		int64_t seen = 0, presence = 0;

		while (i < matches->count && matches->items[i].ts_ms < begin_ms)
			i++;
		for (; i < matches->count && matches->items[i].ts_ms < end_ms; i++) {
			if (!is_of_group(&matches->items[i], group_no))
				continue;
			add_state(&events, matches->items[i].state);
			presence += matches->items[i].state == STATE_PRESENCE;
			seen++;
		}
		if (is_archived(matches, begin_ms, end_ms - 1)) {
			counts->unknown++;
			counts->archived++;
		} else if (seen > 0)
			add_slice(counts, &events, presence, matches->slo, objective);
		else
			add_empty(counts, matches, slice);
	}
}

void
tally_window(struct counts *counts, const struct matches *matches, int group_no,
    const struct objective *objective, int64_t from_ms, int64_t until_ms)
{
	*counts = (struct counts){ 0 };
	if (matches->slo->slice_ms > 0)
		count_slices(counts, matches, group_no, objective, from_ms, until_ms);
	else
		count_events(counts, matches, group_no, from_ms, until_ms);
}
