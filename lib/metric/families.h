/* SPDX-License-Identifier: ISC
 *
 * families -- the metric families of one evaluation, in the order in which they were begun,
 * with their own names.
 */
#ifndef METRIC_FAMILIES_H
#define METRIC_FAMILIES_H

#include "metric/exposition.h"

struct metric_families {
	struct prometheus_family **items; /* owned, as their names are */
	size_t count, settled_count;
};

/* Begins a family, which lives until the release. name and help are copied. */
struct prometheus_family *metric_families_add(struct metric_families *families,
    enum prometheus_type type, const char *help, const char *name);

/* Begins the family tel_dropped_series{family}: label sets that have no series. */
struct prometheus_family *metric_families_add_dropped(struct metric_families *families);

/* Adds a sample with up to so many labels, of which those without a value are left out. An
 * error here is a fault of this program: the type of the family does not take the suffix. */
void metric_families_sample(struct prometheus_family *family, const char *suffix,
    const struct prometheus_label *labels, size_t label_count, double value);

/* Settles the families that are not yet, leaving out what is wrong; nothing is added to them
 * afterwards. EXIT_CONFIG when a definition is wrong. */
MUST_USE int metric_families_settle(struct metric_families *families, struct err *err);

/* Appends all of them, settled, with the labels that all samples get; exposition_end is the
 * caller's. */
MUST_USE int metric_families_print(const struct metric_families *families,
    enum exposition_format format, const struct prometheus_label *labels,
    size_t label_count, struct buf *out, struct err *err);

/* Appends a line for each: pack, name, type and help, separated by tabs. */
void metric_families_list(const struct metric_families *families, const char *pack,
    struct buf *out);

void metric_families_release(struct metric_families *families);

#endif
