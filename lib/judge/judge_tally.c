/* SPDX-License-Identifier: ISC */
#include "judge/judge_tally.h"
#include "base/mem.h"
#include "judge/other.h"
#include "judge/slices.h"

#include <stdlib.h>
#include <string.h>

struct times {
	const struct judge_groups *groups; /* NULL: of all groups */
	struct slo_tally *tallies;
	int64_t first_ms, newest_ms, event_count;
};

/* Windows of counts cannot begin before the epoch. */
static int64_t
not_negative(int64_t ms)
{
	return ms > 0 ? ms : 0;
}

/* The windows of a line: its own, then those of the ages that lie within it, the longest
 * first. */
static struct count_windows
windows_of(const struct judge_counting *counting)
{
	struct count_windows windows = { .until_ms = counting->window.until_ms };
	int64_t last = not_negative(counting->window.from_ms - counting->window.from_ms %
	    COUNT_MINUTE_MS);

	windows.from_ms[windows.count++] = last;
	for (int age = SLO_AGE_COUNT - 1; age >= 0; age--) {
		int64_t from_ms = not_negative(slo_age_window(age,
		    windows.until_ms).from_ms);

		windows.from_ms[windows.count++] = from_ms > last ? from_ms : last;
		last = windows.from_ms[windows.count - 1];
	}
	return windows;
}

static void
add_sum_counts(struct slo_counts *counts, const struct count_cell *cell, int64_t archived)
{
	counts->good += cell->good;
	counts->bad += cell->bad;
	counts->unknown += cell->unknown;
	counts->excluded += cell->excluded;
	counts->bad_minutes += cell->bad_minutes;
	counts->archived += archived;
}

/* Makes the times of a line cover the events of a window. */
static void
add_cell_times(struct slo_tally *tally, const struct count_cell *all)
{
	if (count_cell_total(all) == 0)
		return;
	if (!tally->has_events || all->first_ms < tally->first_ms)
		tally->first_ms = all->first_ms;
	if (!tally->has_events || all->newest_ms > tally->last_ms)
		tally->last_ms = all->newest_ms;
	tally->has_events = true;
	if (all->newest_ms > tally->newest_ms)
		tally->newest_ms = all->newest_ms;
}

/* Adds the sums of a group to its line. */
static void
add_sums(struct slo_tally *tally, const struct count_group_sums *sums)
{
	add_sum_counts(&tally->window, &sums->cells[0], sums->archived);
	for (int age = 0; age < SLO_AGE_COUNT; age++)
		add_sum_counts(&tally->ages[age], &sums->cells[SLO_AGE_COUNT - age],
		    sums->archived);
	add_cell_times(tally, &sums->cells[0]);
}

static int
visit_total(void *context, const struct count_visit *visit, struct err *err)
{
	struct times *times = context;

	(void)err;
	if (visit->cell.first_ms < times->first_ms)
		times->first_ms = visit->cell.first_ms;
	if (visit->cell.newest_ms > times->newest_ms)
		times->newest_ms = visit->cell.newest_ms;
	times->event_count += count_cell_total(&visit->cell);
	return 0;
}

/* What left for an archive has times too. Of a departure that goes on after the window its
 * first event is known. */
static void
add_departures(struct judge_tallies *tallies, const struct judge_counting *counting)
{
	const struct departures *departures = count_departures(counting->count);
	int64_t until_ms = counting->window.until_ms;

	for (size_t i = 0; i < departures->count; i++) {
		const struct departure *departure = &departures->items[i];
		int64_t newest_ms = departure->until_ms - 1;

		if (!judge_counting_touches(&counting->query->event, departure, NULL) ||
		    departure->from_ms > until_ms)
			continue;
		if (newest_ms > until_ms)
			newest_ms = departure->from_ms;
		if (departure->from_ms < tallies->first_ms)
			tallies->first_ms = departure->from_ms;
		if (newest_ms > tallies->newest_ms)
			tallies->newest_ms = newest_ms;
	}
}

/* Sums all events of the type up to the end of the window. */
static int
find_upto(struct judge_tallies *tallies, const struct judge_counting *counting,
    struct err *err)
{
	const struct count_windows upto = { .count = 1,
		.until_ms = counting->window.until_ms };
	struct count_sums sums;
	int result = count_sum(counting->count, counting->type, &upto, &sums, err);

	tallies->newest_ms = -1;
	for (size_t i = 0; i < sums.count && result == 0; i++) {
		tallies->newest_ms = sums.items[i].cells[0].newest_ms;
		tallies->later_count -= count_cell_total(&sums.items[i].cells[0]);
	}
	count_sums_release(&sums);
	return result;
}

/* Sets the first event of the type, and the newest up to the end of the window. */
static int
find_times(struct judge_tallies *tallies, const struct judge_counting *counting,
    struct err *err)
{
	struct times times = { .first_ms = INT64_MAX, .newest_ms = -1 };

	if (count_read_totals(counting->count, counting->type, visit_total, &times,
	    err) < 0)
		return -1;
	tallies->first_ms = times.first_ms;
	tallies->newest_ms = times.newest_ms;
	if (times.newest_ms > counting->window.until_ms) {
		tallies->later_count = times.event_count;
		if (find_upto(tallies, counting, err) < 0)
			return -1;
	}
	add_departures(tallies, counting);
	if (!counting->query->counts_events)
		return 0;
	/* What shows that slices exist shows that there was something to count. */
	if (count_read_totals(counting->count, counting->presence_type, visit_total,
	    &times, err) < 0)
		return -1;
	if (times.first_ms < tallies->first_ms)
		tallies->first_ms = times.first_ms;
	return 0;
}

/* The groups of all time, for the age of the newest event. */
struct candidates {
	struct judge_candidate *items;
	size_t count;
};

static void
add_candidate(struct candidates *candidates, int64_t group_no, int64_t event_count)
{
	if ((candidates->count & (candidates->count - 1)) == 0)
		candidates->items = mem_resize(candidates->items,
		    candidates->count == 0 ? 1 : 2 * candidates->count,
		    sizeof(*candidates->items));
	candidates->items[candidates->count++] = (struct judge_candidate){
		group_no, event_count };
}

static int
visit_candidate(void *context, const struct count_visit *visit, struct err *err)
{
	(void)err;
	add_candidate(context, visit->group_no, count_cell_total(&visit->cell));
	return 0;
}

/* Finds the groups that have a line. */
static int
find_groups(struct judge_groups *out, const struct judge_counting *counting,
    const struct count_sums *sums, const struct count_sums *presence, struct err *err)
{
	struct candidates candidates = { NULL, 0 };
	int result = 0;

	if (counting->query->counts_age)
		result = count_read_totals(counting->count, counting->matching,
		    visit_candidate, &candidates, err);
	else
		for (size_t i = 0; i < sums->count; i++)
			add_candidate(&candidates, sums->items[i].group_no,
			    count_cell_total(&sums->items[i].cells[0]));
	for (size_t i = 0; i < presence->count; i++)
		if (count_sums_find(sums, presence->items[i].group_no) == NULL)
			add_candidate(&candidates, presence->items[i].group_no, 0);
	if (result == 0)
		result = judge_groups_make(out, counting->count, counting->query,
		    candidates.items, candidates.count, err);
	free(candidates.items);
	return result;
}

/* Returns the line of a group, or NUMBER_MAP_NONE; without any group in the window there is
 * one line, of all that lie outside of it. */
static size_t
line_of(const struct judge_groups *groups, int64_t group_no)
{
	return groups->items[0].has_group ? number_map_find(&groups->lines, group_no) : 0;
}

/* Sets the first event of each group, and its newest where the window has none. */
static int
visit_group_times(void *context, const struct count_visit *visit, struct err *err)
{
	struct times *times = context;
	size_t line = line_of(times->groups, visit->group_no);
	struct slo_tally *tally;

	(void)err;
	if (line == NUMBER_MAP_NONE)
		return 0;
	tally = &times->tallies[line];
	if (visit->cell.first_ms < tally->begin_ms)
		tally->begin_ms = visit->cell.first_ms;
	if (visit->cell.newest_ms <= times->newest_ms &&
	    visit->cell.newest_ms > tally->newest_ms)
		tally->newest_ms = visit->cell.newest_ms;
	return 0;
}

/* Groups that had their newest event before the window, and others after its end. */
static int
find_older(struct judge_tallies *tallies, const struct judge_counting *counting,
    size_t which, struct err *err)
{
	struct count_sums sums;
	int result = count_sum(counting->count, which,
	    &(struct count_windows){ .count = 1, .until_ms = counting->window.until_ms },
	    &sums, err);

	for (size_t i = 0; i < sums.count && result == 0; i++) {
		size_t line = line_of(&tallies->groups, sums.items[i].group_no);

		if (line != NUMBER_MAP_NONE &&
		    sums.items[i].cells[0].newest_ms > tallies->items[line].newest_ms)
			tallies->items[line].newest_ms =
			    sums.items[i].cells[0].newest_ms;
	}
	count_sums_release(&sums);
	return result;
}

/* The events that show that slices exist are as good a sign of life. */
static int
add_times(struct judge_tallies *tallies, const struct judge_counting *counting,
    struct err *err)
{
	struct times times = { .groups = &tallies->groups, .tallies = tallies->items,
		.newest_ms = counting->window.until_ms };
	bool has_presence = counting->query->counts_events, is_complete = true;

	if (count_read_totals(counting->count, counting->matching, visit_group_times,
	    &times, err) < 0 || (has_presence && count_read_totals(counting->count,
	    counting->presence, visit_group_times, &times, err) < 0))
		return -1;
	for (size_t i = 0; i < tallies->groups.count; i++) {
		is_complete = is_complete && (tallies->items[i].newest_ms >= 0 ||
		    tallies->items[i].begin_ms > counting->window.until_ms);
		if (counting->query->group_count == 0)
			tallies->items[i].begin_ms = tallies->first_ms;
	}
	if (is_complete)
		return 0;
	if (find_older(tallies, counting, counting->matching, err) < 0)
		return -1;
	return has_presence ? find_older(tallies, counting, counting->presence, err) : 0;
}

/* Adds what is not counted to the windows of each line. */
static void
add_archived(struct judge_tallies *tallies, const struct judge_counting *counting)
{
	const struct slo_events *events = &counting->query->event;

	for (size_t i = 0; i < tallies->groups.count; i++) {
		struct slo_tally *tally = &tallies->items[i];

		tally->window.unknown += counting->lost;
		tally->window.archived += counting->lost;
		judge_counting_archived(counting, counting->matching, events,
		    &counting->window, &tally->window);
		for (int age = 0; age < SLO_AGE_COUNT; age++) {
			struct slo_window window = slo_age_window(age,
			    counting->window.until_ms);

			judge_counting_archived(counting, counting->matching, events,
			    &window, &tally->ages[age]);
		}
	}
}

static int
tally_sums(struct judge_tallies *out, const struct judge_counting *counting,
    const struct count_windows *windows, const struct count_sums *sums,
    const struct count_sums *presence, struct err *err)
{
	out->items = mem_new(out->groups.count, sizeof(*out->items));
	for (size_t i = 0; i < out->groups.count; i++) {
		out->items[i].begin_ms = INT64_MAX;
		out->items[i].newest_ms = -1;
	}
	for (size_t i = 0; i < sums->count; i++)
		add_sums(&out->items[number_map_find(&out->groups.lines,
		    sums->items[i].group_no)], &sums->items[i]);
	for (size_t i = 0; i < presence->count; i++)
		add_cell_times(&out->items[number_map_find(&out->groups.lines,
		    presence->items[i].group_no)], &presence->items[i].cells[0]);
	if (out->groups.items[out->groups.count - 1].is_other &&
	    judge_other_minutes(out, counting, windows, sums, err) < 0)
		return -1;
	if (find_times(out, counting, err) < 0 || add_times(out, counting, err) < 0)
		return -1;
	if (counting->query->slice_ms > 0)
		return judge_slices(out, counting, err);
	add_archived(out, counting);
	return 0;
}

int
judge_tally(struct judge_tallies *out, const struct judge_counting *counting,
    struct err *err)
{
	struct count_windows windows = windows_of(counting);
	struct count_sums sums = { NULL, 0, { NULL, 0, 0 } };
	struct count_sums presence = { NULL, 0, { NULL, 0, 0 } };
	int result;

	memset(out, 0, sizeof(*out));
	result = count_sum(counting->count, counting->matching, &windows, &sums, err);
	if (result == 0 && counting->query->counts_events)
		result = count_sum(counting->count, counting->presence, &windows,
		    &presence, err);
	if (result == 0)
		result = find_groups(&out->groups, counting, &sums, &presence, err);
	if (result == 0)
		result = tally_sums(out, counting, &windows, &sums, &presence, err);
	count_sums_release(&sums);
	count_sums_release(&presence);
	return result;
}

void
judge_tallies_release(struct judge_tallies *tallies)
{
	judge_groups_release(&tallies->groups);
	free(tallies->items);
	tallies->items = NULL;
}
