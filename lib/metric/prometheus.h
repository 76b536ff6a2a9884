/* SPDX-License-Identifier: ISC
 *
 * prometheus -- metric families as Prometheus and OpenMetrics know them: types, names,
 * numbers, and a family with its samples, which exposition.h prints as text.
 *
 * Where a family is wrong, this line is drawn:
 *
 * - What the data decide leaves out the sample and nothing else: a value that the type
 *   does not take, a stateset without its state, a set of labels that occurs twice
 *   (which happens too when the bytes that are replaced were all that differed: the
 *   first stays). Of a histogram the whole metric is left out, that is all samples of
 *   that set of labels without le, as the others would tell a wrong distribution.
 * - What the definition decides is an error: a suffix that the type does not take; and
 *   le or quantile missing, no number or out of place, edges that do not rise, no
 *   bucket +Inf, _count ahead of its buckets. The last ones may come of data too: as
 *   long as another metric of the family has none of them, the metric that does is left
 *   out, and it is an error when no metric is right.
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
	PROMETHEUS_INFO,     /* always 1, for its labels; a gauge in text 0.0.4 */
	PROMETHEUS_STATESET, /* 1 or 0 for each state, which is the value of the label
	                      * named as the family; a gauge in text 0.0.4 */
	PROMETHEUS_UNKNOWN,  /* untyped in text 0.0.4 */
	PROMETHEUS_TYPE_COUNT
};

/* The names of the types, as OpenMetrics has them, and all of them for messages. */
extern const char *const prometheus_type_names[PROMETHEUS_TYPE_COUNT];
#define PROMETHEUS_TYPES "counter, gauge, histogram, summary, info, stateset, unknown"

enum prometheus_suffix {
	PROMETHEUS_PLAIN,
	PROMETHEUS_SUM,
	PROMETHEUS_COUNT,
	PROMETHEUS_BUCKET,
	PROMETHEUS_CREATED, /* when it began to count, in seconds since the epoch */
	PROMETHEUS_SUFFIX_COUNT
};

/* "", "_sum", "_count", "_bucket", "_created" */
extern const char *const prometheus_suffixes[PROMETHEUS_SUFFIX_COUNT];

/* Returns the type with that name, or the older name "untyped"; -1 for none. */
MUST_USE int prometheus_find_type(const char *name);

/* Whether name is [a-zA-Z_:][a-zA-Z0-9_:]* */
bool prometheus_is_metric_name(const char *name);
/* Whether name is [a-zA-Z_][a-zA-Z0-9_]*, without the reserved prefix "__". */
bool prometheus_is_label_name(const char *name);

/* Returns the length of the name that OpenMetrics has for a family: a counter is named
 * without _total, an info without _info; 0 when that leaves nothing. */
size_t prometheus_base_length(const char *name, enum prometheus_type type);

/* Returns the unit that the name ends in, _total aside: "seconds", "bytes" ...; NULL
 * when that is none of the base units of OpenMetrics, and for info and stateset, which
 * have none. Nobody needs to free it. */
const char *prometheus_unit(const char *name, enum prometheus_type type);

/* Writes the number as both formats require: the shortest decimal that reads back as
 * the same double, whole numbers up to 2^53 without exponent, NaN, +Inf, -Inf.
 * size of out is at least NUM_REAL_SIZE. Returns the length. */
size_t prometheus_print_number(char *out, double value);

/* Writes the value of a label le or quantile as every exporter should, because the
 * series of another text is another series: OpenMetrics 1.0, "Canonical Numbers"; that
 * is %g of Go, with ".0" after a number that has neither point nor exponent. Takes no
 * NaN. size of out is at least NUM_REAL_SIZE. Returns the length. */
size_t prometheus_print_edge(char *out, double edge);

/* Appends text with \\, \n and, where that is wanted, \" in place of what they stand for.
 * Bytes that are not UTF-8, and NUL, become U+FFFD. */
void prometheus_add_escaped(struct buf *out, const char *text, size_t len,
    bool escapes_quotes);

struct prometheus_label {
	const char *name;
	const char *value; /* any bytes; NULL or none: no such label */
	size_t len;
};

struct prometheus_sample {
	size_t key_at;   /* into keys: "name_suffix{label=...}", ends in NUL */
	size_t group_at; /* into keys: what its metric has in common, ends in NUL */
	size_t metric;   /* which metric of the family; after prometheus_settle */
	enum prometheus_suffix suffix;
	enum prometheus_fault {
		PROMETHEUS_RIGHT,
		PROMETHEUS_DATA, /* faults of the two kinds that are told above */
		PROMETHEUS_SHAPE
	} fault;
	bool is_twice; /* an earlier sample has its labels */
	double edge; /* quantile or le; NaN when the sample has none */
	double value;
};

/* Readers may read all of it. */
struct prometheus_family {
	const char *name; /* borrowed, as help is */
	const char *help;
	enum prometheus_type type;
	struct prometheus_sample *samples;
	size_t count;
	struct buf keys;        /* of the samples, as they are printed */
	struct buf label_names; /* of all samples, each with a NUL */
	size_t dropped_count;   /* samples left out; whole after prometheus_settle */
	struct err dropped;     /* why the first was; "" while none was */
	struct err shape;       /* the first fault of a definition, or "" */
};

/* An empty family; prometheus_release frees what it gathers. name is a metric name,
 * the one that Prometheus shows (of a counter with its _total); help any text. */
void prometheus_init(struct prometheus_family *family, const char *name,
    enum prometheus_type type, const char *help);
void prometheus_release(struct prometheus_family *family);

/* A label value is cut after so many bytes, at the end of a character: longer ones, which no
 * dashboard shows, would fill the memory of whoever reads them. A host name has 253. */
#define PROMETHEUS_MAX_LABEL_BYTES 256

/* Adds a sample. suffix is "" or, as the type allows, _sum, _count, _bucket, _created;
 * names of labels are label names and differ, and have the same order in all samples of
 * the family. Nothing is borrowed. Bytes of a value that are not UTF-8, and NUL, at
 * which Prometheus stops reading, become U+FFFD. Returns 0 for a wrong sample too,
 * which prometheus_settle will leave out. EXIT_CONFIG when the type does not take the
 * suffix. */
MUST_USE int prometheus_add(struct prometheus_family *family,
    const char *suffix, const struct prometheus_label *labels,
    size_t label_count, double value, struct err *err);

/* The same for a sample that has no number: it will be left out, because of the reason
 * that is given. */
MUST_USE int prometheus_add_wrong(struct prometheus_family *family,
    const char *suffix, const struct prometheus_label *labels,
    size_t label_count, const char *reason, struct err *err);

/* Leaves out the samples from the first-th on, of which the reason says that they are not
 * all there were. */
void prometheus_leave_out(struct prometheus_family *family, size_t first,
    const struct err *reason);

/* To be called once, after the last sample. Puts the samples of each metric together,
 * in the order in which they were added, as OpenMetrics requires; a metric is a set of
 * labels without le, quantile and the state of a stateset. Checks them as is told above
 * and leaves out those that are wrong. EXIT_CONFIG when the definition is wrong. */
MUST_USE int prometheus_settle(struct prometheus_family *family,
    struct err *err);

#endif
