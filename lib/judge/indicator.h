/* SPDX-License-Identifier: ISC
 *
 * indicator -- the indicator of an OpenSLO objective as a count of events:
 * `metricSource: {type: teltools, spec: {event, where, good, ...}}` in a
 * ratioMetric or thresholdMetric. slo-eval(1) documents the fields of spec.
 */
#ifndef JUDGE_INDICATOR_H
#define JUDGE_INDICATOR_H

#include "judge/source.h"

/* Reads the spec of an SLI. After an error the query is released. */
MUST_USE int judge_indicator_read(const struct spec *spec,
    const struct yaml_node *node, struct judge_indicator *indicator);

#endif
