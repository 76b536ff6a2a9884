/* SPDX-License-Identifier: ISC
 *
 * plan -- what fetch_run would do with a work list, without a network
 * and without writing anything.
 */
#ifndef FETCH_PLAN_H
#define FETCH_PLAN_H

#include "fetch/options.h"

/* Prints a JSON object a line on out: {"would":"fetch","artifact_id":...,
 * "urls":[...]} or {"would":"skip","artifact_id":...,"reason":...}. Only out,
 * max_items, list, index and message of the options are read; without out no item
 * counts as stored, whatever the index says. Returns the number of bad lines, or -1. */
MUST_USE int64_t fetch_plan(const struct fetch_options *options, FILE *out,
    struct err *err);

#endif
