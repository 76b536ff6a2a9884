/* SPDX-License-Identifier: ISC */
#include "judge/other.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct minutes {
	const struct number_map *lines;
	size_t other;       /* the line */
	int64_t first_ms;   /* of the first minute */
	int64_t last_ms;    /* of the last one, of which rows may have to say more */
	unsigned char *has; /* by minute: whether a group of the line has a bad event */
};

static int
mark_hour(void *context, const struct count_visit *visit, struct err *err)
{
	struct minutes *minutes = context;
	struct count_cells cells;
	int result;

	if (number_map_find(minutes->lines, visit->group_no) != minutes->other)
		return 0;
	count_cells_of_hour(&cells, visit->from_ms, visit->bytes, visit->len);
	while ((result = count_cells_next(&cells, err)) == 1)
		if (cells.cell.bad > 0 && cells.at_ms >= minutes->first_ms &&
		    cells.at_ms < minutes->last_ms)
			minutes->has[(cells.at_ms - minutes->first_ms) / COUNT_MINUTE_MS] = 1;
	return result;
}

/* Marks the last minute if it has a bad event up to the end. */
static int
read_last(struct minutes *minutes, const struct judge_counting *counting,
    struct err *err)
{
	const struct count_windows last = { .from_ms = { minutes->last_ms }, .count = 1,
		.until_ms = counting->window.until_ms };
	struct count_sums sums;
	int result = count_sum(counting->count, counting->matching, &last, &sums, err);

	for (size_t i = 0; i < sums.count && result == 0; i++)
		if (sums.items[i].cells[0].bad > 0 && number_map_find(minutes->lines,
		    sums.items[i].group_no) == minutes->other)
			minutes->has[(minutes->last_ms - minutes->first_ms) /
			    COUNT_MINUTE_MS] = 1;
	count_sums_release(&sums);
	return result;
}

/* Counts the marked minutes from each begin of a window on. */
static void
set_minutes(struct slo_tally *tally, const struct minutes *minutes,
    const struct count_windows *windows)
{
	for (size_t i = 0; i < windows->count; i++) {
		struct slo_counts *counts = i == 0 ? &tally->window
		    : &tally->ages[SLO_AGE_COUNT - i];

		counts->bad_minutes = 0;
		for (int64_t ms = windows->from_ms[i]; ms <= minutes->last_ms;
		    ms += COUNT_MINUTE_MS)
			counts->bad_minutes += minutes->has[(ms - minutes->first_ms) /
			    COUNT_MINUTE_MS];
	}
}

int
judge_other_minutes(struct judge_tallies *tallies,
    const struct judge_counting *counting, const struct count_windows *windows,
    const struct count_sums *sums, struct err *err)
{
	struct minutes minutes = { .lines = &tallies->groups.lines,
		.other = tallies->groups.count - 1, .first_ms = INT64_MAX,
		.last_ms = windows->until_ms - windows->until_ms % COUNT_MINUTE_MS };
	int result;

	/* A long window may be mostly empty, or have no event at all. */
	for (size_t i = 0; i < sums->count; i++)
		if (sums->items[i].cells[0].first_ms < minutes.first_ms)
			minutes.first_ms = sums->items[i].cells[0].first_ms;
	if (minutes.first_ms > minutes.last_ms)
		minutes.first_ms = minutes.last_ms;
	minutes.first_ms -= minutes.first_ms % COUNT_MINUTE_MS;
	minutes.has = mem_new((size_t)((minutes.last_ms - minutes.first_ms) /
	    COUNT_MINUTE_MS) + 1, sizeof(*minutes.has));
	result = count_read_hours(counting->count, counting->matching,
	    minutes.first_ms - minutes.first_ms % COUNT_HOUR_MS, minutes.last_ms,
	    mark_hour, &minutes, err);
	if (result == 0)
		result = read_last(&minutes, counting, err);
	if (result == 0) {
		struct count_windows within = *windows;

		for (size_t i = 0; i < within.count; i++)
			if (within.from_ms[i] < minutes.first_ms)
				within.from_ms[i] = minutes.first_ms;
		set_minutes(&tallies->items[minutes.other], &minutes, &within);
	}
	free(minutes.has);
	return result;
}
