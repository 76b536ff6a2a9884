/* SPDX-License-Identifier: ISC
 *
 * row -- an event in JSON to a row of its table. It knows no event: what it
 * does follows from event.def.
 *
 * JSON null is the same as an absent key. Keys that event.def does not know go
 * to the column `extra`.
 */
#ifndef IO_ROW_H
#define IO_ROW_H

#include "io/db.h"
#include "io/row_envelope.h"

struct row_writer;

/* Prepares to write into db. The caller's. */
MUST_USE int row_open(struct row_writer **out, struct db *db, struct err *err);
void row_close(struct row_writer *writer); /* NULL is fine */

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
