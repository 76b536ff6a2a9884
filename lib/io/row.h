/* SPDX-License-Identifier: ISC
 *
 * row -- an event in JSON to a row of its table. It knows no event: what it
 * does follows from event.def.
 *
 * Values are taken without loss or not at all: an integer with a fraction, a
 * number in quotes, a word that is not of the list make the event a dead
 * letter. JSON null is the same as an absent key. Keys that event.def does not
 * know go to the column `extra`.
 */
#ifndef IO_ROW_H
#define IO_ROW_H

#include "io/db.h"
#include "io/json.h"

/* Why an event was refused: the words of the table dead_letters. */
struct row_refusal {
	const char *reason;   /* static */
	char field[64];       /* the key that is wrong, or "" */
	const char *at;       /* its value in the line, or NULL */
	char detail[256];
};

/* The envelope of an event. Texts are borrowed from the parser. */
struct row_envelope {
	const struct json_member *type;
	const struct json_member *producer, *run_id, *origin; /* NULL when absent */
	int64_t ts_ms, seq, position;
};

struct row_writer;

/* Prepares to write into db. The caller's. */
MUST_USE int row_open(struct row_writer **out, struct db *db, struct err *err);
void row_close(struct row_writer *writer); /* NULL is fine */

/* Reads the envelope of an event. Returns 0, or -1 and *refusal; whatever could
 * be read is there all the same, so that a refused event may keep its
 * identity. */
MUST_USE int row_envelope(const struct json_object *object,
    struct row_envelope *envelope, struct row_refusal *refusal);

/* Writes the row. body is the object as it stands in the line, for events of
 * unknown type. Returns 1, 0 and *refusal when the event is refused, -1 when
 * the database failed. */
MUST_USE int row_write(struct row_writer *writer, int64_t id,
    const struct row_envelope *envelope, const struct json_object *object,
    const char *body, size_t body_len, struct row_refusal *refusal,
    struct err *err);

/* Adds what was counted of unknown keys to the table of them. */
MUST_USE int row_finish(struct row_writer *writer, struct err *err);
/* After a rollback: forgets those counts. */
void row_forget(struct row_writer *writer);

#endif
