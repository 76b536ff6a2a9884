/* SPDX-License-Identifier: ISC
 *
 * slo_source -- the parts of a metricSource of type teltools: which events are
 * counted, by which columns they are grouped, and how many are needed.
 */
#ifndef JUDGE_SOURCE_H
#define JUDGE_SOURCE_H

#include "judge/indicator.h"

/* The fields that slo_source_counting reads. */
#define SLO_SOURCE_COUNTING "event", "where", "exclude", "group", "min_events", \
	"min_bad_events", "min_coverage", "optional"

/* The `spec` of the metricSource of a metric, or NULL after an error, such as a
 * field other than these. Borrowed. */
const struct yaml_node *slo_source_find(const struct spec *spec,
    const struct yaml_node *metric, const struct slo_indicator *indicator,
    const char *const *fields);

/* The event of a source. */
MUST_USE int slo_source_event(const struct spec *spec,
    const struct yaml_node *source, enum event_kind *out);

/* Reads an expression and replaces the SQL in *out, which may be NULL, by its SQL;
 * the caller frees it. An absent field leaves *out unchanged. */
MUST_USE int slo_source_expression(const struct spec *spec,
    const struct yaml_node *source, const char *field, enum event_kind event,
    char **out);

/* Reads the fields of SLO_SOURCE_COUNTING into the indicator. */
MUST_USE int slo_source_counting(const struct spec *spec,
    const struct yaml_node *source, struct slo_indicator *indicator);

#endif
