/* SPDX-License-Identifier: ISC
 *
 * exposition -- prints families (prometheus.h) in the two text formats that scrapers
 * read: Prometheus text 0.0.4 (Prometheus documentation, "Exposition formats") and
 * OpenMetrics 1.0.0 (the specification, "Text Format"). A family without samples prints
 * nothing: absence of data is shown by absence.
 *
 * Where they differ: text 0.0.4 has HELP and TYPE, gauges in place of info and stateset,
 * the word untyped, and no _created. OpenMetrics has TYPE, UNIT and HELP, names a counter
 * without _total and an info without _info there (and appends it to the samples where
 * the name lacks it), escapes quotes in HELP and ends in "# EOF". It forbids _sum and
 * _count where one is missing or a bucket is negative, so they are not printed there.
 */
#ifndef METRIC_EXPOSITION_H
#define METRIC_EXPOSITION_H

#include "metric/prometheus.h"

enum exposition_format {
	EXPOSITION_TEXT,
	EXPOSITION_OPENMETRICS,
	EXPOSITION_FORMAT_COUNT
};

/* What HTTP's Content-Type says of each. */
extern const char *const exposition_content_types[EXPOSITION_FORMAT_COUNT];

/* Whether these may be the labels that all samples get: names of labels, none twice,
 * none le or quantile, each with a value. EXIT_USAGE otherwise, with the name. */
MUST_USE int exposition_check_labels(const struct prometheus_label *labels,
    size_t count, struct err *err);

/* Appends a family after prometheus_settle; its samples have the labels too, which
 * exposition_check_labels has accepted. No two families of an exposition have names that
 * metric_name_clash (metric_name.h) finds to clash. EXIT_CONFIG when a sample of the
 * family has one of the labels; nothing is appended then. */
MUST_USE int exposition_print(enum exposition_format format,
    const struct prometheus_family *family, const struct prometheus_label *labels,
    size_t label_count, struct buf *out, struct err *err);

/* Appends what the format ends in. */
void exposition_end(enum exposition_format format, struct buf *out);

#endif
