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
/* Members of a line that are remembered by their place, and the longest of their
 * keys. Producers write the keys of an event in the same order each time, so one
 * comparison with the line before tells all of a member. */
#define ROW_MAX_PLACES 64
#define ROW_MAX_KEY_BYTES 32

/* The key that stood at a place last. */
struct row_place {
	char key[ROW_MAX_KEY_BYTES];
	size_t key_len;
	int envelope; /* enum event_envelope_key, or -1 */
	unsigned int version; /* changes with the key */
};

struct row_shape {
	struct row_place places[ROW_MAX_PLACES];
	unsigned int version;
};

/* What a member is: its key of the envelope, or -1; and a version by which
 * row_plan_find knows the key again, 0 when it may not. */
struct row_key {
	int envelope;
	unsigned int version;
};
struct row_key row_shape_find(struct row_shape *shape,
    const struct json_member *member, size_t place);

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
		unsigned int version; /* of the row_key whose column this is */
		int column;
	} places[ROW_MAX_PLACES];
};

void row_plan_init(struct row_plan *plan, enum event_kind kind);

/* The column of the member at a place of the line, -1 when it has none. */
int row_plan_find(struct row_plan *plan, const struct json_member *member,
    struct row_key key, size_t place);

#endif
