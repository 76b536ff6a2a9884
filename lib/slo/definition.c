/* SPDX-License-Identifier: ISC */
#include "slo/definition.h"

#include <string.h>

struct slo_definition
slo_definition_of(const struct slo_query *query)
{
	struct slo_definition definition = {
		.events = &query->event,
		.where = query->where, .exclude = query->exclude,
		.good = query->good, .is_bad = query->is_bad,
		.group_count = query->group_count,
	};

	for (size_t i = 0; i < query->group_count; i++)
		definition.group[i] = query->group[i].sql;
	return definition;
}

struct slo_definition
slo_definition_of_presence(const struct slo_query *query)
{
	struct slo_definition definition = {
		.events = &query->presence,
		.where = query->presence_where,
		.group_count = query->group_count,
	};

	for (size_t i = 0; i < query->group_count; i++)
		definition.group[i] = query->group[i].presence_sql;
	return definition;
}

struct slo_definition
slo_definition_of_type(const struct slo_query *query)
{
	return (struct slo_definition){ .events = &query->event };
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
	add_part(out, "table", slo_events_table(definition->events));
	add_part(out, "type", slo_events_type(definition->events));
	add_part(out, "where", definition->where);
	add_part(out, "exclude", definition->exclude);
	add_part(out, definition->is_bad ? "bad" : "good", definition->good);
	for (size_t i = 0; i < definition->group_count; i++)
		add_part(out, "group", definition->group[i]);
}

void
slo_definition_where_sql(struct buf *out, const struct slo_definition *definition)
{
	struct buf type = BUF_EMPTY;

	slo_events_add_condition(&type, definition->events);
	if (definition->where != NULL)
		buf_printf(out, "%s%s", definition->where, buf_text(&type));
	else if (type.len > 0)
		buf_add_text(out, buf_text(&type) + strlen(" AND "));
	buf_release(&type);
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
