/* SPDX-License-Identifier: ISC
 *
 * event_line -- writes a row of an event table as a line of JSON that makes
 * the same row when it is ingested. It works for every event of event.def and
 * opens no file. A value that JSON cannot express is an error and is never
 * replaced.
 *
 * A line has type, ts_ms, the identity, run_id, the fields in the order of
 * event.def, trace_id, span_id, cohort and extra. NULL values are left out.
 */
#ifndef TEL_EVENT_LINE_H
#define TEL_EVENT_LINE_H

#include "tel/event.h"

enum event_value_type {
	EVENT_VALUE_NULL,
	EVENT_VALUE_INTEGER,
	EVENT_VALUE_REAL,
	EVENT_VALUE_TEXT
};

struct event_value {
	enum event_value_type type;
	int64_t integer;
	double real;
	const char *text; /* borrowed; may have NUL bytes */
	size_t text_len;
};

/* The identity of an event: producer and seq when its producer stamped it, else
 * origin and position. */
struct event_origin {
	bool is_producer;
	const char *name; /* borrowed */
	size_t name_len;
	int64_t position;
};

/* Which column of a statement is which, found once for each statement. An index
 * is -1 when the statement has no such column. */
struct event_columns {
	enum event_kind kind;
	int id, ts_ms, run_id, trace_id, span_id, cohort, extra;
	int *fields; /* the column of each field; owned */
	struct buf *keys; /* of each field, ready to be written: "name":; owned */
};

/* Finds the columns by their names. Returns 0, or -1 with EXIT_DATA when
 * event.def does not know a column, whose values would be lost, or id or ts_ms
 * is missing. After 0 the caller releases columns. */
MUST_USE int event_columns_init(struct event_columns *columns,
    enum event_kind kind, const char *const *names, int count,
    struct err *err);
void event_columns_release(struct event_columns *columns);

/* Appends the line, without newline. values are those of the columns, in their
 * order. Returns 0, or -1 with EXIT_DATA, which names the column; out is then
 * unchanged. JSON columns and extra are copied unchecked; *has_json says
 * whether the line has any, and the caller must then check that it is JSON. */
MUST_USE int event_line_write(struct buf *out,
    const struct event_columns *columns, const struct event_value *values,
    const struct event_origin *origin, bool *has_json, struct err *err);

/* Appends the line of an event of unknown type, whose whole object is body. Unless
 * has_identity, the line begins with the identity from origin. Errors as above. */
MUST_USE int event_line_write_other(struct buf *out, const char *body,
    size_t body_len, bool has_identity, const struct event_origin *origin,
    struct err *err);

#endif
