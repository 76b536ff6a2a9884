/* SPDX-License-Identifier: ISC
 *
 * list -- what is in an archive, for people and for programs.
 */
#ifndef ARCHIVE_LIST_H
#define ARCHIVE_LIST_H

#include "segment/catalog.h"

/* Appends a table with a heading, a line for each partition of the tables
 * (none: all) and a total. */
void archive_list_table(struct buf *out, const struct catalog *catalog,
    const char *const *tables, size_t table_count);

/* Appends the entries, one JSON object a line, each with its ratio. */
void archive_list_jsonl(struct buf *out, const struct catalog *catalog,
    const char *const *tables, size_t table_count);

#endif
