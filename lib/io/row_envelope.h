/* SPDX-License-Identifier: ISC
 *
 * row_envelope -- the keys that every event has: type, time, identity.
 */
#ifndef IO_ROW_ENVELOPE_H
#define IO_ROW_ENVELOPE_H

#include "io/row_value.h"

/* The envelope of an event. Texts are borrowed from the parser. */
struct row_envelope {
	const struct json_member *type;
	const struct json_member *producer, *run_id, *origin; /* NULL when absent */
	int64_t ts_ms, seq, position;
};

/* Reads the envelope of an event. Returns 0, or -1 and *refusal; whatever could
 * be read is there all the same, so that a refused event may keep its
 * identity. */
MUST_USE int row_envelope(const struct json_object *object,
    struct row_envelope *envelope, struct row_refusal *refusal);

#endif
