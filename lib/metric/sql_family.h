/* SPDX-License-Identifier: ISC
 *
 * sql_family -- the samples of a metric that an SQL file defines.
 */
#ifndef METRIC_SQL_FAMILY_H
#define METRIC_SQL_FAMILY_H

#include "db/db.h"
#include "metric/definition.h"

/* A statement that takes longer is given up: others wait for the same evaluation. */
#define SQL_FAMILY_LIMIT_MS 5000

/* Adds what the statement of the definition says of a run; run_id may be NULL when it does
 * not use one. With names_run all samples get a label run_id. One that takes too long has no
 * samples, which the family says. EXIT_CONFIG, with the file and line, when the definition is
 * wrong. */
MUST_USE int sql_family_add(struct prometheus_family *family,
    const struct metric_definition *definition, struct db *db, const char *run_id,
    bool names_run, struct err *err);

/* The names of the labels that a definition gives its samples. */
#define SQL_FAMILY_MAX_LABELS 30
struct sql_family_labels {
	char *names[SQL_FAMILY_MAX_LABELS]; /* owned */
	size_t count;
};

/* Compiles the statement for the tables of db, which may be empty. The caller releases *out
 * when it worked. EXIT_CONFIG, with the file and line, when the definition is wrong. */
MUST_USE int sql_family_labels(struct sql_family_labels *out,
    const struct metric_definition *definition, struct db *db, struct err *err);
void sql_family_labels_release(struct sql_family_labels *labels);

#endif
