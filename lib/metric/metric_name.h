/* SPDX-License-Identifier: ISC
 *
 * metric_name -- the names of a metric definition: what promtool check metrics
 * (Prometheus 2.42) would complain of, what OpenMetrics 1.0 reserves, and labels that a
 * scrape would rename or drop. Base units only, _total if and only if counter.
 */
#ifndef METRIC_METRIC_NAME_H
#define METRIC_METRIC_NAME_H

#include "metric/prometheus.h"

struct metric_names {
	const char *name; /* as Prometheus shows it, of a counter with _total */
	enum prometheus_type type;
	const char *unit;          /* that the definition gives, or NULL */
	const char *const *labels; /* of all that a sample may have, also le, quantile
	                            * and the state of a stateset */
	size_t label_count;
};

/* Appends a message for each thing that is wrong, one a line. Returns their number; the
 * caller decides which of them is an error. Text in names is made safe for a terminal. */
size_t metric_name_check(const struct metric_names *names, struct buf *out);

/* Whether the name says that the values are in seconds. */
bool metric_name_is_in_seconds(const char *name);

/* Whether the two families cannot stand in one exposition, because some sample or
 * family of one has a name that the other may have, in text 0.0.4 or in OpenMetrics. */
bool metric_name_clash(const char *one, enum prometheus_type one_type,
    const char *two, enum prometheus_type two_type);

#endif
