/* SPDX-License-Identifier: ISC
 *
 * suggest -- lines for schema/event.def from what was seen of a key or of a type
 * that it does not know. A line that is suggested refuses nothing that was seen.
 */
#ifndef INGEST_SUGGEST_H
#define INGEST_SUGGEST_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* How often a key was seen, and with which types of values. The sum of the types
 * is less than seen when some were not counted. */
struct suggest_values {
	int64_t seen;
	int64_t integers, reals, texts, booleans, nested, nulls;
};

/* Appends "FIELD(kind, key, ...)" to *line, without a newline. Returns false when
 * it has no suggestion. *note gets the reason, or a warning, if there is one. */
bool suggest_field(struct buf *line, struct buf *note, const char *kind,
    const char *key, const struct suggest_values *values);

/* Appends "EVENT(wire, ...)" and "END(wire)" in the same way; the fields go
 * between them. */
bool suggest_event(struct buf *line, struct buf *note, const char *wire,
    int64_t seen);
void suggest_end(struct buf *line, const char *wire);

#endif
