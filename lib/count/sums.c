/* SPDX-License-Identifier: ISC */
#include "count/sums.h"
#include "base/mem.h"
#include "base/require.h"
#include "count/last_minute.h"

#include <stdlib.h>
#include <string.h>

struct summing {
	struct count *count;
	size_t which;
	const struct count_windows *windows;
	struct count_sums *sums;
	int64_t last_ms;   /* begin of the minute of until_ms */
	bool needs_rows;   /* it has events after until_ms */
};

void
count_sums_release(struct count_sums *sums)
{
	free(sums->items);
	number_map_release(&sums->by_group);
	memset(sums, 0, sizeof(*sums));
}

const struct count_group_sums *
count_sums_find(const struct count_sums *sums, int64_t group_no)
{
	size_t i = number_map_find(&sums->by_group, group_no);

	return i != NUMBER_MAP_NONE ? &sums->items[i] : NULL;
}

static struct count_group_sums *
find_group(struct count_sums *sums, int64_t group_no)
{
	size_t i = number_map_add(&sums->by_group, group_no, sums->count);

	if (i == sums->count) {
		if ((sums->count & (sums->count - 1)) == 0)
			sums->items = mem_resize(sums->items,
			    sums->count == 0 ? 1 : 2 * sums->count,
			    sizeof(*sums->items));
		sums->items[sums->count++] = (struct count_group_sums){
			.group_no = group_no };
	}
	return &sums->items[i];
}

/* Returns the last window that begins at or before a time; -1 when none does. */
static int
window_of(const struct count_windows *windows, int64_t at_ms)
{
	int i = (int)windows->count - 1;

	while (i >= 0 && windows->from_ms[i] > at_ms)
		i--;
	return i;
}

/* Whether all of a stretch that begins in a window belongs to it and to no later one. */
static bool
is_whole(const struct summing *summing, int window, int64_t until_ms)
{
	const struct count_windows *windows = summing->windows;

	return until_ms <= summing->last_ms && ((size_t)window + 1 == windows->count ||
	    until_ms <= windows->from_ms[window + 1]);
}

static void
add(struct summing *summing, int64_t group_no, int window, const struct count_cell *cell)
{
	if (window >= 0 && count_cell_total(cell) > 0)
		count_cell_add(&find_group(summing->sums, group_no)->cells[window], cell);
}

/* Adds the hours of a day that lie in one window each. The others are read by minutes. */
static int
visit_day(void *context, const struct count_visit *visit, struct err *err)
{
	struct summing *summing = context;
	int window = window_of(summing->windows, visit->from_ms);
	struct count_cells hours;
	int result;

	if (window >= 0 && is_whole(summing, window, visit->from_ms + COUNT_DAY_MS)) {
		add(summing, visit->group_no, window, &visit->cell);
		return 0;
	}
	count_cells_of_day(&hours, visit->from_ms, visit->bytes, visit->len);
	while ((result = count_cells_next(&hours, err)) == 1) {
		window = window_of(summing->windows, hours.at_ms);
		if (window >= 0 && is_whole(summing, window, hours.at_ms + COUNT_HOUR_MS))
			add(summing, visit->group_no, window, &hours.cell);
	}
	return result;
}

static int
visit_hour(void *context, const struct count_visit *visit, struct err *err)
{
	struct summing *summing = context;
	struct count_cells minutes;
	int result;

	count_cells_of_hour(&minutes, visit->from_ms, visit->bytes, visit->len);
	while ((result = count_cells_next(&minutes, err)) == 1) {
		if (minutes.at_ms > summing->last_ms)
			continue;
		if (minutes.at_ms == summing->last_ms &&
		    minutes.cell.newest_ms > summing->windows->until_ms)
			summing->needs_rows = true;
		else
			add(summing, visit->group_no,
			    window_of(summing->windows, minutes.at_ms), &minutes.cell);
	}
	return result;
}

/* Reads the hours that are not in one window as a whole: those in which a window begins,
 * and the last. */
static int
add_edges(struct summing *summing, struct err *err)
{
	const struct count_windows *windows = summing->windows;
	int64_t done_ms = -1;

	for (size_t i = 0; i <= windows->count; i++) {
		bool is_last = i == windows->count;
		int64_t at_ms = is_last ? summing->last_ms : windows->from_ms[i];
		int64_t hour_ms = at_ms - at_ms % COUNT_HOUR_MS;

		if (hour_ms == done_ms || (!is_last && at_ms == hour_ms))
			continue;
		done_ms = hour_ms;
		if (count_read_hours(summing->count, summing->which, hour_ms, hour_ms,
		    visit_hour, summing, err) < 0)
			return -1;
	}
	return 0;
}

/* Adds what rows say of the last minute of the groups whose cell says too much. */
static int
visit_last(void *context, int64_t group_no, const struct count_cell *cell,
    int64_t archived)
{
	struct summing *summing = context;
	struct count_group_sums *group;

	if (count_cell_total(cell) == 0)
		return 0;
	group = find_group(summing->sums, group_no);
	group->archived += archived;
	count_cell_add(&group->cells[summing->windows->count - 1], cell);
	return 0;
}

/* Makes of the counts between the begins of windows those of the windows. */
static void
accumulate(const struct count_windows *windows, struct count_sums *sums)
{
	for (size_t i = 0; i < sums->count; i++)
		for (size_t k = windows->count; k-- > 1;)
			count_cell_add(&sums->items[i].cells[k - 1],
			    &sums->items[i].cells[k]);
}

int
count_sum(struct count *count, size_t which, const struct count_windows *windows,
    struct count_sums *out, struct err *err)
{
	struct summing summing = { .count = count, .which = which, .windows = windows,
		.sums = out,
		.last_ms = windows->until_ms - windows->until_ms % COUNT_MINUTE_MS };
	int64_t day_ms;

	memset(out, 0, sizeof(*out));
	REQUIRE(windows->count > 0 && windows->count <= COUNT_MAX_WINDOWS &&
	    windows->from_ms[0] >= 0 && windows->from_ms[0] <= windows->until_ms);
	day_ms = windows->from_ms[0] - windows->from_ms[0] % COUNT_DAY_MS;
	if (count_read_days(count, which, day_ms, windows->until_ms, visit_day, &summing,
	    err) < 0 || add_edges(&summing, err) < 0)
		return -1;
	if (summing.needs_rows && count_last_minute(count, which, windows->until_ms,
	    visit_last, &summing, err) < 0)
		return -1;
	accumulate(windows, out);
	return 0;
}
