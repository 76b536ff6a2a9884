/* SPDX-License-Identifier: ISC */
#include "judge/counting.h"

#include <string.h>

bool
judge_counting_touches(const struct slo_events *events, const struct departure *departure,
    const struct slo_window *window)
{
	const char *table = slo_events_table(events);

	if (departure->table[0] != '\0' && strcmp(departure->table, table) != 0)
		return false;
	if (window == NULL)
		return departure->has_times;
	/* Rows of unknown times left before the departure was written. */
	if (!departure->has_times)
		return window->from_ms < departure->committed_ms;
	return departure->from_ms <= window->until_ms &&
	    departure->until_ms > window->from_ms;
}

void
judge_counting_archived(const struct judge_counting *counting, size_t which,
    const struct slo_events *events, const struct slo_window *window,
    struct slo_counts *counts)
{
	const struct departures *departures = count_departures(counting->count);

	for (size_t i = 0; i < departures->count; i++)
		if (count_is_missing(counting->count, which, i) &&
		    judge_counting_touches(events, &departures->items[i], window)) {
			counts->unknown += departures->items[i].row_count;
			counts->archived += departures->items[i].row_count;
		}
}
