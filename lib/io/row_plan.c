/* SPDX-License-Identifier: ISC */
#include "io/row_plan.h"
#include "tel/event_sql.h"

#include <assert.h>
#include <string.h>

static const struct event_field *
envelope_field(const char *name)
{
	for (int i = 0; i < EVENT_ENVELOPE_COUNT; i++)
		if (strcmp(event_envelope[i].name, name) == 0)
			return &event_envelope[i];
	return NULL;
}

static const struct event_field *
field_of(enum event_kind kind, const char *name)
{
	const struct event_description *description = &event_descriptions[kind];

	for (size_t i = 0; i < description->field_count; i++)
		if (strcmp(description->fields[i].name, name) == 0)
			return &description->fields[i];
	return envelope_field(name);
}

void
row_plan_init(struct row_plan *plan, enum event_kind kind)
{
	plan->count = (int)event_sql_column_count(kind);
	assert(plan->count <= ROW_MAX_COLUMNS);
	for (int i = 0; i < plan->count; i++) {
		struct row_column *column = &plan->columns[i];

		column->name = event_sql_column_name(kind, (size_t)i);
		column->name_len = strlen(column->name);
		column->field = field_of(kind, column->name);
		if (strcmp(column->name, "extra") == 0)
			plan->extra = i;
		if (column->field == NULL)
			continue;
		column->type = column->field->type;
		event_limits_integer(column->field->limits, &column->min,
		    &column->max);
		if (column->field->need == EVENT_REQUIRED)
			plan->required |= UINT64_C(1) << i;
		else if (column->field->type == EVENT_BOOLEAN)
			plan->flags |= UINT64_C(1) << i;
	}
}

static bool
is_column(const struct row_column *column, const struct json_member *member)
{
	return column->name_len == member->key_len && column->field != NULL &&
	    memcmp(column->name, member->key, member->key_len) == 0;
}

int
row_plan_find(struct row_plan *plan, const struct json_member *member,
    struct row_key key)
{
	int column = -1;

	if (key.number >= 0 && plan->known[key.number].version == key.version)
		return plan->known[key.number].column;
	for (int i = 0; i < plan->count && column < 0; i++)
		if (is_column(&plan->columns[i], member))
			column = i;
	if (key.number >= 0) {
		plan->known[key.number].version = key.version;
		plan->known[key.number].column = column;
	}
	return column;
}

static int
envelope_key(const struct json_member *member)
{
	for (int i = 0; i < EVENT_ENVELOPE_COUNT; i++)
		if (strlen(event_envelope[i].name) == member->key_len &&
		    memcmp(event_envelope[i].name, member->key,
		    member->key_len) == 0)
			return i;
	return -1;
}

struct row_key
row_shape_find(struct row_shape *shape, const struct json_member *member,
    int *previous)
{
	int number = key_table_find(&shape->table, member, previous);
	unsigned int version;

	if (number < 0)
		return (struct row_key){ envelope_key(member), -1, 0 };
	version = shape->table.entries[number].version;
	if (shape->known[number].version != version) {
		shape->known[number].version = version;
		shape->known[number].envelope = envelope_key(member);
	}
	return (struct row_key){ shape->known[number].envelope, number,
		version };
}
