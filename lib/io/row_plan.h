/* SPDX-License-Identifier: ISC
 *
 * row_plan -- how the members of an event come to the columns of its table:
 * event.def made ready for reading.
 */
#ifndef IO_ROW_PLAN_H
#define IO_ROW_PLAN_H

#include "io/json.h"
#include "tel/event.h"

/* Columns of a table, its own and the common ones; more would not fit the bits
 * of a set. */
#define ROW_MAX_COLUMNS 64
/* Members of a line whose column is remembered by their place. */
#define ROW_MAX_PLACES 64

struct row_column {
	const struct event_field *field; /* NULL: id and extra, set otherwise */
	const char *name;
	size_t name_len;
	int64_t min, max;
};

/* How to fill the row of one table. */
struct row_plan {
	struct row_column columns[ROW_MAX_COLUMNS];
	int count;
	int extra;
	uint64_t required, flags; /* a bit for each such column */
	/* Producers write the keys of an event in the same order each time: the
	 * column of the member that stood at each place last time. */
	unsigned char places[ROW_MAX_PLACES];
};

void row_plan_init(struct row_plan *plan, enum event_kind kind);

/* The column of the member at a place of the line, -1 when it has none. */
int row_plan_find(struct row_plan *plan, const struct json_member *member,
    size_t place);

#endif
