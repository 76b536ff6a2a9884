/* SPDX-License-Identifier: ISC
 *
 * row_plan -- how the members of an event come to the columns of its table:
 * event.def made ready for reading.
 */
#ifndef IO_ROW_PLAN_H
#define IO_ROW_PLAN_H

#include "io/key_table.h"
#include "tel/event.h"

/* Columns of a table, its own and the common ones; more would not fit the bits
 * of a set. */
#define ROW_MAX_COLUMNS 64
/* What a member is: its key of the envelope, or -1; and the number of its key in
 * the table, or -1, with the version of that. */
struct row_key {
	int envelope;
	int number;
	unsigned int version;
};

/* The keys of the lines. Zeros are an empty one. */
struct row_shape {
	struct key_table table;
	struct {
		unsigned int version;
		int envelope;
	} known[KEY_TABLE_SIZE];
};

/* *previous as in key_table_find. */
struct row_key row_shape_find(struct row_shape *shape,
    const struct json_member *member, int *previous);

struct row_column {
	const struct event_field *field; /* NULL: id and extra, set otherwise */
	enum event_type type;            /* the field's */
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
	struct {
		unsigned int version;
		int column;
	} known[KEY_TABLE_SIZE]; /* columns of keys, by their numbers */
};

void row_plan_init(struct row_plan *plan, enum event_kind kind);

/* The column of the member, -1 when it has none. */
int row_plan_find(struct row_plan *plan, const struct json_member *member,
    struct row_key key);

#endif
