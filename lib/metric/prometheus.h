/* SPDX-License-Identifier: ISC
 *
 * prometheus -- the Prometheus text format 0.0.4 (Prometheus documentation,
 * "Exposition formats"): names, escaping, numbers, and one metric family with
 * all its samples, checked before it is printed. A family without samples
 * prints nothing: absence of data is shown by absence.
 */
#ifndef METRIC_PROMETHEUS_H
#define METRIC_PROMETHEUS_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum prometheus_type {
	PROMETHEUS_COUNTER,
	PROMETHEUS_GAUGE,
	PROMETHEUS_HISTOGRAM,
	PROMETHEUS_SUMMARY,
	PROMETHEUS_UNTYPED,
	PROMETHEUS_TYPE_COUNT
};

/* The words of TYPE lines, and all of them with commas for messages. */
extern const char *const prometheus_type_names[PROMETHEUS_TYPE_COUNT];
#define PROMETHEUS_TYPES "counter, gauge, histogram, summary, untyped"

/* Returns the type with that name; -1 for none. */
MUST_USE int prometheus_find_type(const char *name);

/* Whether name is [a-zA-Z_:][a-zA-Z0-9_:]* */
bool prometheus_is_metric_name(const char *name);
/* Whether name is [a-zA-Z_][a-zA-Z0-9_]*, without the reserved prefix "__". */
bool prometheus_is_label_name(const char *name);

/* Writes the number as the format requires: the shortest decimal that reads back as
 * the same double, whole numbers up to 2^53 without exponent, NaN, +Inf, -Inf.
 * size of out is at least NUM_REAL_SIZE. Returns the length. For tests. */
size_t prometheus_print_number(char *out, double value);

struct prometheus_label {
	const char *name;
	const char *value; /* any bytes; NULL or none: no such label */
	size_t len;
};

struct prometheus_sample;

struct prometheus_family {
	const char *name; /* borrowed, as help is */
	const char *help;
	enum prometheus_type type;
	struct prometheus_sample *samples;
	size_t count;
	struct buf keys; /* name and labels of every sample, as printed */
};

/* An empty family; prometheus_release frees what it gathers. name is a metric
 * name; help any text. */
void prometheus_init(struct prometheus_family *family, const char *name,
    enum prometheus_type type, const char *help);
void prometheus_release(struct prometheus_family *family);

/* Adds a sample. suffix is "" or, as the type allows, _sum, _count, _bucket;
 * names of labels are label names and differ. Nothing is borrowed. Bytes of a
 * value that are not UTF-8, and NUL, at which Prometheus stops reading, become
 * U+FFFD. EXIT_CONFIG when the type does not allow the sample. */
MUST_USE int prometheus_add(struct prometheus_family *family,
    const char *suffix, const struct prometheus_label *labels,
    size_t label_count, double value, struct err *err);

/* Checks the samples together: none occurs twice, quantiles rise, the buckets of a
 * histogram rise, end in +Inf and agree with its _count. EXIT_CONFIG otherwise. */
MUST_USE int prometheus_check(const struct prometheus_family *family,
    struct err *err);

/* Appends HELP, TYPE and the samples in the order they were added. */
void prometheus_print(const struct prometheus_family *family, struct buf *out);

#endif
