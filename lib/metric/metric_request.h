/* SPDX-License-Identifier: ISC
 *
 * metric_request -- what is to be evaluated.
 */
#ifndef METRIC_METRIC_REQUEST_H
#define METRIC_METRIC_REQUEST_H

#include "judge/judge.h"
#include "metric/metric_pack.h"

/* All is borrowed. */
struct metric_request {
	const struct metric_pack *packs;
	const struct judge_set *slos; /* NULL: none */
	const char *run_id;           /* NULL or "latest": the newest (run.h); */
	size_t run_count;             /* so many of them, 1 or more: with more than 1, their
	                               * samples have a label run_id */
	struct judge_options options;
	int64_t now_ms;
};

#endif
