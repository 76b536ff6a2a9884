/* SPDX-License-Identifier: ISC
 *
 * row -- turns an event in JSON into the row of its table. A value is
 * converted without loss, or the event is refused. The rules follow from
 * event.def; no code is for one event only, and no database is opened.
 *
 * JSON null is the same as an absent key. Keys that event.def does not know
 * are stored in the column `extra`.
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
	/* All columns of the table, the id as NULL; see tel/record.h. */
	const unsigned char *record;
	size_t record_len;
	const struct row_unknown *unknown;
	size_t unknown_count;
	const struct row_refusal *refusal; /* NULL when the event is valid */
};

struct row_reader;

/* Opens a reader, which the caller closes. With keep_extra, unknown keys are
 * stored; else they are only counted, and only the envelope of an event of
 * unknown type is stored. keys is borrowed; it is the table that numbers the
 * keys of the objects. */
struct row_reader *row_reader_open(bool keep_extra, struct key_table *keys);
void row_reader_close(struct row_reader *reader); /* NULL is fine */

/* Reads an event into *row; body is the text of the object. *row points into
 * body, the arena and the reader. The row of a refused event has what could be
 * read of its envelope. */
void row_read(struct row_reader *reader, struct arena *arena,
    const struct json_object *object, const char *body, size_t body_len,
    struct row *row);

#endif
