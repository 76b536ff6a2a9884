/* SPDX-License-Identifier: ISC
 *
 * slo_families -- families of objectives: their events as counters, from counts; and what
 * slo-eval says of them at the same moment as gauges. All have the labels service, slo,
 * objective and those of the group; a member such as labels.job has the label labels_job.
 */
#ifndef METRIC_SLO_FAMILIES_H
#define METRIC_SLO_FAMILIES_H

#include "metric/metric_request.h"
#include "metric/families.h"
#include "metric/series.h"

/* The series of each objective of a set. */
struct slo_counters {
	struct metric_series_list *items;
	size_t count;
};

/* Reads what was counted of the objectives, whose definitions are in count from place
 * `first` on. The caller releases *out, after errors too. */
MUST_USE int slo_counters_read(struct slo_counters *out, const struct judge_set *slos,
    struct count *count, size_t first, struct err *err);
void slo_counters_release(struct slo_counters *counters);

/* Adds to tel_dropped_series how many label sets the counters have no series for, and
 * returns it. */
size_t slo_families_add_dropped(struct prometheus_family *dropped,
    const struct slo_counters *counters);

/* Adds the families of the counters, and judges the objectives and adds what comes of it. */
MUST_USE int slo_families_add(struct metric_families *families,
    const struct slo_counters *counters, const struct metric_request *request,
    struct db *db, struct err *err);

/* Begins all of them, without samples: for a list of what there is. */
void slo_families_begin(struct metric_families *families);

#endif
