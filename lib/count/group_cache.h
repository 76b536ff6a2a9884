/* SPDX-License-Identifier: ISC
 *
 * group_cache -- the numbers of groups in a base, by their values: most events are of a
 * group that was seen before.
 */
#ifndef COUNT_GROUP_CACHE_H
#define COUNT_GROUP_CACHE_H

#include "count/base.h"

struct group_cache;

struct group_cache *group_cache_open(struct count_base *base); /* base is borrowed */
void group_cache_close(struct group_cache *cache);

/* Returns the number of the group with these values, NULL for NULL, which the base gets
 * when it is new; below 0 on an error. */
MUST_USE int64_t group_cache_find(struct group_cache *cache, const char *const *values,
    const size_t *lens, size_t count, struct err *err);

#endif
