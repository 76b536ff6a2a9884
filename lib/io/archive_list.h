/* SPDX-License-Identifier: ISC
 *
 * archive_list -- what is in an archive, for people and for programs.
 */
#ifndef IO_ARCHIVE_LIST_H
#define IO_ARCHIVE_LIST_H

#include "io/catalog.h"

/* Appends a table with a heading, a line for each partition of the tables
 * (none: all) and a total. */
void archive_list_table(struct buf *out, const struct catalog *catalog,
    const char *const *tables, size_t table_count);

/* Appends the entries, one JSON object a line, each with its ratio. */
void archive_list_jsonl(struct buf *out, const struct catalog *catalog,
    const char *const *tables, size_t table_count);

#endif
