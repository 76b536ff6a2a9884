/* SPDX-License-Identifier: ISC */
#include "judge/slices.h"
#include "base/mem.h"
#include "slo/slice.h"

#include <stdlib.h>
#include <string.h>

/* Slices that are counted at a time, which bounds the memory. */
#define CHUNK 1024

struct slicing {
	struct judge_tallies *tallies;
	const struct judge_counting *counting;
	int64_t slice_ms;
	int64_t first, count;      /* numbers of the slices of the chunk, since the epoch */
	struct count_cell *cells;  /* by line and slice: matching events */
	struct count_cell *presence; /* the same of those that show that slices exist */
	struct count_cell *target; /* which of both is being read */
	int64_t *newest_ms;        /* by line: of matching events before the next slice */
};

/* Adds a cell that lies in one slice. */
static void
add_cell(struct slicing *slicing, int64_t group_no, int64_t from_ms,
    const struct count_cell *cell)
{
	size_t line = number_map_find(&slicing->tallies->groups.lines, group_no);
	int64_t i = from_ms / slicing->slice_ms - slicing->first;

	if (line != NUMBER_MAP_NONE && i >= 0 && i < slicing->count)
		count_cell_add(&slicing->target[line * CHUNK + (size_t)i], cell);
}

static int
visit_day(void *context, const struct count_visit *visit, struct err *err)
{
	struct slicing *slicing = context;
	struct count_row day;

	if (slicing->slice_ms % COUNT_DAY_MS == 0) {
		add_cell(slicing, visit->group_no, visit->from_ms, &visit->cell);
		return 0;
	}
	count_row_init_day(&day, visit->from_ms);
	if (count_row_read(&day, visit->bytes, visit->len, err) < 0)
		return -1;
	for (int i = 0; i < COUNT_HOURS; i++)
		if (count_cell_total(&day.cells[i]) > 0)
			add_cell(slicing, visit->group_no,
			    visit->from_ms + i * COUNT_HOUR_MS, &day.cells[i]);
	return 0;
}

static int
visit_hour(void *context, const struct count_visit *visit, struct err *err)
{
	struct slicing *slicing = context;
	struct count_row hour;

	count_row_init_hour(&hour, visit->from_ms);
	if (count_row_read(&hour, visit->bytes, visit->len, err) < 0)
		return -1;
	for (int i = 0; i < COUNT_MINUTES; i++)
		if (count_cell_total(&hour.cells[i]) > 0)
			add_cell(slicing, visit->group_no,
			    visit->from_ms + i * COUNT_MINUTE_MS, &hour.cells[i]);
	return 0;
}

/* Reads the chunk of a definition into target. */
static int
read_chunk(struct slicing *slicing, size_t which, struct count_cell *target,
    struct err *err)
{
	int64_t from_ms = slicing->first * slicing->slice_ms;
	int64_t last_ms = from_ms + slicing->count * slicing->slice_ms - 1;

	memset(target, 0, slicing->tallies->groups.count * CHUNK * sizeof(*target));
	slicing->target = target;
	if (slicing->slice_ms % COUNT_HOUR_MS != 0)
		return count_read_hours(slicing->counting->count, which,
		    from_ms - from_ms % COUNT_HOUR_MS, last_ms, visit_hour, slicing, err);
	return count_read_days(slicing->counting->count, which,
	    from_ms - from_ms % COUNT_DAY_MS, last_ms, visit_day, slicing, err);
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
add_state(struct slo_counts *counts, enum slo_slice_state state, bool is_empty,
    bool is_archived)
{
	switch (state) {
	case SLO_SLICE_ABSENT:
		return;
	case SLO_SLICE_GOOD:
		counts->good++;
		break;
	case SLO_SLICE_BAD:
		counts->bad++;
		break;
	case SLO_SLICE_UNKNOWN:
		counts->unknown++;
		counts->archived += is_archived;
		break;
	case SLO_SLICE_EXCLUDED:
		counts->excluded++;
		break;
	}
	counts->empty += is_empty;
}

static void
judge_slice(struct slicing *slicing, size_t line, int64_t i, bool is_archived)
{
	const struct count_cell *cell = &slicing->cells[line * CHUNK + (size_t)i];
	struct judge_tallies *tallies = slicing->tallies;
	struct slo_tally *tally = &tallies->items[line];
	int64_t from_ms = (slicing->first + i) * slicing->slice_ms;
	struct slo_slice slice = {
		.good = cell->good, .bad = cell->bad, .unknown = cell->unknown,
		.excluded = cell->excluded, .until_ms = from_ms + slicing->slice_ms,
		.is_before_first = from_ms + slicing->slice_ms <= tallies->first_ms,
		.is_after_newest = from_ms > tallies->newest_ms,
		.is_archived = is_archived,
	};
	enum slo_slice_state state;
	bool is_empty;

	if (slicing->presence != NULL)
		slice.present = count_cell_total(
		    &slicing->presence[line * CHUNK + (size_t)i]);
	if (count_cell_total(cell) > 0 && cell->newest_ms > slicing->newest_ms[line])
		slicing->newest_ms[line] = cell->newest_ms;
	slice.newest_ms = slicing->newest_ms[line];
	state = slo_slice_state(slicing->counting->query, &slice, &is_empty);
	add_state(&tally->window, state, is_empty, is_archived);
	for (int age = 0; age < SLO_AGE_COUNT; age++)
		if (from_ms >= slo_age_window(age,
		    slicing->counting->window.until_ms).from_ms)
			add_state(&tally->ages[age], state, is_empty, is_archived);
}

static int
judge_chunk(struct slicing *slicing, struct err *err)
{
	const struct judge_counting *counting = slicing->counting;

	if (read_chunk(slicing, counting->matching, slicing->cells, err) < 0 ||
	    (slicing->presence != NULL && read_chunk(slicing, counting->presence,
	    slicing->presence, err) < 0))
		return -1;
	for (int64_t i = 0; i < slicing->count; i++) {
		int64_t from_ms = (slicing->first + i) * slicing->slice_ms;
		bool archived = is_archived(slicing, from_ms,
		    from_ms + slicing->slice_ms);

		for (size_t line = 0; line < slicing->tallies->groups.count; line++)
			judge_slice(slicing, line, i, archived);
	}
	return 0;
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
	size_t lines = tallies->groups.count;
	struct slicing slicing = { .tallies = tallies, .counting = counting,
		.slice_ms = counting->query->slice_ms,
		.cells = mem_new(lines * CHUNK, sizeof(*slicing.cells)),
		.newest_ms = mem_new(lines, sizeof(*slicing.newest_ms)) };
	int64_t first, end;
	int result;

	if (counting->query->counts_events)
		slicing.presence = mem_new(lines * CHUNK, sizeof(*slicing.presence));
	clear_counts(tallies);
	find_slices(counting, &first, &end);
	first = skip_absent(tallies, counting, first, end);
	result = find_newest(&slicing, first * slicing.slice_ms, err);
	for (int64_t i = first; i < end && result == 0; i += CHUNK) {
		slicing.first = i;
		slicing.count = end - i < CHUNK ? end - i : CHUNK;
		result = judge_chunk(&slicing, err);
	}
	free(slicing.cells);
	free(slicing.presence);
	free(slicing.newest_ms);
	return result;
}
