/* SPDX-License-Identifier: ISC
 *
 * counted -- what was counted for an objective, before anything is said of it. Who counts
 * fills a struct slo_tally, slo_judge reads it.
 */
#ifndef SLO_COUNTED_H
#define SLO_COUNTED_H

#include "slo/decimal.h"

#include <stdbool.h>

/* Both ends belong to it: from_ms <= ts_ms <= until_ms. */
struct slo_window {
	int64_t from_ms, until_ms;
};

/* How old the windows of the burn pairs reach back, ascending. */
enum slo_age {
	SLO_AGE_5M, SLO_AGE_30M, SLO_AGE_1H, SLO_AGE_2H, SLO_AGE_6H, SLO_AGE_1D, SLO_AGE_3D,
	SLO_AGE_COUNT
};

/* Returns the age in ms, and as text, such as "5m", static. */
int64_t slo_age_ms(int age);
const char *slo_age_name(int age);

/* Returns the window of an age that ends at until_ms. It begins at the whole minute at
 * or before until_ms - age. */
struct slo_window slo_age_window(int age, int64_t until_ms);

/* Events of one window, or slices of it. */
struct slo_counts {
	int64_t good, bad, unknown, excluded;
	int64_t archived;    /* of unknown: left for an archive and not given back */
	int64_t empty;       /* slices without events; they are counted above, too */
	int64_t bad_minutes; /* different minutes of UTC with a bad event; 0 for slices */
};

/* All that is counted for one line. */
struct slo_tally {
	struct slo_counts window;              /* of the window of the line */
	struct slo_counts ages[SLO_AGE_COUNT]; /* of slo_age_window */
	bool has_events;           /* whether any event is in the window, excluded and
	                            * unknown ones too; then */
	int64_t first_ms, last_ms; /* are the times of the first and the last of them */
	int64_t begin_ms;  /* of the first event of all, of the type, or for a group of its
	                    * own; INT64_MAX: there is none */
	int64_t newest_ms; /* of the newest matching event up to the end of the window;
	                    * -1: there is none */
};

/* Returns good + bad, and good + bad + unknown. */
decimal_wide slo_counts_known(const struct slo_counts *counts);
decimal_wide slo_counts_all(const struct slo_counts *counts);

/* Returns the bad events that a target allows among total ones, in units of
 * 1 / decimal_unit(target) events. total is 0 to 2^65. */
decimal_wide slo_allowed(decimal_wide total, const struct decimal *target);

#endif
