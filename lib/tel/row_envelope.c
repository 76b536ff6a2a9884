/* SPDX-License-Identifier: ISC */
#include "tel/row_envelope.h"

#include <string.h>

/* The member of each key, the last one of several; NULL for an absent one. */
typedef const struct json_member *members[EVENT_ENVELOPE_COUNT];

static void
find_members(const struct row_envelope_plan *plan,
    const struct json_object *object, members found)
{
	for (int i = 0; i < EVENT_ENVELOPE_COUNT; i++)
		found[i] = NULL;
	for (size_t i = 0; i < object->count; i++) {
		const struct json_member *member = &object->members[i];
		int key = row_envelope_keys_find(&plan->keys, member);

		if (key >= 0)
			found[key] = member->type == JSON_NULL ? NULL : member;
	}
}

void
row_envelope_plan(struct row_envelope_plan *plan, struct key_table *keys)
{
	row_envelope_keys_init(&plan->keys, keys);
	for (int i = 0; i < EVENT_ENVELOPE_COUNT; i++)
		event_limits_integer(event_envelope[i].limits, &plan->min[i],
		    &plan->max[i]);
}

static int
read_integer(const struct row_envelope_plan *plan, members found,
    enum event_envelope_key key, int64_t *out, struct row_refusal *refusal)
{
	const struct event_field *field = &event_envelope[key];

	if (found[key] == NULL)
		return row_refuse(refusal, REASON_missing_field, field->name, NULL,
		    "%s: is missing", field->name);
	return row_read_integer(field, plan->min[key], plan->max[key],
	    found[key], out, refusal);
}

/* Sets *out to the text of a key, if it has one. The caller or row checks it. */
static void
peek_text(members found, enum event_envelope_key key, struct row_text *out)
{
	if (found[key] != NULL && found[key]->type == JSON_TEXT) {
		out->text = found[key]->text;
		out->len = found[key]->text_len;
	}
}

/* Reads an identity, a name and a number. Either both are there or neither is. */
static int
read_pair(const struct row_envelope_plan *plan, members found,
    enum event_envelope_key name, enum event_envelope_key number,
    struct row_text *out_name, int64_t *out_number,
    struct row_refusal *refusal)
{
	const struct event_field *field = &event_envelope[name];
	const struct json_member *member = found[name];

	if (member == NULL && found[number] == NULL)
		return 0;
	if (member == NULL)
		return row_refuse(refusal, REASON_missing_field, field->name, NULL,
		    "%s: is missing, but %s is there", field->name,
		    event_envelope[number].name);
	if (row_check_text(field, member, refusal) < 0)
		return -1;
	if (member->text_len == 0)
		return row_refuse(refusal, REASON_out_of_range, field->name, member,
		    "%s: is empty", field->name);
	if (read_integer(plan, found, number, out_number, refusal) < 0)
		return -1;
	peek_text(found, name, out_name);
	return 0;
}

int
row_envelope(const struct row_envelope_plan *plan,
    const struct json_object *object, struct row_envelope *envelope,
    struct row_refusal *refusal)
{
	const struct event_field *type = &event_envelope[EVENT_ENVELOPE_type];
	members found;

	memset(envelope, 0, sizeof(*envelope));
	find_members(plan, object, found);
	peek_text(found, EVENT_ENVELOPE_run_id, &envelope->run_id);
	peek_text(found, EVENT_ENVELOPE_trace_id, &envelope->trace_id);
	peek_text(found, EVENT_ENVELOPE_span_id, &envelope->span_id);
	peek_text(found, EVENT_ENVELOPE_cohort, &envelope->cohort);
	if (read_pair(plan, found, EVENT_ENVELOPE_producer,
	    EVENT_ENVELOPE_seq, &envelope->producer, &envelope->seq,
	    refusal) < 0 ||
	    read_pair(plan, found, EVENT_ENVELOPE_origin,
	    EVENT_ENVELOPE_position, &envelope->origin, &envelope->position,
	    refusal) < 0)
		return -1;
	envelope->has_identity = envelope->producer.text != NULL ||
	    envelope->origin.text != NULL;
	if (found[EVENT_ENVELOPE_type] == NULL)
		return row_refuse(refusal, REASON_missing_field, type->name, NULL,
		    "type: is missing; --map makes events of other JSON");
	if (row_check_text(type, found[EVENT_ENVELOPE_type], refusal) < 0)
		return -1;
	peek_text(found, EVENT_ENVELOPE_type, &envelope->type);
	if (read_integer(plan, found, EVENT_ENVELOPE_ts_ms, &envelope->ts_ms,
	    refusal) < 0)
		return -1;
	if (found[EVENT_ENVELOPE_run_id] == NULL)
		return 0;
	return row_check_text(&event_envelope[EVENT_ENVELOPE_run_id],
	    found[EVENT_ENVELOPE_run_id], refusal);
}
