/* SPDX-License-Identifier: ISC
 *
 * suggest -- writes lines for schema/event.def that add an unknown key or type, from
 * the values seen. A suggested line accepts every value that was seen.
 */
#ifndef INGEST_SUGGEST_H
#define INGEST_SUGGEST_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* How often a key was seen, and how often with each type of value. The sum over the
 * types is less than seen when the types of some values were not counted. */
struct suggest_values {
	int64_t seen;
	int64_t integers, reals, texts, booleans, nested, nulls;
};

/* Appends "FIELD(kind, key, ...)" to *line, without a newline. Returns false when
 * it has no suggestion; the reason is then appended to *note. With a suggestion,
 * *note may get a warning. */
bool suggest_field(struct buf *line, struct buf *note, const char *kind,
    const char *key, const struct suggest_values *values);

/* Append "EVENT(wire, ...)" and "END(wire)" in the same way. The lines of the
 * fields belong between them. wire is the type as events name it. */
bool suggest_event(struct buf *line, struct buf *note, const char *wire,
    int64_t seen);
void suggest_end(struct buf *line, const char *wire);

#endif
