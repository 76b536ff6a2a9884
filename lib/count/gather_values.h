/* SPDX-License-Identifier: ISC
 *
 * gather_values -- adds up values of events in memory by group, for definitions of one table
 * that have the same groups, and adds what comes of it to a base.
 */
#ifndef COUNT_GATHER_VALUES_H
#define COUNT_GATHER_VALUES_H

#include "count/gather.h"
#include "count/count_value.h"

struct gather_values;

/* base and tasks are borrowed. The caller owns *out and gives it to gather_values_close.
 * EXIT_DATA when the bounds of a definition are none. */
MUST_USE int gather_values_open(struct gather_values **out, struct count_base *base,
    const struct count_task *tasks, size_t count, struct err *err);
void gather_values_close(struct gather_values *values); /* NULL is fine */

/* Chooses the group with these values, NULL for NULL, for what is added next. */
MUST_USE int gather_values_choose(struct gather_values *values,
    const char *const *group, const size_t *lens, struct err *err);

/* Adds the value of an event to the i-th task; NULL is an event without one. */
void gather_values_add(struct gather_values *values, size_t i,
    const struct count_number *number, int64_t ts_ms, int64_t id);

/* Adds what was gathered to the base, and empties the memory. */
MUST_USE int gather_values_flush(struct gather_values *values, struct err *err);

#endif
