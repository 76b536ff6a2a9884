/* SPDX-License-Identifier: ISC
 *
 * segment_rows -- counts the rows of partitions of an archive: their lines become rows of
 * a temporary store, where the same statements count them that count in the database.
 */
#ifndef COUNT_SEGMENT_ROWS_H
#define COUNT_SEGMENT_ROWS_H

#include "count/table_scan.h"
#include "segment/catalog.h"

struct segment_rows;

/* Prepares to count rows of one table that are not in db, which is borrowed. The caller
 * owns *out and gives it to segment_rows_close. */
MUST_USE int segment_rows_open(struct segment_rows **out, struct db *db,
    const char *table, struct err *err);
void segment_rows_close(struct segment_rows *rows); /* NULL is fine */

/* Counts the rows of a partition with times from from_ms to last_ms for the tasks into
 * base; only frames that have such times are read. *row_count grows by the rows of these
 * frames that are not in the database. */
MUST_USE int segment_rows_count(struct segment_rows *rows, const char *root,
    const struct catalog_entry *entry, int64_t from_ms, int64_t last_ms,
    struct count_base *base, struct count_task *tasks, size_t count, int64_t *row_count,
    struct err *err);

#endif
