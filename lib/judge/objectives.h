/* SPDX-License-Identifier: ISC
 *
 * objectives -- objectives from OpenSLO v1 files (YAML or JSON): the kinds SLO,
 * SLI, DataSource, Service, AlertPolicy, AlertCondition and
 * AlertNotificationTarget, several documents or a list of them in a file.
 * References may point from one file to another of the same load.
 */
#ifndef JUDGE_OBJECTIVES_H
#define JUDGE_OBJECTIVES_H

#include "base/err.h"
#include "slo/query.h"

#include <stddef.h>

/* One objective of an SLO. */
struct judge_set_item {
	char *slo;         /* metadata.name */
	char *service;     /* of the SLO */
	char *objective;   /* its displayName, or "target 0.99" */
	char *title;       /* the SLO's displayName, or its name */
	char *description; /* "" without one */
	int64_t window_ms; /* rolling */
	struct slo_objective judged;
	struct slo_query query;
	bool is_optional;  /* without events it has no line, else one of no_data */
};

struct judge_set {
	struct judge_set_item *items; /* in the order of the files and within them */
	size_t count;
	char **warnings;        /* about things that are allowed but probably mistakes */
	size_t warning_count;
};

/* Reads files, and the *.yaml, *.yml and *.json files of folders in the order
 * of their names; without any, the packs that are built into the program. The
 * caller releases the set, after errors too. EXIT_CONFIG for a wrong file,
 * EXIT_NO_INPUT for one that cannot be read. */
MUST_USE int judge_set_read(struct judge_set *set, const char *const *paths,
    size_t count, struct err *err);

/* Leaves only the objectives of the SLOs with these names. EXIT_USAGE, with the nearest
 * name, when there is none of a name. */
MUST_USE int judge_set_keep(struct judge_set *set, const char *const *names,
    size_t count, struct err *err);

void judge_set_release(struct judge_set *set);

#endif
