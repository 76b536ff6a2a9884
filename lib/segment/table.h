/* SPDX-License-Identifier: ISC
 *
 * table -- the tables that an archive is made of: those of event.def
 * and the one of events whose type is unknown.
 */
#ifndef SEGMENT_TABLE_H
#define SEGMENT_TABLE_H

#include "base/err.h"

#include <stddef.h>

#define SEGMENT_OTHER_TABLE "other_events"

/* The tables whose rows are events: count of them, and the name of each. */
size_t segment_table_count(void);
const char *segment_table(size_t i);
/* Returns 0 when all names are among them, else EXIT_USAGE with the nearest. */
MUST_USE int segment_tables_check(const char *const *names, size_t count,
    struct err *err);

#endif
