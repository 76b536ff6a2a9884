/* SPDX-License-Identifier: ISC */
#include "tel/row_other.h"
#include "base/buf.h"
#include "base/json_writer.h"
#include "tel/record.h"

/* Writes the envelope alone, as JSON. */
static void
write_envelope(struct buf *out, const struct row_envelope *envelope)
{
	const struct {
		enum event_envelope_key key;
		const struct row_text *text;
	} texts[] = {
		{ EVENT_ENVELOPE_type, &envelope->type },
		{ EVENT_ENVELOPE_producer, &envelope->producer },
		{ EVENT_ENVELOPE_origin, &envelope->origin },
		{ EVENT_ENVELOPE_run_id, &envelope->run_id },
	};
	struct json_writer json;

	json_writer_init(&json, out);
	json_writer_open(&json, '{');
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].text->text == NULL)
			continue;
		json_writer_key(&json, event_envelope[texts[i].key].name);
		json_writer_text(&json, texts[i].text->text,
		    texts[i].text->len);
	}
	json_writer_key_integer(&json, "ts_ms", envelope->ts_ms);
	if (envelope->producer.text != NULL)
		json_writer_key_integer(&json, "seq", envelope->seq);
	if (envelope->origin.text != NULL)
		json_writer_key_integer(&json, "position", envelope->position);
	json_writer_close(&json, '}');
}

static struct record_value
text_or_null(const char *chars, size_t len)
{
	return (struct record_value){ .type = chars != NULL ? RECORD_TEXT
		: RECORD_NULL, .len = (unsigned int)len, .text = chars };
}

static const unsigned char *
make_row(struct arena *arena, const struct row_envelope *envelope,
    const char *body, size_t body_len, size_t *len)
{
	const struct record_value values[] = {
		{ .type = RECORD_NULL },
		{ .type = RECORD_INTEGER, .integer = envelope->ts_ms },
		text_or_null(envelope->run_id.text, envelope->run_id.len),
		text_or_null(envelope->type.text, envelope->type.len),
		text_or_null(envelope->trace_id.text, envelope->trace_id.len),
		text_or_null(envelope->span_id.text, envelope->span_id.len),
		text_or_null(envelope->cohort.text, envelope->cohort.len),
		text_or_null(body, body_len),
	};

	return record_make(arena, values, sizeof(values) / sizeof(values[0]), len);
}

const unsigned char *
row_other_record(struct arena *arena, const struct row_envelope *envelope,
    const char *body, size_t body_len, size_t *len)
{
	struct buf reduced = BUF_EMPTY;
	const unsigned char *record;

	if (body == NULL) {
		write_envelope(&reduced, envelope);
		body = reduced.data;
		body_len = reduced.len;
	}
	record = make_row(arena, envelope, body, body_len, len);
	buf_release(&reduced);
	return record;
}
