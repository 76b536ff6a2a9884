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
	char *objective;   /* its displayName, or "target 0.99" */
	char *title;       /* the SLO's displayName, or its name */
	char *description; /* "" without one */
	int64_t window_ms; /* rolling */
	struct slo_objective judged;
	struct slo_query query;
	bool is_optional;  /* without events it has no line, instead of no_data */
};

struct judge_set {
	struct judge_set_item *items; /* by file as given, then as they stand there */
	size_t count;
	char **warnings;        /* about things that are allowed but probably mistakes */
	size_t warning_count;
};

/* Reads files and folders (their *.yaml, *.yml and *.json, by name); without
 * any the packs that are part of the program. The set is the caller's, for
 * judge_set_release, after errors too. A wrong file is EXIT_CONFIG, one that
 * cannot be read EXIT_NO_INPUT. */
MUST_USE int judge_set_read(struct judge_set *set, const char *const *paths,
    size_t count, struct err *err);

void judge_set_release(struct judge_set *set);

#endif
