/* SPDX-License-Identifier: ISC
 *
 * row_other -- the row of an event whose type event.def does not know.
 */
#ifndef TEL_ROW_OTHER_H
#define TEL_ROW_OTHER_H

#include "base/arena.h"
#include "tel/event.h"
#include "tel/row_envelope.h"

/* The definition of their table in schema/store.sql. */
#define ROW_OTHER_DEFINITION EVENT_OTHER_TABLE " (id INTEGER PRIMARY KEY," \
	" ts_ms INTEGER NOT NULL, run_id TEXT, type TEXT NOT NULL," \
	" trace_id TEXT, span_id TEXT, cohort TEXT, body TEXT NOT NULL) STRICT"

/* Makes the record (tel/record.h) in the arena, and sets *len to its bytes.
 * body is the text of the object; with NULL only the envelope is stored. */
const unsigned char *row_other_record(struct arena *arena,
    const struct row_envelope *envelope, const char *body, size_t body_len,
    size_t *len);

#endif
