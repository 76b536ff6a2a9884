/* SPDX-License-Identifier: ISC
 *
 * event_line -- a row of an event table as the line of JSON that it came from,
 * so that the line, taken in again, makes the same row. Pure, and generic over
 * event.def. Nothing is lost in silence: a value that JSON cannot say is an
 * error, not a substitute.
 *
 * A line holds type, ts_ms, the identity, run_id, the fields in the order of
 * event.def, trace_id, span_id, cohort and extra. NULL is left out.
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
	const char *text; /* borrowed; NUL may stand in it */
	size_t text_len;
};

/* Who the event came from and its place there: producer and seq of an event
 * that its producer stamped, else origin and position. */
struct event_origin {
	bool is_producer;
	const char *name; /* borrowed */
	size_t name_len;
	int64_t position;
};

/* The columns of a table by what they are for; made once for each statement. */
struct event_columns {
	enum event_kind kind;
	int id, ts_ms, run_id, trace_id, span_id, cohort, extra;
	int *fields; /* of each field; ours. -1 when the table lacks it */
	struct buf *keys; /* of each field: "name":, ready to be written; ours */
};

/* Finds the columns by their names. Returns 0; or -1 with EXIT_DATA when there
 * is a column that event.def does not know (its values would be lost) or one of
 * the first two is missing. Release with event_columns_release. */
MUST_USE int event_columns_init(struct event_columns *columns,
    enum event_kind kind, const char *const *names, int count,
    struct err *err);
void event_columns_release(struct event_columns *columns);

/* Appends the line, newline not included. values are those of the columns.
 * Returns 0, or -1 with EXIT_DATA and the column in err; out is then as it
 * was. JSON columns and extra are taken as they are; *has_json tells that some
 * stand in the line, which is then to be checked by who calls. */
MUST_USE int event_line_write(struct buf *out,
    const struct event_columns *columns, const struct event_value *values,
    const struct event_origin *origin, bool *has_json, struct err *err);

/* Appends the line of an event of unknown type, which body holds whole; the
 * identity is put in front of it when has_identity is false. */
MUST_USE int event_line_write_other(struct buf *out, const char *body,
    size_t body_len, bool has_identity, const struct event_origin *origin,
    struct err *err);

#endif
