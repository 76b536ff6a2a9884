/* SPDX-License-Identifier: ISC
 *
 * events -- which events are counted: those of a type of event.def, which have a table
 * of their own, or those of a type of a user's own, which are in the table of others.
 */
#ifndef SLO_EVENTS_H
#define SLO_EVENTS_H

#include "base/buf.h"
#include "tel/event.h"

/* The kind of all types that event.def does not have. */
#define EVENTS_OTHER EVENT_KIND_COUNT

/* How files name that kind, which is no type of event.def. */
#define EVENTS_OTHER_NAME "other"

struct slo_events {
	enum event_kind kind; /* or EVENTS_OTHER */
	char *type;           /* owned; NULL unless EVENTS_OTHER */
};

void slo_events_release(struct slo_events *events);

/* Returns the name of a kind in files and messages: "http", "other". Static. */
const char *slo_events_kind_name(enum event_kind kind);

/* Returns the type that the events have on the wire. Static, or owned by events. */
const char *slo_events_type(const struct slo_events *events);

/* Returns their table. Static. */
const char *slo_events_table(const struct slo_events *events);

/* Appends the condition that their rows meet in that table, after " AND "; nothing when
 * all rows do. */
void slo_events_add_condition(struct buf *out, const struct slo_events *events);

/* Whether both are the same events. */
bool slo_events_are_same(const struct slo_events *a, const struct slo_events *b);

#endif
