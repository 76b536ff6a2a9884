/* SPDX-License-Identifier: ISC
 *
 * metric -- evaluates metrics of a store: those that are counted, objectives, and those that
 * SQL defines for a run or for the store.
 */
#ifndef METRIC_METRIC_H
#define METRIC_METRIC_H

#include "metric/families.h"
#include "metric/metric_request.h"

struct metric_result {
	char *run_id;   /* the run shown, or NULL */
	bool lacks_run; /* a run was asked for, and there is none */
	struct run_left left; /* of the run; with rows, none of its metrics is shown */
	size_t family_count, sample_count;
	size_t dropped_count;    /* samples that were left out, because each was wrong, */
	struct err dropped;      /* and why the first was */
	int64_t pending_count;   /* followed files that have more than was taken */
	int64_t last_event_ms;   /* the newest that was ever stored; -1: none */
	int64_t since_ms;        /* when the file of counts was begun; -1: there is none */
	size_t folded_count;     /* label sets without a series of their own */
};

/* Frees the memory. */
void metric_result_release(struct metric_result *result);

/* Adds the families, settled. Without a run, and when some of its events have left for an
 * archive, the metrics that do not need one are still there. EXIT_CONFIG, with the file,
 * when a definition fails. The caller releases families and *result, after errors too. */
MUST_USE int metric_evaluate(struct metric_families *families,
    const struct metric_request *request, struct db *db, struct metric_result *result,
    struct err *err);

#endif
