/* SPDX-License-Identifier: ISC
 *
 * event_sql -- the table of an event in SQLite's words (STRICT, 3.37).
 */
#ifndef TEL_EVENT_SQL_H
#define TEL_EVENT_SQL_H

#include "tel/event.h"

/* The columns that every event table has beside the fields of its event. */
struct event_column {
	const char *name;
	const char *definition; /* type and constraints */
};

/* All columns of the table of kind, in order. Returns how many there are; the
 * definition of column i is appended to *out by event_sql_column. */
size_t event_sql_column_count(enum event_kind kind);
const char *event_sql_column_name(enum event_kind kind, size_t i);

/* Appends "name TYPE ..." of column i, as CREATE TABLE and ADD COLUMN take it. */
void event_sql_column(struct buf *out, enum event_kind kind, size_t i);

/* Appends "TABLE (...) STRICT", as it stands behind CREATE TABLE. */
void event_sql_definition(struct buf *out, enum event_kind kind);

/* Appends "CREATE TABLE IF NOT EXISTS ... STRICT;\n". */
void event_sql_table(struct buf *out, enum event_kind kind);

#endif
