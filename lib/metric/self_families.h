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
	bool is_up;          /* the database could be read; otherwise there is nothing else */
	int64_t at_ms;       /* when it began; 0: none has ended so far */
	int64_t elapsed_ns;  /* how long it took */
	int64_t pending_count; /* followed files that have more than was taken */
	int64_t since_ms;    /* since when the counts are kept; -1: nothing is counted */
	bool has_web_config, is_web_config_ok; /* the files of now are in use */
};

void self_families_add(struct metric_families *families, const struct self_facts *facts);

#endif
