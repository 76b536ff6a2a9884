/* SPDX-License-Identifier: ISC
 *
 * counted_metric -- a metric that is counted from events (lib/count), as a person writes it, in
 * YAML:
 *
 *   metric: tel_http_request_duration_seconds
 *   type: histogram                  # counter, gauge, histogram
 *   help: How long requests took.
 *   unit: seconds                    # optional: the name must end in it
 *   source: {event: http, where: from_cache = 0}   # as in SLO files
 *   value: elapsed_ms
 *   buckets: [0.1, 1, 10]
 *   labels: {host: host, status_class: class(status)}
 *   max_series: 500
 *
 * A counter counts events or, with `value`, adds it up; a gauge shows the last value, by
 * ts_ms; a histogram has buckets. Counters, and histograms whose buckets begin at 0 or
 * above, leave out negative values, by which they would fall. Where `value` is one column
 * whose name ends in _ms and the metric's unit is seconds, it is divided by 1000, and
 * `buckets` are in seconds. A label is a column, a member such as labels.job, or
 * class(status), which is "2xx" for 200.
 */
#ifndef METRIC_COUNTED_METRIC_H
#define METRIC_COUNTED_METRIC_H

#include "count/count_value.h"
#include "metric/definition.h"
#include "slo/selection.h"

#define METRIC_MAX_SERIES 500

/* All is owned. */
struct metric_counted {
	struct slo_events events;
	char *where;  /* SQL; NULL: all events */
	char *value;  /* SQL; "1" where events are counted */
	bool has_value; /* the file has one */
	char *bounds; /* of the buckets in the unit of the value, or NULL */
	double edges[COUNT_MAX_BOUNDS]; /* the same in the unit of the metric */
	size_t edge_count;
	double divisor; /* from the unit of the value to that of the metric */
	char *label_names[SLO_MAX_GROUP];
	char *label_sql[SLO_MAX_GROUP];
	size_t label_count;
	int64_t max_series;
};

/* Reads a definition. The caller releases *out, after errors too. EXIT_CONFIG, with file
 * and line, for a wrong one. */
MUST_USE int metric_counted_parse(struct metric_definition *out, const char *path,
    const char *text, size_t len, struct err *err);
void metric_counted_release(struct metric_counted *counted); /* NULL is fine */

/* What is counted for it; borrowed from counted. */
struct slo_definition metric_counted_definition(const struct metric_counted *counted);

#endif
