/* SPDX-License-Identifier: ISC
 *
 * source -- the parts of a metricSource of type teltools: which events are
 * counted, by which columns they are grouped, how many are enough.
 */
#ifndef JUDGE_SOURCE_H
#define JUDGE_SOURCE_H

#include "json/spec.h"
#include "slo/query.h"

/* An indicator: what is known of its objective is set, the rest is filled in. */
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
#define JUDGE_SOURCE_COUNTING "event", "where", "exclude", "group", "min_events", \
	"min_bad_events", "min_coverage", "optional"

/* The `spec` of the metricSource of a metric, which has no other fields than
 * these; NULL after an error. Borrowed. */
const struct yaml_node *judge_source_find(const struct spec *spec,
    const struct yaml_node *metric, const struct judge_indicator *indicator,
    const char *const *fields);

/* The event of a source. */
MUST_USE int judge_source_event(const struct spec *spec,
    const struct yaml_node *source, enum event_kind *out);

/* An expression as SQL, in place of the one in *out, which may be NULL; the
 * caller's. An absent field leaves it as it was. */
MUST_USE int judge_source_expression(const struct spec *spec,
    const struct yaml_node *source, const char *field, enum event_kind event,
    char **out);

/* Reads the fields of JUDGE_SOURCE_COUNTING into the indicator. */
MUST_USE int judge_source_counting(const struct spec *spec,
    const struct yaml_node *source, struct judge_indicator *indicator);

#endif
