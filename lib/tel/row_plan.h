/* SPDX-License-Identifier: ISC
 *
 * row_plan -- how the members of an event come to the columns of its table:
 * event.def made ready for reading.
 */
#ifndef TEL_ROW_PLAN_H
#define TEL_ROW_PLAN_H

#include "json/json.h"
#include "json/key_table.h"
#include "tel/event.h"

/* Columns of a table, its own and the common ones; more would not fit the bits
 * of a set. */
#define ROW_MAX_COLUMNS 64
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
	signed char numbered[KEY_TABLE_SIZE]; /* columns of keys that have a
	                                       * number; -1: none */
};

/* Puts the names of the columns into keys. */
void row_plan_init(struct row_plan *plan, enum event_kind kind,
    struct key_table *keys);

/* The column of the member, -1 when it has none. Its key has the number that the
 * same table of keys gave it. */
int row_plan_find(const struct row_plan *plan,
    const struct json_member *member);

/* The same for the keys of the envelope. */
struct row_envelope_keys {
	signed char numbered[KEY_TABLE_SIZE];
};
void row_envelope_keys_init(struct row_envelope_keys *envelope,
    struct key_table *keys);
int row_envelope_keys_find(const struct row_envelope_keys *envelope,
    const struct json_member *member);

#endif
