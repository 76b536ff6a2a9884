/* SPDX-License-Identifier: ISC
 *
 * row -- an event in JSON to the row of its table: values that fit their
 * columns, taken without loss or refused. It knows no event and opens no
 * database: what it does follows from event.def.
 *
 * JSON null is the same as an absent key. Keys that event.def does not know go
 * to the column `extra`.
 */
#ifndef TEL_ROW_H
#define TEL_ROW_H

#include "base/arena.h"
#include "tel/row_envelope.h"

/* An event of a type that event.def does not know. */
#define ROW_OTHER (-1)

/* A key that event.def does not know. */
struct row_unknown {
	const char *key;
	unsigned int key_len;
	enum json_type type;
};

struct row {
	int kind; /* enum event_kind, or ROW_OTHER */
	struct row_envelope envelope;
	const unsigned char *record; /* all columns of the table but the id: */
	size_t record_len;           /* tel/record.h */
	const struct row_unknown *unknown;
	size_t unknown_count;
	const struct row_refusal *refusal; /* NULL: it is fine */
};

struct row_reader;

/* keep_extra: unknown keys are stored; else they are only counted, and of an
 * event of unknown type no more than its envelope is kept. keys is borrowed, and
 * numbers the keys of what is read. The caller's. */
struct row_reader *row_reader_open(bool keep_extra, struct key_table *keys);
void row_reader_close(struct row_reader *reader); /* NULL is fine */

/* Reads an event; body is the object as it stands in the line. What *row points
 * to lies in body or in the arena. A refused event keeps what could be read of
 * its envelope. */
void row_read(struct row_reader *reader, struct arena *arena,
    const struct json_object *object, const char *body, size_t body_len,
    struct row *row);

#endif
