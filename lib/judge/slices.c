/* SPDX-License-Identifier: ISC */
#include "judge/slices.h"
#include "base/mem.h"
#include "judge/slice_cells.h"
#include "slo/slice.h"

#include <stdlib.h>
#include <string.h>

/* What becomes of a slice. */
struct outcome {
	enum slo_slice_state state;
	bool is_empty, is_archived;
};

struct slicing {
	struct judge_tallies *tallies;
	const struct judge_counting *counting;
	int64_t age_from_ms[SLO_AGE_COUNT];
	struct slice_cells cells;
	struct outcome *empty; /* by slice: of a line that has no events in it */
	int64_t *newest_ms;    /* by line: of matching events before the next slice */
};

/* Returns the begin of slice i of those that were read. */
static int64_t
from_of(const struct slicing *slicing, size_t i)
{
	return (slicing->cells.first + (int64_t)i) * slicing->cells.slice_ms;
}

/* Whether events that are not counted may lie where they decide about the slice. */
static bool
is_archived(const struct slicing *slicing, int64_t from_ms, int64_t until_ms)
{
	const struct judge_counting *counting = slicing->counting;
	struct slo_window window = { from_ms, until_ms - 1 };
	struct slo_counts counts = { 0 };

	if (counting->query->counts_age)
		window.from_ms = until_ms - counting->query->limit;
	judge_counting_archived(counting, counting->matching, &counting->query->event,
	    &window, &counts);
	if (counting->query->counts_events)
		judge_counting_archived(counting, counting->presence,
		    &counting->query->presence, &window, &counts);
	return counts.archived > 0 || counting->lost > 0;
}

static void
add_to_counts(struct slo_counts *counts, const struct outcome *outcome, int64_t times)
{
	switch (outcome->state) {
	case SLO_SLICE_ABSENT:
		return;
	case SLO_SLICE_GOOD:
		counts->good += times;
		break;
	case SLO_SLICE_BAD:
		counts->bad += times;
		break;
	case SLO_SLICE_UNKNOWN:
		counts->unknown += times;
		counts->archived += outcome->is_archived ? times : 0;
		break;
	case SLO_SLICE_EXCLUDED:
		counts->excluded += times;
		break;
	}
	counts->empty += outcome->is_empty ? times : 0;
}

/* Adds an outcome of slice i so many times. */
static void
add_outcome(const struct slicing *slicing, struct slo_tally *tally, size_t i,
    const struct outcome *outcome, int64_t times)
{
	int64_t from_ms = from_of(slicing, i);

	add_to_counts(&tally->window, outcome, times);
	/* The longest age begins first. */
	for (int age = SLO_AGE_COUNT - 1; age >= 0 &&
	    from_ms >= slicing->age_from_ms[age]; age--)
		add_to_counts(&tally->ages[age], outcome, times);
}

/* Judges slice i of a line with these events. */
static struct outcome
judge_slice(const struct slicing *slicing, size_t i, const struct count_cell *cell,
    int64_t present, int64_t newest_ms)
{
	const struct judge_tallies *tallies = slicing->tallies;
	struct outcome outcome = { .is_archived = slicing->empty[i].is_archived };
	int64_t from_ms = from_of(slicing, i);
	int64_t until_ms = from_ms + slicing->cells.slice_ms;
	const struct slo_slice slice = {
		.good = cell->good, .bad = cell->bad, .unknown = cell->unknown,
		.excluded = cell->excluded, .present = present,
		.until_ms = until_ms, .newest_ms = newest_ms,
		.is_before_first = until_ms <= tallies->first_ms,
		.is_after_newest = from_ms > tallies->newest_ms,
		.is_archived = outcome.is_archived,
	};

	outcome.state = slo_slice_state(slicing->counting->query, &slice,
	    &outcome.is_empty);
	return outcome;
}

static void
add_slice_counts(struct slo_counts *sum, const struct slo_counts *counts)
{
	sum->good += counts->good;
	sum->bad += counts->bad;
	sum->unknown += counts->unknown;
	sum->excluded += counts->excluded;
	sum->archived += counts->archived;
	sum->empty += counts->empty;
}

/* Adds the slices of a line without events, which are the same for all lines. */
static void
add_empty(struct slicing *slicing)
{
	static const struct count_cell nothing;
	struct judge_tallies *tallies = slicing->tallies;
	struct slo_tally sum = { 0 };

	for (size_t i = 0; i < (size_t)slicing->cells.count; i++) {
		slicing->empty[i] = judge_slice(slicing, i, &nothing, 0, -1);
		add_outcome(slicing, &sum, i, &slicing->empty[i], 1);
	}
	for (size_t line = 0; line < tallies->groups.count; line++) {
		add_slice_counts(&tallies->items[line].window, &sum.window);
		for (int age = 0; age < SLO_AGE_COUNT; age++)
			add_slice_counts(&tallies->items[line].ages[age], &sum.ages[age]);
	}
}

/* Judges the slices that have events, in place of empty ones. */
static void
judge_touched(struct slicing *slicing)
{
	const struct slice_cells *cells = &slicing->cells;

	for (size_t k = 0; k < cells->touched_count; k++) {
		size_t at = cells->touched[k], i = at % cells->chunk;
		struct slo_tally *tally = &slicing->tallies->items[at / cells->chunk];
		struct outcome outcome = judge_slice(slicing, i, &cells->matching[at],
		    cells->presence != NULL ? count_cell_total(&cells->presence[at]) : 0,
		    -1);

		add_outcome(slicing, tally, i, &slicing->empty[i], -1);
		add_outcome(slicing, tally, i, &outcome, 1);
	}
}

/* Judges all slices by the age of the newest event at their end, which each line has from
 * the slices before. */
static void
judge_ages(struct slicing *slicing)
{
	const struct slice_cells *cells = &slicing->cells;
	struct judge_tallies *tallies = slicing->tallies;

	for (size_t line = 0; line < tallies->groups.count; line++)
		for (size_t i = 0; i < (size_t)cells->count; i++) {
			const struct count_cell *cell =
			    &cells->matching[line * cells->chunk + i];
			int64_t *newest_ms = &slicing->newest_ms[line];
			struct outcome outcome;

			if (count_cell_total(cell) > 0 && cell->newest_ms > *newest_ms)
				*newest_ms = cell->newest_ms;
			outcome = judge_slice(slicing, i, cell, 0, *newest_ms);
			add_outcome(slicing, &tallies->items[line], i, &outcome, 1);
		}
}

/* Judges the slices that were read. */
static void
judge_read(struct slicing *slicing)
{
	for (size_t i = 0; i < (size_t)slicing->cells.count; i++) {
		int64_t from_ms = from_of(slicing, i);

		slicing->empty[i].is_archived = is_archived(slicing, from_ms,
		    from_ms + slicing->cells.slice_ms);
	}
	if (slicing->counting->query->counts_age) {
		judge_ages(slicing);
	} else {
		add_empty(slicing);
		judge_touched(slicing);
	}
}

/* Finds the newest matching event of each line before the first slice. */
static int
find_newest(struct slicing *slicing, int64_t first_ms, struct err *err)
{
	const struct judge_counting *counting = slicing->counting;
	struct count_sums sums = { NULL, 0, { NULL, 0, 0 } };
	int result = 0;

	for (size_t i = 0; i < slicing->tallies->groups.count; i++)
		slicing->newest_ms[i] = -1;
	if (!counting->query->counts_age || first_ms == 0)
		return 0;
	result = count_sum(counting->count, counting->matching, &(struct count_windows){
	    .count = 1, .until_ms = first_ms - 1 }, &sums, err);
	for (size_t i = 0; i < sums.count && result == 0; i++) {
		size_t line = number_map_find(&slicing->tallies->groups.lines,
		    sums.items[i].group_no);

		if (line != NUMBER_MAP_NONE && sums.items[i].cells[0].newest_ms >
		    slicing->newest_ms[line])
			slicing->newest_ms[line] = sums.items[i].cells[0].newest_ms;
	}
	count_sums_release(&sums);
	return result;
}

/* Sets the numbers of the first slice and of the one after the last. */
static void
find_slices(const struct judge_counting *counting, int64_t *first, int64_t *end)
{
	int64_t slice_ms = counting->query->slice_ms;
	int64_t from_ms = counting->window.from_ms, until_ms = counting->window.until_ms;

	if (from_ms < 0)
		from_ms = 0;
	if (counting->is_run) {
		*first = from_ms / slice_ms;
		*end = until_ms / slice_ms + 1;
		return;
	}
	*first = (from_ms + slice_ms - 1) / slice_ms;
	*end = until_ms / slice_ms;
}

/* Passes over slices before the first event of the type, which are not counted; what has
 * left for an archive may have been earlier. */
static int64_t
skip_absent(const struct judge_tallies *tallies, const struct judge_counting *counting,
    int64_t first, int64_t end)
{
	const struct slo_query *query = counting->query;
	int64_t of_type;

	if (query->counts_age || query->counts_events ||
	    count_departures(counting->count)->count > 0)
		return first;
	if (tallies->first_ms > counting->window.until_ms)
		return end;
	of_type = tallies->first_ms / query->slice_ms;
	return of_type > first ? of_type : first;
}

static void
clear_counts(struct judge_tallies *tallies)
{
	for (size_t i = 0; i < tallies->groups.count; i++) {
		memset(&tallies->items[i].window, 0, sizeof(tallies->items[i].window));
		memset(tallies->items[i].ages, 0, sizeof(tallies->items[i].ages));
	}
}

int
judge_slices(struct judge_tallies *tallies, const struct judge_counting *counting,
    struct err *err)
{
	struct slicing slicing = { .tallies = tallies, .counting = counting };
	int64_t first, end, chunk, until;
	int result;

	for (int age = 0; age < SLO_AGE_COUNT; age++)
		slicing.age_from_ms[age] = slo_age_window(age,
		    counting->window.until_ms).from_ms;
	slice_cells_open(&slicing.cells, counting, &tallies->groups);
	chunk = (int64_t)slicing.cells.chunk;
	slicing.empty = mem_new(slicing.cells.chunk, sizeof(*slicing.empty));
	slicing.newest_ms = mem_new(tallies->groups.count, sizeof(*slicing.newest_ms));
	clear_counts(tallies);
	find_slices(counting, &first, &end);
	first = skip_absent(tallies, counting, first, end);
	result = find_newest(&slicing, first * counting->query->slice_ms, err);
	for (int64_t i = first; i < end && result == 0; i = until) {
		until = (i / chunk + 1) * chunk;
		if (until > end)
			until = end;
		result = slice_cells_read(&slicing.cells, counting, i, until - i, err);
		if (result == 0)
			judge_read(&slicing);
	}
	slice_cells_close(&slicing.cells);
	free(slicing.empty);
	free(slicing.newest_ms);
	return result;
}
