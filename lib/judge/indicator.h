/* SPDX-License-Identifier: ISC
 *
 * slo_indicator -- the indicator of an OpenSLO objective as a count of events:
 * `metricSource: {type: teltools, spec: {event, where, good, ...}}` in a
 * ratioMetric or thresholdMetric. slo-eval(1) documents the fields of spec.
 */
#ifndef JUDGE_INDICATOR_H
#define JUDGE_INDICATOR_H

#include "json/spec.h"
#include "slo/query.h"

/* The caller sets the members about the objective; reading fills in the rest. */
struct slo_indicator {
	const char *compare;       /* op: "lte" ..., or NULL; borrowed */
	const char *value;         /* of the objective, or NULL; borrowed */
	struct slo_query query;    /* slice_ms and slice_target are set already */
	struct slo_objective objective;
	bool is_optional;
	/* Whether the DataSource of that name is of type teltools. */
	bool (*has_source)(const void *context, const char *name);
	const void *context;
};

/* Reads the spec of an SLI. After an error the query is released. */
MUST_USE int slo_indicator_read(const struct spec *spec,
    const struct yaml_node *node, struct slo_indicator *indicator);

#endif
