/* SPDX-License-Identifier: ISC
 *
 * check -- what is wrong with metric definitions, without a database of events: names,
 * units and labels that Prometheus or people would stumble over, tables and columns that
 * no store has.
 */
#ifndef METRIC_CHECK_H
#define METRIC_CHECK_H

#include "db/db.h"
#include "metric/metric_pack.h"

/* Appends a line for each thing that is wrong: "FILE: line N: words"; first the faults that
 * packs has kept. store is an empty one, borrowed. Returns how many there are. */
size_t metric_check(const struct metric_pack *packs, struct db *store, struct buf *out);

/* The part of it that has to be right before anything is printed: EXIT_CONFIG, with the file,
 * when a definition has the name of a family that no file defines, one of objectives or about
 * the evaluation. */
MUST_USE int metric_check_own(const struct metric_pack *packs, struct err *err);

/* EXIT_USAGE when one of the labels that all samples are to get is one that a metric has, or,
 * with_slos, an objective. store is an empty one, borrowed. */
MUST_USE int metric_check_labels(const struct metric_pack *packs, bool with_slos,
    struct db *store, const struct prometheus_label *labels, size_t count,
    struct err *err);

#endif
