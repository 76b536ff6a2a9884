/* SPDX-License-Identifier: ISC
 *
 * table_scan -- reads rows of one event table once, for any number of definitions. SQLite
 * evaluates the conditions, so that they mean what they mean in every other statement,
 * and packs the classes of an event into integers; the sums are made here.
 */
#ifndef COUNT_TABLE_SCAN_H
#define COUNT_TABLE_SCAN_H

#include "count/gather.h"

/* Which rows are read: SQL around the name of the table, and a condition with parameters
 * of the names below. All is borrowed; a text may be NULL. */
struct scan_rows {
	const char *before_table, *after_table;
	const char *condition;
};

/* Values for the parameters of the condition; those that it does not have are ignored. */
struct scan_values {
	int64_t from_id, last_id; /* :from_id, :last_id */
	int64_t from_ms, last_ms; /* :from_ms, :last_ms */
	const char *run_id;       /* :run_id, borrowed */
};

struct scan;

/* Prepares to count the tasks, which are of one table, into base. db is the database of
 * the events; it, base, tasks (which are sorted here) and rows are borrowed. The caller
 * owns *out and gives it to scan_close. EXIT_DATA when the table lacks a column. */
MUST_USE int scan_open(struct scan **out, struct db *db, struct count_base *base,
    struct count_task *tasks, size_t count, const struct scan_rows *rows,
    struct err *err);
void scan_close(struct scan *scan); /* NULL is fine */

/* Reads the rows with these values and gathers them; *row_count grows by their number. */
MUST_USE int scan_run(struct scan *scan, const struct scan_values *values,
    int64_t *row_count, struct err *err);

/* Adds to the base what was gathered. */
MUST_USE int scan_flush(struct scan *scan, struct err *err);

#endif
