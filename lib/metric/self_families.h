/* SPDX-License-Identifier: ISC
 *
 * self_families -- families about an evaluation itself.
 */
#ifndef METRIC_SELF_FAMILIES_H
#define METRIC_SELF_FAMILIES_H

#include "metric/families.h"

#include <stdint.h>

/* What is known of an evaluation. */
struct self_facts {
	bool is_up;            /* the database could be read */
	bool has_web_config, is_web_config_ok; /* the files of now are in use */
	int64_t at_ms;         /* when the last one that worked began; 0: none did, and */
	int64_t elapsed_ns;    /* nothing from here on is known: how long it took, */
	int64_t pending_count; /* followed files that have more than was taken, */
	int64_t since_ms;      /* since when counts are kept; -1: in no file */
};

void self_families_add(struct metric_families *families, const struct self_facts *facts);

#endif
