/* SPDX-License-Identifier: ISC */
#include "count/count_rows.h"

#include <stdlib.h>
#include <string.h>

/* Reads the rows of one table. */
static int
scan_table(struct count_base *base, struct db *db, struct count_task *tasks,
    size_t count, const struct count_rows *rows, int64_t *row_count, struct err *err)
{
	struct scan *scan;
	int result = 0;

	if (scan_open(&scan, db, base, tasks, count, &rows->rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows->value_count && result == 0; i++)
		result = scan_run(scan, &rows->values[i], row_count, err);
	if (result == 0)
		result = scan_flush(scan, err);
	scan_close(scan);
	return result;
}

static int
compare_tables(const void *a, const void *b)
{
	const struct count_task *left = a, *right = b;

	return strcmp(slo_events_table(left->definition.events),
	    slo_events_table(right->definition.events));
}

int
count_rows(struct count_base *base, struct db *db, struct count_task *tasks,
    size_t count, const struct count_rows *rows, int64_t *row_count, struct err *err)
{
	if (count > 0)
		qsort(tasks, count, sizeof(*tasks), compare_tables);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count &&
		    compare_tables(&tasks[i], &tasks[end]) == 0; end++)
			;
		if (scan_table(base, db, tasks + i, end - i, rows, row_count, err) < 0)
			return -1;
	}
	return 0;
}
