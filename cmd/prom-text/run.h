/* SPDX-License-Identifier: ISC
 *
 * run -- the command line of prom-text, and what its parts share.
 */
#ifndef CMD_PROM_TEXT_RUN_H
#define CMD_PROM_TEXT_RUN_H

#include "base/opt.h"
#include "metric/metric.h"

#include <stdbool.h>

struct run {
	const char *db, *run_id, *textfile, *listen, *web_config;
	struct opt_list metrics; /* packs; without any, tel and slo */
	struct opt_list slo_files;
	struct opt_list labels;  /* NAME=VALUE */
	bool is_list;            /* print the list of metrics, not their values */
	bool is_check;           /* check the definitions, without a database */
	bool is_openmetrics, is_insecure;
	int64_t poll_ms, max_age_ms, run_count;
	struct metric_pack *packs;
	bool has_slos, has_self; /* families of objectives, and about the evaluation */
	struct judge_set slos;
	struct prometheus_label *constants; /* of --label; owned, */
	char **constant_names;              /* as their names are */
	size_t constant_count;
	struct judge_options how;
};

/* Reads the definitions that the command line names, the objectives and the labels.
 * EXIT_CONFIG when a definition has a name that the families of this program have. */
MUST_USE int run_load(struct run *run, struct err *err);
void run_release(struct run *run);

/* Adds the families that no file defines, without samples that mean anything: about the
 * evaluation, and of objectives. */
void run_add_own(const struct run *run, struct metric_families *own,
    struct metric_families *slo);

/* Checks the definitions, and prints what is wrong. Returns the exit code, or -1. */
MUST_USE int run_check(struct run *run, struct err *err);

/* Evaluates once and prints or replaces the textfile. Returns the exit code, or -1. */
MUST_USE int run_once(struct run *run, struct err *err);

/* Warns of samples that were left out or folded. */
void run_warn_samples(const struct judge_options *options,
    const struct metric_result *result);

/* Serves evaluations until a signal comes. Returns the exit code, or -1. */
MUST_USE int run_serve(struct run *run, struct err *err);

/* Prints a warning, or with -v what was counted. */
void load_warn(void *context, const char *text);
void load_tell(const char *text);

#endif
