/* SPDX-License-Identifier: ISC
 *
 * metric -- evaluates metric definitions for one run of a store and prints
 * Prometheus text.
 */
#ifndef METRIC_METRIC_H
#define METRIC_METRIC_H

#include "db/db.h"
#include "metric/metric_pack.h"
#include "store/run_left.h"

struct metric_result {
	char *run_id;   /* the run shown, or NULL */
	bool lacks_run; /* a run was asked for or needed, and there is none */
	struct run_left left; /* of the run; with rows, none of its metrics was printed */
	size_t family_count, sample_count;
	size_t dropped_count; /* samples that were left out (prometheus.h) */
	struct err dropped;   /* why the first was, with the file; "" while none was */
};

/* Frees the memory. */
void metric_result_release(struct metric_result *result);

/* Appends the metrics of a run, all as they were at one moment. run_id is the
 * run, or NULL for the newest (run.h). Without a run, and when some of its events have
 * left for an archive, the metrics that do not need one are still printed. EXIT_CONFIG,
 * with the file, when a definition fails. The caller releases *result; after an error
 * there is nothing to release, and *out holds partial text. */
MUST_USE int metric_print(const struct metric_pack *packs, struct db *db,
    const char *run_id, struct buf *out, struct metric_result *result,
    struct err *err);

#endif
