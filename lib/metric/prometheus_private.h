/* SPDX-License-Identifier: ISC
 *
 * prometheus_private -- what prometheus.c and prometheus_settle.c share.
 */
#ifndef METRIC_PROMETHEUS_PRIVATE_H
#define METRIC_PROMETHEUS_PRIVATE_H

#include "metric/prometheus.h"

/* Keys may be long; messages show only the beginning. */
#define KEY "sample %.160s: "
#define KEY_OF(family, sample) ((family)->keys.data + (sample)->key_at)

/* Marks a sample that must be left out and keeps the reason if it is the first. A fault
 * of the definition is worse than one of the data, and stays. */
void prometheus_fault(struct prometheus_family *family,
    struct prometheus_sample *sample, enum prometheus_fault fault,
    const char *format, ...) PRINTF_LIKE(4, 5);

#endif
