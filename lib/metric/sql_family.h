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
 * not use one. With names_run all samples get a label run_id. EXIT_CONFIG, with the file and
 * line, when the definition is wrong or takes too long. */
MUST_USE int sql_family_add(struct prometheus_family *family,
    const struct metric_definition *definition, struct db *db, const char *run_id,
    bool names_run, struct err *err);

#endif
