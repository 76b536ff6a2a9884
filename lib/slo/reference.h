/* SPDX-License-Identifier: ISC
 *
 * reference -- what a word or a path of an expression names: a column, or a member of a
 * JSON column.
 *
 * Of the types of event.def: a word is a column; labels.KEY and attributes.KEY are
 * members, extra.KEY and extra.OBJECT.KEY too (extra has the keys that have no column).
 * Of EVENTS_OTHER: a word is a column or else a key of the event, OBJECT.KEY is within
 * it; body.KEY and body.OBJECT.KEY are the same, also for keys that are no words.
 * A key that is not of letters, digits and _ has double quotes: labels."http.method".
 */
#ifndef SLO_REFERENCE_H
#define SLO_REFERENCE_H

#include "slo/column.h"
#include "slo/member.h"

struct reference {
	bool is_member;
	struct column column; /* unless is_member */
	struct member member; /* its keys are in the text of the expression */
};

/* Resolves the current token, a TOKEN_WORD or TOKEN_PATH. EXIT_CONFIG with the place
 * when it names nothing, or may be meant as something else. */
MUST_USE int reference_read(struct reference *out, const struct token_reader *token,
    enum event_kind kind, struct err *err);

/* What events are grouped by. All is owned. */
struct slo_group {
	char *name;         /* as it is in the file: host, labels."http.method" */
	char *sql;          /* a column, or a member as a text */
	char *presence_sql; /* the same of the events of `presence`; NULL without */
};

/* Reads the name of a column or member, and sets *sql (the caller frees it). */
MUST_USE int reference_group_sql(char **sql, const char *name, enum event_kind kind,
    struct err *err);

void reference_group_release(struct slo_group *group);

#endif
