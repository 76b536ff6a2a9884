/* SPDX-License-Identifier: ISC
 *
 * event_find -- the id that an event has in a database, by the identity in its line.
 */
#ifndef STORE_EVENT_FIND_H
#define STORE_EVENT_FIND_H

#include "db/db.h"
#include "json/object.h"
#include "tel/event_line.h"

/* Reads the identity of a line, which borrows its texts. Returns false when the line names
 * none. */
MUST_USE bool event_find_origin(const struct json_object *line,
    struct event_origin *out);

/* Returns a statement for event_find, which the caller finalizes; db is borrowed. */
MUST_USE int event_find_open(struct db_statement **out, struct db *db, struct err *err);

/* Sets *id to the id of the event. Returns 1; 0 when the database has never seen its
 * source, or the identity cannot be one; -1 on errors. */
MUST_USE int event_find_id(struct db_statement *statement,
    const struct event_origin *identity, int64_t *id, struct err *err);

#endif
