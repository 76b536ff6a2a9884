/* SPDX-License-Identifier: ISC
 *
 * event_sql -- the table of an event as SQL of SQLite (STRICT tables, 3.37).
 */
#ifndef TEL_EVENT_SQL_H
#define TEL_EVENT_SQL_H

#include "tel/event.h"

/* A column that every event table has beside the fields of its event. */
struct event_column {
	const char *name;
	const char *definition; /* type and constraints */
	enum event_type type;   /* of its values */
};

/* The number of columns of a table, and the name of column i, in order. Names
 * are static. */
size_t event_sql_column_count(enum event_kind kind);
const char *event_sql_column_name(enum event_kind kind, size_t i);

/* The type of the values of column i, as event.def has it. */
enum event_type event_sql_column_type(enum event_kind kind, size_t i);

/* The closed list "a|b|c" of column i; NULL when it has none. Static. */
const char *event_sql_column_choices(enum event_kind kind, size_t i);

/* Appends the definition of column i, "name TYPE ...", for CREATE TABLE and ADD
 * COLUMN. */
void event_sql_column(struct buf *out, enum event_kind kind, size_t i);

/* Appends "NAME (...) STRICT", the text that follows CREATE TABLE. */
void event_sql_definition(struct buf *out, enum event_kind kind);

/* Appends the text as SQL writes it: 'it''s'. Control characters are written as
 * char(N), because people paste such statements. */
void event_sql_text(struct buf *out, const char *text, size_t len);

/* Appends "CREATE TABLE IF NOT EXISTS ... STRICT;\n". */
void event_sql_table(struct buf *out, enum event_kind kind);

#endif
