/* SPDX-License-Identifier: ISC
 *
 * event -- schema/event.def as C: a struct of each event, for code that writes
 * it, and a table of its fields, for code that reads any event.
 */
#ifndef TEL_EVENT_H
#define TEL_EVENT_H

#include "base/json_writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum event_kind {
#define EVENT(kind, wire, table, doc) EVENT_##kind,
#include "schema/event.def"
	EVENT_KIND_COUNT
};

enum event_type {
	EVENT_TEXT,
	EVENT_HEX,
	EVENT_CHOICE,
	EVENT_INTEGER,
	EVENT_REAL,
	EVENT_BOOLEAN,
	EVENT_JSON
};

enum event_need { EVENT_OPTIONAL, EVENT_REQUIRED };

/* The keys of the envelope, in the order of event.def. */
enum event_envelope_key {
#define ENVELOPE(name, type, need, limits, doc) EVENT_ENVELOPE_##name,
#include "schema/event.def"
	EVENT_ENVELOPE_COUNT
};

struct event_field {
	const char *name;
	const char *doc;
	const char *limits;
	enum event_type type;
	enum event_need need;
	size_t value_offset; /* into struct event_KIND */
	size_t has_offset;   /* of its has_ member; unused for text and booleans */
};

struct event_description {
	const char *wire;  /* value of the key "type" */
	const char *table; /* table of the database */
	const char *doc;
	const struct event_field *fields;
	size_t field_count;
};

extern const struct event_description event_descriptions[EVENT_KIND_COUNT];
extern const struct event_field event_envelope[EVENT_ENVELOPE_COUNT];

/* struct event_http, struct event_rate and so on. Texts are borrowed, and NULL
 * when absent; a number is absent unless its has_ member is set, as event_set
 * does. A struct of zeros is an event without fields. */
#define EVENT_MEMBER_TEXT(name) const char *name;
#define EVENT_MEMBER_HEX(name) const char *name;
#define EVENT_MEMBER_CHOICE(name) const char *name;
#define EVENT_MEMBER_JSON(name) const char *name;
#define EVENT_MEMBER_INTEGER(name) int64_t name; bool has_##name;
#define EVENT_MEMBER_REAL(name) double name; bool has_##name;
#define EVENT_MEMBER_BOOLEAN(name) bool name;
#define EVENT(kind, wire, table, doc) struct event_##kind {
#define FIELD(kind, name, type, need, limits, doc) EVENT_MEMBER_##type(name)
#define END(kind) };
#include "schema/event.def"

#define event_set(body, field, number) \
	((body)->field = (number), (body)->has_##field = true)

/* Stamps the events of one process with its producer and seq. */
struct event_writer {
	char producer[64];
	int64_t seq;        /* of the last event written */
	const char *run_id; /* borrowed; or NULL */
	const char *cohort; /* borrowed; or NULL */
};

/* Initialises a writer; its first event has seq 1. producer is a name that no
 * other run of a program has, such as prog_instance makes. */
void event_writer_init(struct event_writer *writer, const char *producer);

/* Appends the event with the next seq as one line, newline included. body is a
 * struct event_KIND of that kind. */
void event_write(struct event_writer *writer, struct buf *out,
    enum event_kind kind, int64_t ts_ms, const void *body);

/* Returns the kind whose wire type this is; -1 for an unknown type. */
MUST_USE int event_find(const char *wire, size_t len);

/* The tables of events, 0 to EVENT_TABLE_COUNT - 1: first those of the kinds, by
 * their numbers, then the one of events whose type is unknown. */
#define EVENT_OTHER_TABLE "other_events"
#define EVENT_TABLE_COUNT (EVENT_KIND_COUNT + 1)
const char *event_table(int i);

/* Returns the kind whose table this is; -1 for the table of unknown types, and for
 * a text that names no table. */
MUST_USE int event_find_table(const char *table);

/* Reads the limits of an INTEGER field, "min..max"; a missing side sets no limit. */
void event_limits_integer(const char *limits, int64_t *min, int64_t *max);

/* Whether text is one of the alternatives "a|b|c". */
bool event_limits_choice(const char *limits, const char *text, size_t len);

/* Whether text is hexadecimal and has as many digits as limits say, any if "". */
bool event_limits_hex(const char *limits, const char *text, size_t len);

#endif
