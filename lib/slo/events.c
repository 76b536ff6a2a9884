/* SPDX-License-Identifier: ISC */
#include "slo/events.h"
#include "base/require.h"
#include "tel/event_sql.h"

#include <stdlib.h>
#include <string.h>

void
slo_events_release(struct slo_events *events)
{
	free(events->type);
	memset(events, 0, sizeof(*events));
}

const char *
slo_events_kind_name(enum event_kind kind)
{
	REQUIRE(kind <= EVENTS_OTHER);
	return kind == EVENTS_OTHER ? EVENTS_OTHER_NAME
	    : event_descriptions[kind].wire;
}

const char *
slo_events_type(const struct slo_events *events)
{
	return events->type != NULL ? events->type
	    : slo_events_kind_name(events->kind);
}

const char *
slo_events_table(const struct slo_events *events)
{
	return event_table((int)events->kind);
}

void
slo_events_add_condition(struct buf *out, const struct slo_events *events)
{
	if (events->type == NULL)
		return;
	buf_add_text(out, " AND type = ");
	event_sql_text(out, events->type, strlen(events->type));
}

bool
slo_events_are_same(const struct slo_events *a, const struct slo_events *b)
{
	return a->kind == b->kind &&
	    strcmp(slo_events_type(a), slo_events_type(b)) == 0;
}
