/* SPDX-License-Identifier: ISC
 *
 * count_rows -- counts chosen rows of the tables for definitions: one pass over each table.
 */
#ifndef COUNT_COUNT_ROWS_H
#define COUNT_COUNT_ROWS_H

#include "count/table_scan.h"

/* Rows, and the values for each pass over them. All is borrowed. */
struct count_rows {
	struct scan_rows rows;
	const struct scan_values *values;
	size_t value_count;
};

/* Counts rows of db into base; the tasks are reordered. *row_count grows by the rows
 * read. */
MUST_USE int count_rows(struct count_base *base, struct db *db,
    struct count_task *tasks, size_t count, const struct count_rows *rows,
    int64_t *row_count, struct err *err);

#endif
