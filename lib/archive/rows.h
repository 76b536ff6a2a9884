/* SPDX-License-Identifier: ISC
 *
 * rows -- rows of an event table of the database as lines of an
 * archive, and the row that a line came from. The name of a table is one of
 * event.def or other_events.
 */
#ifndef ARCHIVE_ROWS_H
#define ARCHIVE_ROWS_H

#include "base/buf.h"
#include "db/db.h"
#include "json/json.h"

#include <stdbool.h>
#include <stdint.h>

struct archive_rows;

/* Statements over one table; db is borrowed, *out the caller's. */
MUST_USE int archive_rows_open(struct archive_rows **out, struct db *db,
    const char *table, struct err *err);
void archive_rows_close(struct archive_rows *rows); /* NULL is fine */

/* The line of row id in place of what out held, with JSON_PADDING readable
 * bytes after it. It is one JSON object with the time and the identity of the
 * row; a line that holds JSON of the row has been read back and compared. Returns 1;
 * 0 when no line can hold the row without loss (err says why); -1 on errors. */
MUST_USE int archive_rows_line(struct archive_rows *rows, int64_t id,
    struct buf *out, struct err *err);

/* The id that the event of a line has in this database. Returns 1; 0 when the
 * database has never seen its source; -1 on errors. */
MUST_USE int archive_rows_find(struct archive_rows *rows,
    const struct json_object *line, int64_t *id, struct err *err);

/* The parser of these statements, which the caller may use for lines of its own. */
struct json_parser *archive_rows_parser(struct archive_rows *rows);

#endif
