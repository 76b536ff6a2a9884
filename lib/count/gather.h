/* SPDX-License-Identifier: ISC
 *
 * gather -- sums events in memory by minute and group, for definitions of one table that
 * have the same groups, and adds the sums to a base.
 */
#ifndef COUNT_GATHER_H
#define COUNT_GATHER_H

#include "count/base.h"
#include "slo/selection.h"

/* A definition that is counted, and its number in the base. */
struct count_task {
	struct slo_definition definition; /* texts borrowed */
	int64_t no;
	char *where; /* slo_definition_where_sql, "" for all; owned by the scan */
};

/* The classes of one event, an enum slo_class for each definition of the table: the i-th
 * has the bits from SLO_CLASS_BITS * (i % GATHER_WORD) on of word i / GATHER_WORD. */
#define GATHER_WORD 20

struct gather;

/* first is the place of the first task among the classes. base and tasks are borrowed. */
struct gather *gather_open(struct count_base *base, const struct count_task *tasks,
    size_t count, size_t first);
void gather_close(struct gather *gather); /* NULL is fine */

/* Whether an event counts for any of the tasks. */
bool gather_is_counted(const struct gather *gather, const uint64_t *classes);

/* Adds an event of the group with these values, NULL for NULL. */
MUST_USE int gather_add(struct gather *gather, const char *const *values,
    const size_t *lens, int64_t ts_ms, const uint64_t *classes, struct err *err);

/* Adds what was gathered to the base, and empties the memory. */
MUST_USE int gather_flush(struct gather *gather, struct err *err);

#endif
