/* SPDX-License-Identifier: ISC */
#include "judge/slice_cells.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Cells that are kept at a time, some 15 MB, and slices of them. A chunk begins with an
 * hour, unless there are too many lines, so that no hour is read twice. */
#define MAX_CELLS 262144
#define MAX_SLICES (4 * COUNT_MINUTES)

void
slice_cells_open(struct slice_cells *out, const struct judge_counting *counting,
    const struct judge_groups *groups)
{
	size_t size;

	memset(out, 0, sizeof(*out));
	out->slice_ms = counting->query->slice_ms;
	out->lines = &groups->lines;
	out->chunk = MAX_CELLS / groups->count + 1;
	if (out->chunk > MAX_SLICES)
		out->chunk = MAX_SLICES;
	else if (out->chunk > COUNT_MINUTES)
		out->chunk -= out->chunk % COUNT_MINUTES;
	size = groups->count * out->chunk;
	out->matching = mem_new(size, sizeof(*out->matching));
	if (counting->query->counts_events)
		out->presence = mem_new(size, sizeof(*out->presence));
	out->is_touched = mem_new(size, sizeof(*out->is_touched));
	out->touched = mem_new(size, sizeof(*out->touched));
}

void
slice_cells_close(struct slice_cells *cells)
{
	free(cells->matching);
	free(cells->presence);
	free(cells->is_touched);
	free(cells->touched);
}

/* Adds a cell that lies in one slice. */
static void
add_cell(struct slice_cells *cells, size_t line, int64_t from_ms,
    const struct count_cell *cell)
{
	int64_t i = from_ms / cells->slice_ms - cells->first;
	size_t at = line * cells->chunk + (size_t)i;

	if (i < 0 || i >= cells->count)
		return;
	count_cell_add(&cells->target[at], cell);
	if (cells->is_touched[at])
		return;
	cells->is_touched[at] = true;
	cells->touched[cells->touched_count++] = at;
}

static int
add_all(struct slice_cells *cells, size_t line, struct count_cells *counts,
    struct err *err)
{
	int result;

	while ((result = count_cells_next(counts, err)) == 1)
		add_cell(cells, line, counts->at_ms, &counts->cell);
	return result;
}

static int
visit_day(void *context, const struct count_visit *visit, struct err *err)
{
	struct slice_cells *cells = context;
	size_t line = number_map_find(cells->lines, visit->group_no);
	struct count_cells hours;

	if (line == NUMBER_MAP_NONE)
		return 0;
	if (cells->slice_ms % COUNT_DAY_MS == 0) {
		add_cell(cells, line, visit->from_ms, &visit->cell);
		return 0;
	}
	count_cells_of_day(&hours, visit->from_ms, visit->bytes, visit->len);
	return add_all(cells, line, &hours, err);
}

static int
visit_hour(void *context, const struct count_visit *visit, struct err *err)
{
	struct slice_cells *cells = context;
	size_t line = number_map_find(cells->lines, visit->group_no);
	struct count_cells minutes;

	if (line == NUMBER_MAP_NONE)
		return 0;
	count_cells_of_hour(&minutes, visit->from_ms, visit->bytes, visit->len);
	return add_all(cells, line, &minutes, err);
}

/* Reads the slices of a definition into target. */
static int
read_definition(struct slice_cells *cells, struct count *count, size_t which,
    struct count_cell *target, struct err *err)
{
	int64_t from_ms = cells->first * cells->slice_ms;
	int64_t last_ms = from_ms + cells->count * cells->slice_ms - 1;

	cells->target = target;
	if (cells->slice_ms % COUNT_HOUR_MS != 0)
		return count_read_hours(count, which, from_ms - from_ms % COUNT_HOUR_MS,
		    last_ms, visit_hour, cells, err);
	return count_read_days(count, which, from_ms - from_ms % COUNT_DAY_MS, last_ms,
	    visit_day, cells, err);
}

static void
clear(struct slice_cells *cells)
{
	for (size_t k = 0; k < cells->touched_count; k++) {
		size_t at = cells->touched[k];

		cells->is_touched[at] = false;
		cells->matching[at] = (struct count_cell){ 0 };
		if (cells->presence != NULL)
			cells->presence[at] = (struct count_cell){ 0 };
	}
	cells->touched_count = 0;
}

int
slice_cells_read(struct slice_cells *cells, const struct judge_counting *counting,
    int64_t first, int64_t count, struct err *err)
{
	clear(cells);
	cells->first = first;
	cells->count = count;
	if (read_definition(cells, counting->count, counting->matching, cells->matching,
	    err) < 0)
		return -1;
	return cells->presence == NULL ? 0 : read_definition(cells, counting->count,
	    counting->presence, cells->presence, err);
}
