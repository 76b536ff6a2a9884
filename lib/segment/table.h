/* SPDX-License-Identifier: ISC
 *
 * table -- checks names of tables from a command line: an archive has the tables of
 * events (event_table).
 */
#ifndef SEGMENT_TABLE_H
#define SEGMENT_TABLE_H

#include "base/err.h"

#include <stddef.h>

/* Returns 0 when all names are tables of events; otherwise EXIT_USAGE, which suggests the
 * nearest name. */
MUST_USE int segment_tables_check(const char *const *names, size_t count,
    struct err *err);

#endif
