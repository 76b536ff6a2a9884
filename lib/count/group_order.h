/* SPDX-License-Identifier: ISC
 *
 * group_order -- the order in which a definition first had events of its groups. It is that
 * of the series that people are shown, of which only so many have a place of their own: who
 * has one keeps it, also when the definition begins anew.
 */
#ifndef COUNT_GROUP_ORDER_H
#define COUNT_GROUP_ORDER_H

#include "count/base.h"

/* Puts a group after all others of the definition, unless it has its place. */
MUST_USE int count_group_order_add(struct count_base *base, int64_t no, int64_t group_no,
    struct err *err);

/* Forgets the order of the groups of a definition. */
MUST_USE int count_group_order_forget(struct count_base *base, int64_t no, struct err *err);

/* Calls visit with the groups of a definition, in their order. */
typedef int count_group_visitor(void *context, int64_t group_no, struct err *err);
MUST_USE int count_group_order_read(struct count_base *base, int64_t no,
    count_group_visitor *visit, void *context, struct err *err);

#endif
