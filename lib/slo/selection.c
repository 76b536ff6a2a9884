/* SPDX-License-Identifier: ISC */
#include "slo/selection.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>
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
slo_definition_of_type(const struct slo_events *events)
{
	return (struct slo_definition){ .events = events };
}

static const char *const part_names[] = { "table", "type", "where", "exclude", "good",
	"bad", "value", "bounds", "group" };
enum part { TABLE, TYPE, WHERE, EXCLUDE, GOOD, BAD, VALUE, BOUNDS, GROUP, PART_COUNT };

/* Appends a part of the text; the length keeps apart what would read alike. */
static void
add_part(struct buf *out, enum part part, const char *value)
{
	if (value != NULL)
		buf_printf(out, "%s %zu:%s\n", part_names[part], strlen(value), value);
}

void
slo_definition_text(struct buf *out, const struct slo_definition *definition)
{
	add_part(out, TABLE, slo_events_table(definition->events));
	add_part(out, TYPE, slo_events_type(definition->events));
	add_part(out, WHERE, definition->where);
	add_part(out, EXCLUDE, definition->exclude);
	add_part(out, definition->is_bad ? BAD : GOOD, definition->good);
	add_part(out, VALUE, definition->value);
	add_part(out, BOUNDS, definition->bounds);
	for (size_t i = 0; i < definition->group_count; i++)
		add_part(out, GROUP, definition->group[i]);
}

static void
set_part(struct slo_definition_copy *out, enum part part, const char *value)
{
	struct slo_definition *definition = &out->definition;

	switch (part) {
	case TABLE:
	case TYPE:
	case PART_COUNT:
		break;
	case WHERE:
		definition->where = value;
		break;
	case EXCLUDE:
		definition->exclude = value;
		break;
	case GOOD:
	case BAD:
		definition->good = value;
		definition->is_bad = part == BAD;
		break;
	case VALUE:
		definition->value = value;
		break;
	case BOUNDS:
		definition->bounds = value;
		break;
	case GROUP:
		definition->group[definition->group_count++] = value;
		break;
	}
}

/* The events of a table, and of a type where it has several. Returns 0, or -1. */
static int
set_events(struct slo_definition_copy *out, const char *table, const char *type)
{
	int kind = event_find_table(table);

	if (type == NULL || (kind < 0 && strcmp(table, EVENT_OTHER_TABLE) != 0))
		return -1;
	out->events.kind = kind >= 0 ? (enum event_kind)kind : EVENTS_OTHER;
	if (kind < 0)
		out->events.type = mem_text(type);
	out->definition.events = &out->events;
	return 0;
}

/* Reads "NAME LENGTH:VALUE\n" at *next, ends the value with a NUL and moves *next after
 * it. Returns 0, or -1. */
static int
read_part(char **next, enum part *part, char **value)
{
	char *at = strchr(*next, ' '), *end;
	size_t name_len = at != NULL ? (size_t)(at - *next) : 0;
	long long len;

	*part = TABLE;
	while (*part < PART_COUNT && (strlen(part_names[*part]) != name_len ||
	    memcmp(part_names[*part], *next, name_len) != 0))
		*part = (enum part)(*part + 1);
	if (*part == PART_COUNT || at[1] < '0' || at[1] > '9')
		return -1;
	len = strtoll(at + 1, &end, 10);
	if (*end != ':' || len < 0 || (size_t)len >= strlen(end + 1) ||
	    end[1 + len] != '\n')
		return -1;
	*value = end + 1;
	end[1 + len] = '\0';
	*next = end + 2 + len;
	return 0;
}

int
slo_definition_read(struct slo_definition_copy *out, const char *text, struct err *err)
{
	const char *table = NULL, *type = NULL;
	char *next, *value;
	bool is_read = true;
	enum part part;

	memset(out, 0, sizeof(*out));
	next = out->texts = mem_text(text);
	while (*next != '\0') {
		is_read = read_part(&next, &part, &value) == 0 && (part != GROUP ||
		    out->definition.group_count < SLO_MAX_GROUP);
		if (!is_read)
			break;
		if (part == TABLE)
			table = value;
		else if (part == TYPE)
			type = value;
		else
			set_part(out, part, value);
	}
	if (is_read && table != NULL && set_events(out, table, type) == 0)
		return 0;
	return err_set(err, EXIT_DATA, "not the text of a definition from byte %zu on",
	    (size_t)(next - out->texts));
}

void
slo_definition_copy_release(struct slo_definition_copy *copy)
{
	slo_events_release(&copy->events);
	free(copy->texts);
	memset(copy, 0, sizeof(*copy));
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

/* CASE is the fastest way: SQLite jumps where the condition is decided, and most events
 * are good, so that the condition is rarely evaluated twice. */
void
slo_definition_class_sql(struct buf *out, const struct slo_definition *definition,
    int shift)
{
	const int64_t unit = INT64_C(1) << shift;

	if (definition->exclude == NULL && definition->good == NULL) {
		buf_printf(out, "%" PRId64, unit * SLO_GOOD);
		return;
	}
	buf_add_text(out, "CASE");
	if (definition->exclude != NULL)
		buf_printf(out, " WHEN %s THEN %" PRId64, definition->exclude,
		    unit * SLO_EXCLUDED);
	if (definition->good == NULL)
		buf_printf(out, " ELSE %" PRId64, unit * SLO_GOOD);
	else
		buf_printf(out, " WHEN %s(%s) THEN %" PRId64 " WHEN %s(%s) THEN %" PRId64
		    " ELSE %" PRId64, definition->is_bad ? "NOT " : "", definition->good,
		    unit * SLO_GOOD, definition->is_bad ? "" : "NOT ", definition->good,
		    unit * SLO_BAD, unit * SLO_UNKNOWN);
	buf_add_text(out, " END");
}
