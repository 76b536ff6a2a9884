/* SPDX-License-Identifier: ISC */
#include "tel/row_plan.h"
#include "base/require.h"
#include "tel/event_sql.h"

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

/* Sets numbered to i for a key. A key without a number is found by its name later. */
static void
number_key(struct key_table *keys, const char *key, signed char *numbered, int i)
{
	int place = key_table_put(keys, key, strlen(key));

	if (place >= 0)
		numbered[place] = (signed char)i;
}

void
row_plan_init(struct row_plan *plan, enum event_kind kind,
    struct key_table *keys)
{
	memset(plan->numbered, -1, sizeof(plan->numbered));
	plan->count = (int)event_sql_column_count(kind);
	REQUIRE(plan->count <= ROW_MAX_COLUMNS);
	for (int i = 0; i < plan->count; i++) {
		struct row_column *column = &plan->columns[i];

		column->name = event_sql_column_name(kind, (size_t)i);
		column->name_len = strlen(column->name);
		column->field = field_of(kind, column->name);
		if (strcmp(column->name, "extra") == 0)
			plan->extra = i;
		if (column->field == NULL)
			continue;
		number_key(keys, column->name, plan->numbered, i);
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
row_plan_find(const struct row_plan *plan, const struct json_member *member)
{
	if (member->key_number >= 0)
		return plan->numbered[member->key_number];
	for (int i = 0; i < plan->count; i++)
		if (is_column(&plan->columns[i], member))
			return i;
	return -1;
}

void
row_envelope_keys_init(struct row_envelope_keys *envelope,
    struct key_table *keys)
{
	memset(envelope->numbered, -1, sizeof(envelope->numbered));
	for (int i = 0; i < EVENT_ENVELOPE_COUNT; i++)
		number_key(keys, event_envelope[i].name, envelope->numbered, i);
}

int
row_envelope_keys_find(const struct row_envelope_keys *envelope,
    const struct json_member *member)
{
	if (member->key_number >= 0)
		return envelope->numbered[member->key_number];
	for (int i = 0; i < EVENT_ENVELOPE_COUNT; i++)
		if (strlen(event_envelope[i].name) == member->key_len &&
		    memcmp(event_envelope[i].name, member->key,
		    member->key_len) == 0)
			return i;
	return -1;
}
