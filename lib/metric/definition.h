/* SPDX-License-Identifier: ISC
 *
 * definition -- one metric family as a person writes it: a .yaml file (counted_metric.h), or an
 * .sql file whose first comment lines name it, and one SELECT that any sqlite3 shell can
 * run:
 *
 *   -- metric: tel_run_yield_ratio
 *   -- type: gauge
 *   -- help: Items stored, of all items that were tried.
 *   -- rows: run
 *   SELECT ... AS value FROM downloads WHERE run_id = :run_id
 *
 * Column `value` is the number, `suffix` is appended to the name, every other
 * column is a label. :run_id is the only parameter. With "rows: run", which may be left out,
 * the statement does not depend on rows of other runs, so that it need not be shown them.
 */
#ifndef METRIC_DEFINITION_H
#define METRIC_DEFINITION_H

#include "metric/prometheus.h"

struct metric_definition {
	char *path; /* for messages */
	char *text; /* the whole file, which is SQL */
	char *name;
	char *help;
	enum prometheus_type type;
	int name_line; /* where it is named, from 1, */
	int line;      /* and where the SELECT begins; in YAML the same */
	bool uses_run;  /* it has the parameter :run_id */
	bool reads_run; /* "rows: run": it gives the same without rows of other runs */
	/* What the other form counts, NULL in this one; it is freed by metric_pack. */
	struct metric_counted *counted;
};

/* Reads a definition. The name of the metric must be that of the file without
 * .sql, and a metric named *_total must be a counter. Nothing is borrowed. The
 * caller releases *out, after errors too. EXIT_CONFIG, with path and line, for
 * a wrong definition. */
MUST_USE int metric_definition_parse(struct metric_definition *out,
    const char *path, const char *text, size_t len, struct err *err);

/* Whether a file of that path may have a metric of that name: it is named so. */
bool metric_definition_is_named(const char *path, const char *name);

void metric_definition_release(struct metric_definition *definition);

#endif
