/* SPDX-License-Identifier: ISC
 *
 * slo_file -- objectives from OpenSLO v1 files (YAML or JSON): the kinds SLO,
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
struct slo_item {
	char *slo;         /* metadata.name */
	char *objective;   /* its displayName, or "target 0.99" */
	char *title;       /* the SLO's displayName, or its name */
	char *description; /* "" without one */
	int64_t window_ms; /* rolling */
	struct slo_objective judged;
	struct slo_query query;
	bool is_optional;  /* without events it has no line, instead of no_data */
};

struct slo_set {
	struct slo_item *items; /* in order of the files, then of their place in the file */
	size_t count;
	char **warnings;        /* about things that are allowed but probably mistakes */
	size_t warning_count;
};

/* Reads files and folders (their *.yaml, *.yml and *.json, by name); without any,
 * the packs that are built into the program. The set is the caller's, for
 * slo_set_release, after errors too. A wrong file is EXIT_CONFIG, an
 * unreadable one EXIT_NO_INPUT. */
MUST_USE int slo_set_read(struct slo_set *set, const char *const *paths,
    size_t count, struct err *err);

void slo_set_release(struct slo_set *set);

#endif
