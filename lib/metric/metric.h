/* SPDX-License-Identifier: ISC
 *
 * metric -- evaluates metric definitions for one run of a store and prints
 * Prometheus text.
 */
#ifndef METRIC_METRIC_H
#define METRIC_METRIC_H

#include "db/db.h"
#include "metric/metric_pack.h"

struct metric_result {
	char *run_id;   /* the run shown, for the caller to free; or NULL */
	bool lacks_run; /* a run was asked for or needed, and there is none */
	size_t family_count, sample_count;
};

/* Appends the metrics of a run, all as they were at one moment. run_id is the
 * run, or NULL for the newest (run.h). Without a run, the metrics that do not
 * need one are still printed. EXIT_CONFIG, with the file, when a definition fails.
 * After an error *out holds partial text and result->run_id is NULL. */
MUST_USE int metric_print(const struct metric_pack *packs, struct db *db,
    const char *run_id, struct buf *out, struct metric_result *result,
    struct err *err);

#endif
