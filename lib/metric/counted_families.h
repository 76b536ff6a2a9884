/* SPDX-License-Identifier: ISC
 *
 * counted_families -- the family of a metric that is counted, and beside a counter that was
 * corrected, the family of its corrections.
 */
#ifndef METRIC_COUNTED_FAMILIES_H
#define METRIC_COUNTED_FAMILIES_H

#include "metric/counted_metric.h"
#include "metric/families.h"
#include "metric/series.h"

/* Adds what was counted for the definition, whose place in count is `which`. *folded_count
 * is how many label sets have no series of their own. */
MUST_USE int counted_families_add(struct metric_families *families,
    const struct metric_definition *definition, struct count *count, size_t which,
    size_t *folded_count, struct err *err);

/* Sets labels to the names and values of a series. */
void counted_families_labels(struct prometheus_label *labels, char *const *names,
    size_t count, const struct metric_series *series);

/* Adds since when a counter or histogram counts, as OpenMetrics has it, if that is known. */
void counted_families_created(struct prometheus_family *family,
    const struct prometheus_label *labels, size_t count, int64_t since_ms);

/* Appends the name of the family of corrections of a counter: x_corrected_total. */
void counted_families_corrected_name(struct buf *out, const char *name);

#endif
