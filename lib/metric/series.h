/* SPDX-License-Identifier: ISC
 *
 * series -- what was counted of each group of a definition, for all time, as counters that
 * never fall: with what is gone from them since (count/corrections.h). The first groups that
 * were ever counted have a series of their own; the others share one, so that no group
 * leaves it again. Groups whose values look the same as labels are one series.
 */
#ifndef METRIC_SERIES_H
#define METRIC_SERIES_H

#include "count/count.h"

/* The values of the series that groups past the limit share. */
#define METRIC_SERIES_OTHER "other"

struct metric_series {
	char *values[SLO_MAX_GROUP];   /* of the group; NULL is NULL; owned */
	bool is_other;                 /* also of all groups past the limit */
	struct count_levels levels;    /* with the corrections, */
	struct count_levels corrected; /* which are these */
	double last;                   /* value, and its time; of values only, */
	int64_t last_ms;               /* -1: none; not of others */
};

struct metric_series_list {
	struct metric_series *items;
	size_t count;
	size_t folded_count; /* groups without a series of their own */
	bool is_corrected;   /* any of them is */
	int64_t since_ms;    /* since when they are counted; -1: not known, as in no file */
};

/* Reads the totals of a definition of counts, or the values of one of values, in the order
 * of the values of the groups, no two of which are the same as labels: NULL and an empty text
 * are. The caller releases *out, after errors too. */
MUST_USE int metric_series_read(struct metric_series_list *out, struct count *count,
    size_t which, const struct slo_definition *definition, size_t max_series,
    struct err *err);
void metric_series_release(struct metric_series_list *list);

#endif
