/* SPDX-License-Identifier: ISC
 *
 * table -- names of tables that somebody gave: an archive is made of the tables of
 * events (event_table).
 */
#ifndef SEGMENT_TABLE_H
#define SEGMENT_TABLE_H

#include "base/err.h"

#include <stddef.h>

/* Returns 0 when all names are those of tables of events, else EXIT_USAGE with the nearest. */
MUST_USE int segment_tables_check(const char *const *names, size_t count,
    struct err *err);

#endif
