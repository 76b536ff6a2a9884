/* SPDX-License-Identifier: ISC */
#include "io/row_envelope.h"

#include <string.h>

static const struct json_member *
envelope_member(const struct json_object *object,
    enum event_envelope_key key)
{
	const struct json_member *member =
	    json_find(object, event_envelope[key].name);

	return member != NULL && member->type == JSON_NULL ? NULL : member;
}

static int
envelope_integer(const struct json_object *object, enum event_envelope_key key,
    int64_t *out, struct row_refusal *refusal)
{
	const struct event_field *field = &event_envelope[key];
	const struct json_member *member = envelope_member(object, key);
	int64_t min, max;

	if (member == NULL)
		return row_refuse(refusal, "missing_field", field->name, NULL,
		    "%s: must be there", field->name);
	event_limits_integer(field->limits, &min, &max);
	return row_read_integer(field, min, max, member, out, refusal);
}

/* The two halves of an identity: a name and a number, both or neither. */
static int
envelope_pair(const struct json_object *object, enum event_envelope_key name,
    enum event_envelope_key number, const struct json_member **out_name,
    int64_t *out_number, struct row_refusal *refusal)
{
	const struct json_member *member = envelope_member(object, name);

	if (member == NULL && envelope_member(object, number) == NULL)
		return 0;
	if (member == NULL)
		return row_refuse(refusal, "missing_field",
		    event_envelope[name].name, NULL, "%s: must be there, "
		    "because %s is", event_envelope[name].name,
		    event_envelope[number].name);
	if (row_check_text(&event_envelope[name], member, refusal) < 0)
		return -1;
	if (member->text_len == 0)
		return row_refuse(refusal, "out_of_range", event_envelope[name].name,
		    member, "%s: is empty", event_envelope[name].name);
	if (envelope_integer(object, number, out_number, refusal) < 0)
		return -1;
	*out_name = member;
	return 0;
}

int
row_envelope(const struct json_object *object, struct row_envelope *envelope,
    struct row_refusal *refusal)
{
	const struct event_field *type = &event_envelope[EVENT_ENVELOPE_type];

	memset(envelope, 0, sizeof(*envelope));
	if (envelope_pair(object, EVENT_ENVELOPE_producer, EVENT_ENVELOPE_seq,
	    &envelope->producer, &envelope->seq, refusal) < 0 ||
	    envelope_pair(object, EVENT_ENVELOPE_origin,
	    EVENT_ENVELOPE_position, &envelope->origin, &envelope->position,
	    refusal) < 0)
		return -1;
	envelope->type = envelope_member(object, EVENT_ENVELOPE_type);
	if (envelope->type == NULL)
		return row_refuse(refusal, "missing_field", type->name, NULL,
		    "type: must be there");
	if (row_check_text(type, envelope->type, refusal) < 0)
		return -1;
	if (envelope_integer(object, EVENT_ENVELOPE_ts_ms, &envelope->ts_ms,
	    refusal) < 0)
		return -1;
	envelope->run_id = envelope_member(object, EVENT_ENVELOPE_run_id);
	if (envelope->run_id != NULL)
		return row_check_text(&event_envelope[EVENT_ENVELOPE_run_id],
		    envelope->run_id, refusal);
	return 0;
}
