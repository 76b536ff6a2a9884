/* SPDX-License-Identifier: ISC
 *
 * source -- the parts of a metricSource of type teltools: which events are
 * counted, by which columns they are grouped, how many are enough.
 */
#ifndef JUDGE_SOURCE_H
#define JUDGE_SOURCE_H

#include "json/spec.h"
#include "slo/expression.h"
#include "slo/query.h"

/* An indicator. The caller sets what it knows of the objective;
 * judge_indicator_read sets the rest. */
struct judge_indicator {
	const char *compare;       /* op: "lte" ..., or NULL; borrowed */
	const char *value;         /* of the objective, or NULL; borrowed */
	struct slo_query query;    /* slice_ms and slice_target are set already */
	struct slo_objective objective;
	bool is_optional;
	/* Whether a DataSource of that name is ours. */
	bool (*has_source)(const void *context, const char *name);
	const void *context;
};

/* The fields that judge_source_counting reads. */
#define JUDGE_SOURCE_COUNTING "event", "type", "where", "exclude", "group", \
	"min_events", "min_bad_events", "min_coverage", "min_bad_minutes", "max_silence", \
	"max_groups", "empty_slices", "optional"

/* Returns the `spec` of the metricSource of a metric, borrowed, after checking
 * that it has only these fields; NULL with an error. */
const struct yaml_node *judge_source_find(const struct spec *spec,
    const struct yaml_node *metric, const struct judge_indicator *indicator,
    const char *const *fields);

/* Reads the event of a source, and its type. The caller releases *out, which is zeros
 * before. */
MUST_USE int judge_source_event(const struct spec *spec,
    const struct yaml_node *source, struct slo_events *out);

/* Reads an expression as SQL and replaces *out, which may be NULL, by it; the
 * caller frees *out. Without the field, *out does not change. */
MUST_USE int judge_source_expression(const struct spec *spec,
    const struct yaml_node *source, const char *field, enum event_kind event,
    enum expression_use use, char **out);

/* Reads the fields of JUDGE_SOURCE_COUNTING into the indicator. */
MUST_USE int judge_source_counting(const struct spec *spec,
    const struct yaml_node *source, struct judge_indicator *indicator);

#endif
