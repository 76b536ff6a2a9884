/* SPDX-License-Identifier: ISC
 *
 * row_envelope -- the keys that every event has: type, time, identity.
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
	struct row_text producer, origin; /* NULL too when seq or position is bad */
	struct row_text trace_id, span_id, cohort; /* unchecked */
	int64_t ts_ms, seq, position;
	bool has_identity; /* a producer or an origin */
};

/* What there is to know of the keys; made once. */
struct row_envelope_plan {
	struct row_envelope_keys keys;
	int64_t min[EVENT_ENVELOPE_COUNT], max[EVENT_ENVELOPE_COUNT];
};
void row_envelope_plan(struct row_envelope_plan *plan, struct key_table *keys);

/* Reads the envelope of an event. Returns 0, or -1 and *refusal; whatever could
 * be read is there all the same, so that a refused event may keep its
 * identity. */
MUST_USE int row_envelope(const struct row_envelope_plan *plan,
    const struct json_object *object, struct row_envelope *envelope,
    struct row_refusal *refusal);

#endif
