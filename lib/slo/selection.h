/* SPDX-License-Identifier: ISC
 *
 * selection -- what is counted, whatever becomes of the counts: which events, what
 * makes one good, and by which columns they are grouped. Objectives that differ in
 * their targets and windows have one definition, whose events are counted once.
 *
 * An event that meets `where` is excluded if it meets `exclude`. Else it is good or bad,
 * and unknown where the condition is NULL. A `where` or `exclude` that is NULL is not
 * met.
 */
#ifndef SLO_SELECTION_H
#define SLO_SELECTION_H

#include "base/buf.h"
#include "slo/query.h"

enum slo_class { SLO_NOT_COUNTED, SLO_GOOD, SLO_BAD, SLO_UNKNOWN, SLO_EXCLUDED };
#define SLO_CLASS_BITS 3

/* All texts are borrowed. */
struct slo_definition {
	const struct slo_events *events;
	const char *where;   /* SQL; NULL: all of them */
	const char *exclude; /* NULL: none */
	const char *good;    /* NULL: all of them */
	bool is_bad;         /* the condition in `good` selects the bad ones */
	/* SQL of a number, with which values are kept, of all events that meet `where`, in
	 * place of counts by minute; then `exclude` and `good` are NULL. */
	const char *value;
	const char *bounds; /* of buckets of values: "0.5,1,2.5"; NULL: none */
	const char *group[SLO_MAX_GROUP]; /* SQL */
	size_t group_count;
};

/* The events that a query counts; with counts_events those that show that a slice exists;
 * and all events of a type, whatever `where` says. */
struct slo_definition slo_definition_of(const struct slo_query *query);
struct slo_definition slo_definition_of_presence(const struct slo_query *query);
struct slo_definition slo_definition_of_type(const struct slo_events *events);

/* Appends the text that two definitions share if and only if they count the same. */
void slo_definition_text(struct buf *out, const struct slo_definition *definition);

/* A definition with its own memory. */
struct slo_definition_copy {
	struct slo_definition definition; /* points into what follows */
	struct slo_events events;
	char *texts; /* owned */
};

/* Makes a definition again from its text. EXIT_DATA when it is no such text. The caller
 * releases *out in every case. */
MUST_USE int slo_definition_read(struct slo_definition_copy *out, const char *text,
    struct err *err);
void slo_definition_copy_release(struct slo_definition_copy *copy);

/* Appends the condition of rows that are counted; nothing when all rows of the table
 * are. */
void slo_definition_where_sql(struct buf *out, const struct slo_definition *definition);

/* Appends an SQL expression: the enum slo_class of a row that meets `where`, never
 * SLO_NOT_COUNTED and never NULL, as an integer shifted by so many bits. */
void slo_definition_class_sql(struct buf *out, const struct slo_definition *definition,
    int shift);

#endif
