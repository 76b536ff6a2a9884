/* SPDX-License-Identifier: ISC
 *
 * row_plan -- which member of an event belongs to which column of its table:
 * event.def, prepared for reading.
 */
#ifndef TEL_ROW_PLAN_H
#define TEL_ROW_PLAN_H

#include "json/json.h"
#include "json/key_table.h"
#include "tel/event.h"

/* The most columns of a table, because a set of columns has 64 bits. */
#define ROW_MAX_COLUMNS 64
struct row_column {
	const struct event_field *field; /* NULL for id and extra */
	enum event_type type;            /* of the field */
	const char *name;
	size_t name_len;
	int64_t min, max;
};

/* How to fill the row of one table. */
struct row_plan {
	struct row_column columns[ROW_MAX_COLUMNS];
	int count;
	int extra; /* the index of that column */
	uint64_t required, flags; /* sets: a bit for each such column */
	signed char numbered[KEY_TABLE_SIZE]; /* the column by the number of a
	                                       * key; -1 for none */
};

/* Makes the plan of a table and adds the names of its columns to keys. */
void row_plan_init(struct row_plan *plan, enum event_kind kind,
    struct key_table *keys);

/* Returns the column of a member, -1 when it has none. The number of its key
 * must come from the same table of keys. */
MUST_USE int row_plan_find(const struct row_plan *plan,
    const struct json_member *member);

/* The same for the keys of the envelope: the result is an enum
 * event_envelope_key. */
struct row_envelope_keys {
	signed char numbered[KEY_TABLE_SIZE];
};
void row_envelope_keys_init(struct row_envelope_keys *envelope,
    struct key_table *keys);
MUST_USE int row_envelope_keys_find(const struct row_envelope_keys *envelope,
    const struct json_member *member);

#endif
