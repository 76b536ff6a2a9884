/* SPDX-License-Identifier: ISC
 *
 * merge -- adds the counts of one base to another, whose events must be different ones.
 */
#ifndef COUNT_MERGE_H
#define COUNT_MERGE_H

#include "count/catch_up.h"

/* Adds what other has counted for the definitions, under the numbers that they have in
 * base, which they have in other as well. Groups are matched by their values. */
MUST_USE int count_merge(struct count_base *base, struct count_base *other,
    const struct count_wanted *wanted, size_t count, struct err *err);

#endif
