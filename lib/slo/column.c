/* SPDX-License-Identifier: ISC */
#include "slo/column.h"
#include "base/buf.h"
#include "base/opt.h"
#include "base/require.h"
#include "tel/event_sql.h"

#include <string.h>

#define MAX_NAMES 64 /* most names considered for "did you mean" */

/* Other events: the keys of the envelope that are columns. All else is in the body. */
static const struct column others[] = {
	{ "ts_ms", EVENT_INTEGER, NULL }, { "run_id", EVENT_TEXT, NULL },
	{ "trace_id", EVENT_HEX, NULL }, { "span_id", EVENT_HEX, NULL },
	{ "cohort", EVENT_TEXT, NULL },
};
#define OTHER_COUNT (sizeof(others) / sizeof(others[0]))

static size_t
count_of(enum event_kind kind)
{
	return kind == EVENTS_OTHER ? OTHER_COUNT : event_sql_column_count(kind);
}

static struct column
column_of(enum event_kind kind, size_t i)
{
	if (kind == EVENTS_OTHER)
		return others[i];
	return (struct column){ event_sql_column_name(kind, i),
		event_sql_column_type(kind, i), event_sql_column_choices(kind, i) };
}

bool
column_look_up(struct column *out, const char *name, size_t len, enum event_kind kind)
{
	for (size_t i = 0; i < count_of(kind); i++) {
		struct column column = column_of(kind, i);

		if (strlen(column.name) == len && memcmp(column.name, name, len) == 0) {
			*out = column;
			return true;
		}
	}
	return false;
}

/* Returns the nearest name of a column, of JSON columns only or of all; or NULL. */
static const char *
nearest(const char *text, enum event_kind kind, bool is_json)
{
	const char *names[MAX_NAMES];
	size_t count = 0;

	for (size_t i = 0; i < count_of(kind) && count < MAX_NAMES; i++) {
		struct column column = column_of(kind, i);

		if (!is_json || column.type == EVENT_JSON)
			names[count++] = column.name;
	}
	return opt_nearest(text, names, count);
}

const char *
column_nearest_json(const char *text, enum event_kind kind)
{
	return nearest(text, kind, true);
}

/* Adds how a key that is no column is written: "labels.env". */
static void
add_members(struct buf *out, const char *name, enum event_kind kind)
{
	for (size_t i = 0; i < count_of(kind); i++) {
		struct column column = column_of(kind, i);

		if (column.type != EVENT_JSON)
			continue;
		if (strcmp(column.name, "extra") == 0)
			buf_printf(out, "; a key without a column is extra.%.60s", name);
		else
			buf_printf(out, "; one in %s is %s.%.60s", column.name,
			    column.name, name);
	}
}

int
column_find(struct column *out, const char *name, enum event_kind kind,
    struct err *err)
{
	struct buf members = BUF_EMPTY;
	const char *near;

	REQUIRE(kind < EVENT_KIND_COUNT);
	if (column_look_up(out, name, strlen(name), kind))
		return 0;
	near = nearest(name, kind, false);
	if (near != NULL)
		return err_set(err, EXIT_CONFIG, "event %s has no column '%.60s'; did "
		    "you mean '%s'?", event_descriptions[kind].wire, name, near);
	add_members(&members, name, kind);
	err_set(err, EXIT_CONFIG, "event %s has no column '%.60s'; "
	    "tel-events(5) lists them%s", event_descriptions[kind].wire, name,
	    buf_text(&members));
	buf_release(&members);
	return -1;
}
