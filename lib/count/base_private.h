/* SPDX-License-Identifier: ISC
 *
 * base_private -- what base.c and the files base_*.c share: the definitions, groups, counts
 * and statements of a base. Other modules do not include it.
 */
#ifndef COUNT_BASE_PRIVATE_H
#define COUNT_BASE_PRIVATE_H

#include "count/base.h"

/* The statements over counts. */
struct base_cells {
	struct db_statement *read_hour, *write_hour, *read_day, *write_day;
	struct db_statement *read_total, *write_total;
	/* The day that is being added to. */
	bool has_day;
	int64_t no, group_no;
	struct count_row day;
	struct count_cell added; /* to the total */
	struct buf bytes;
};

/* A statement that was compiled once, known again by its text. */
struct base_statement {
	const char *sql; /* static */
	struct db_statement *statement;
};

struct count_base {
	struct db *db;
	struct count_base *under;
	struct count_base *groups_of; /* asked for groups first; NULL: none */
	struct db_statement *find_group, *add_group, *mark, *miss, *found;
	struct base_cells cells;
	struct base_statement *statements;
	size_t statement_count;
};

MUST_USE int base_cells_open(struct base_cells *cells, struct db *db, struct err *err);
void base_cells_close(struct base_cells *cells);

#endif
