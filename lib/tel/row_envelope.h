/* SPDX-License-Identifier: ISC
 *
 * row_envelope -- the keys that events of all types share: type, time,
 * identity.
 */
#ifndef TEL_ROW_ENVELOPE_H
#define TEL_ROW_ENVELOPE_H

#include "tel/row_plan.h"
#include "tel/row_value.h"

struct row_text {
	const char *text; /* NULL when absent */
	size_t len;
};

/* The envelope of an event. Texts are borrowed from the parser. */
struct row_envelope {
	struct row_text type, run_id;
	struct row_text producer, origin; /* NULL also when seq or position is bad */
	struct row_text trace_id, span_id, cohort; /* row checks these later */
	int64_t ts_ms, seq, position;
	bool has_identity; /* a producer or an origin */
};

/* Numbers and limits of the keys, made once. */
struct row_envelope_plan {
	struct row_envelope_keys keys;
	int64_t min[EVENT_ENVELOPE_COUNT], max[EVENT_ENVELOPE_COUNT];
};
void row_envelope_plan(struct row_envelope_plan *plan, struct key_table *keys);

/* Reads the envelope of an event. Returns 0, or -1 with *refusal; *envelope then has
 * the parts that could be read, so that a refused event may keep its identity. */
MUST_USE int row_envelope(const struct row_envelope_plan *plan,
    const struct json_object *object, struct row_envelope *envelope,
    struct row_refusal *refusal);

#endif
