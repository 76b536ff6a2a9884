/* SPDX-License-Identifier: ISC
 *
 * column -- the columns of an event, as expressions and groups name them.
 */
#ifndef SLO_COLUMN_H
#define SLO_COLUMN_H

#include "tel/event.h"

struct column {
	const char *name;    /* static */
	enum event_type type;
	const char *choices; /* its closed list "a|b|c", static; NULL when it has none */
};

/* Finds a column of the event. When it has none of that name, the error
 * (EXIT_CONFIG) suggests the nearest. */
MUST_USE int column_find(struct column *out, const char *name,
    enum event_kind kind, struct err *err);

#endif
