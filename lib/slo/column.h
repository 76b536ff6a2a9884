/* SPDX-License-Identifier: ISC
 *
 * column -- the columns of an event, as expressions and groups name them.
 */
#ifndef SLO_COLUMN_H
#define SLO_COLUMN_H

#include "slo/events.h"

struct column {
	const char *name;    /* static */
	enum event_type type;
	const char *choices; /* its closed list "a|b|c", static; NULL when it has none */
};

/* Finds a column of the kind; false when it has none of that name. Those of
 * EVENTS_OTHER are the keys of the envelope that their table has a column for. */
MUST_USE bool column_look_up(struct column *out, const char *name, size_t len,
    enum event_kind kind);

/* The same for a type of event.def. Without such a column, the error (EXIT_CONFIG)
 * suggests the nearest, or the member that may have been meant. */
MUST_USE int column_find(struct column *out, const char *name,
    enum event_kind kind, struct err *err);

/* Returns the JSON column of the kind whose name is nearest to the text, or NULL. */
const char *column_nearest_json(const char *text, enum event_kind kind);

#endif
