/* SPDX-License-Identifier: ISC */
#include "slo/definition.h"
#include "tel/event.h"

#include <string.h>

static void
copy_group(struct slo_definition *definition, const struct slo_query *query)
{
	definition->group_count = query->group_count;
	for (size_t i = 0; i < query->group_count; i++)
		definition->group[i] = query->group[i];
}

struct slo_definition
slo_definition_of(const struct slo_query *query)
{
	struct slo_definition definition = {
		.table = event_descriptions[query->event].table,
		.where = query->where, .exclude = query->exclude,
		.good = query->good, .is_bad = query->is_bad,
	};

	copy_group(&definition, query);
	return definition;
}

struct slo_definition
slo_definition_of_presence(const struct slo_query *query)
{
	struct slo_definition definition = {
		.table = event_descriptions[query->presence].table,
		.where = query->presence_where,
	};

	copy_group(&definition, query);
	return definition;
}

struct slo_definition
slo_definition_of_type(const struct slo_query *query)
{
	return (struct slo_definition){
		.table = event_descriptions[query->event].table,
	};
}

/* Appends a part of the text; the length keeps apart what would read alike. */
static void
add_part(struct buf *out, const char *name, const char *value)
{
	if (value != NULL)
		buf_printf(out, "%s %zu:%s\n", name, strlen(value), value);
}

void
slo_definition_text(struct buf *out, const struct slo_definition *definition)
{
	add_part(out, "events", definition->table);
	add_part(out, "where", definition->where);
	add_part(out, "exclude", definition->exclude);
	add_part(out, definition->is_bad ? "bad" : "good", definition->good);
	for (size_t i = 0; i < definition->group_count; i++)
		add_part(out, "group", definition->group[i]);
}

/* The condition is evaluated once. TRUE is 1, FALSE 0; <> 0 makes 1 of any other number
 * that is true. */
void
slo_definition_class_sql(struct buf *out, const struct slo_definition *definition)
{
	if (definition->exclude != NULL)
		buf_printf(out, "CASE WHEN %s THEN %d ELSE ", definition->exclude,
		    SLO_EXCLUDED);
	if (definition->good == NULL)
		buf_printf(out, "%d", SLO_GOOD);
	else if (definition->is_bad)
		buf_printf(out, "ifnull(%d + (%s <> 0), %d)", SLO_GOOD,
		    definition->good, SLO_UNKNOWN);
	else
		buf_printf(out, "ifnull(%d - (%s <> 0), %d)", SLO_BAD,
		    definition->good, SLO_UNKNOWN);
	if (definition->exclude != NULL)
		buf_add_text(out, " END");
}
