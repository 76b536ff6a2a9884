/* SPDX-License-Identifier: ISC */
#include "io/ingest_private.h"
#include "base/json_writer.h"
#include "io/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
ingest_count(struct ingest *ingest, const struct ingest_place *place,
    const struct line *line, enum ledger_fate fate)
{
	ledger_count(ingest->ledger, place->source, place->from, place->until,
	    line->full_bytes, fate);
	ingest->pending.lines++;
	ingest->pending.bytes += line->full_bytes;
	ingest->pending.fates[fate]++;
}

/* The line itself as the place: what has no producer lies where it stands. */
int
ingest_place_of_line(struct ingest *ingest, const struct line *line,
    struct ingest_place *place, struct err *err)
{
	if (line->offset + line->full_bytes > STORE_MAX_POSITION)
		return err_set(err, EXIT_DATA, "longer than 1 TiB; split it");
	if (ingest->source == NULL && (ledger_input(ingest->ledger,
	    &ingest->input, true, &ingest->source, &ingest->wanted_bytes,
	    err) < 0 || ingest->source == NULL))
		return -1;
	place->source = ingest->source;
	place->from = line->offset;
	place->until = line->offset + line->full_bytes;
	return 0;
}

/* The place that the envelope names; the line's own when it names none.
 * 1 found, 0 refused, -1 error. */
static int
place_of_event(struct ingest *ingest, const struct row_envelope *envelope,
    const struct line *line, int64_t index, struct ingest_place *place,
    struct row_refusal *refusal, struct err *err)
{
	int result = 1;

	if (envelope->producer != NULL) {
		const struct json_member *run = envelope->run_id;
		bool has_run = run != NULL && run->type == JSON_TEXT;

		place->from = envelope->seq;
		result = ledger_producer(ingest->ledger,
		    envelope->producer->text, envelope->producer->text_len,
		    has_run ? run->text : NULL, has_run ? run->text_len : 0,
		    &place->source, err) < 0 ? -1 : 1;
	} else if (envelope->origin != NULL) {
		place->from = envelope->position;
		result = ledger_named(ingest->ledger, envelope->origin->text,
		    envelope->origin->text_len, &place->source, err);
	} else {
		if (ingest_place_of_line(ingest, line, place, err) < 0)
			return -1;
		/* Of the events of one line each has a byte of its own. */
		place->from += index;
		if (ingest->options.map == NULL)
			return 1;
	}
	place->until = place->from + 1;
	if (result == 0) {
		memset(refusal, 0, sizeof(*refusal));
		refusal->reason = "type_mismatch";
		memcpy(refusal->field, "origin", 7);
		snprintf(refusal->detail, sizeof(refusal->detail),
		    "origin: must be file:NAME:FINGERPRINT or "
		    "stream:NAME:FINGERPRINT");
	}
	return result;
}

static void
tell_dead(struct ingest *ingest, const struct line *line, int64_t column,
    const struct row_refusal *refusal)
{
	struct json_writer json;

	json_writer_init(&json, &ingest->dead_lines);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "input", ingest->input.name);
	json_writer_key_integer(&json, "offset_bytes", line->offset);
	json_writer_key_integer(&json, "line", line->number);
	if (column > 0)
		json_writer_key_integer(&json, "column", column);
	if (refusal->field[0] != '\0')
		json_writer_key_text(&json, "field", refusal->field);
	json_writer_key_text(&json, "reason", refusal->reason);
	json_writer_key_text(&json, "detail", refusal->detail);
	json_writer_key(&json, "raw");
	json_writer_text(&json, line->text, line->len);
	json_writer_close(&json, '}');
	buf_add_char(&ingest->dead_lines, '\n');
}

/* Keeps the line as a dead letter at place. An unfinished last line does not
 * count as taken, so that it is read again when it is complete. */
int
ingest_bury(struct ingest *ingest, const struct line *line, const struct ingest_place *place,
    const struct row_refusal *refusal, struct err *err)
{
	struct db_statement *add = ingest->add_dead;
	int64_t column = 0;

	if (refusal->at != NULL && refusal->at >= line->text &&
	    refusal->at <= line->text + line->len)
		column = refusal->at - line->text + 1;
	db_bind_clear(add);
	db_bind_integer(add, 1, ledger_id(place->source, place->from));
	db_bind_integer(add, 2, ledger_transaction_no(ingest->ledger));
	db_bind_text(add, 3, ingest->input.name, strlen(ingest->input.name));
	db_bind_integer(add, 4, line->offset);
	db_bind_integer(add, 5, line->number);
	if (column > 0)
		db_bind_integer(add, 6, column);
	if (refusal->field[0] != '\0')
		db_bind_text(add, 7, refusal->field, strlen(refusal->field));
	db_bind_text(add, 8, refusal->reason, strlen(refusal->reason));
	db_bind_text(add, 9, refusal->detail, strlen(refusal->detail));
	db_bind_blob(add, 10, line->text, line->len);
	if (db_execute(add, err) < 0)
		return -1;
	if (db_changes(ingest->db) == 0) {
		ingest_count(ingest, place, line, LEDGER_DUPLICATE);
		return 0;
	}
	if (line->has_newline)
		ledger_take(ingest->ledger, place->source, place->from,
		    place->until);
	if (ingest->options.dead_letters != NULL)
		tell_dead(ingest, line, column, refusal);
	ingest_count(ingest, place, line, LEDGER_DEAD);
	return 0;
}

/* The same for a line whose fault lies in itself, not in an event of it. */
static int
bury_line(struct ingest *ingest, const struct line *line,
    struct row_refusal *refusal, struct err *err)
{
	struct ingest_place place;

	if (ingest_place_of_line(ingest, line, &place, err) < 0)
		return -1;
	if (ledger_has(place.source, place.from)) {
		ingest_count(ingest, &place, line, LEDGER_DUPLICATE);
		return 0;
	}
	return ingest_bury(ingest, line, &place, refusal, err);
}

static void
refuse_json(const struct line *line, const struct json_error *error,
    struct row_refusal *refusal)
{
	static const char *const reasons[] = {
		[JSON_NOT_JSON] = "not_json", [JSON_NOT_OBJECT] = "not_object",
		[JSON_BAD_UTF8] = "bad_utf8", [JSON_TOO_DEEP] = "too_deep",
	};

	memset(refusal, 0, sizeof(*refusal));
	refusal->reason = reasons[error->fault];
	refusal->at = line->text + error->offset;
	snprintf(refusal->detail, sizeof(refusal->detail), "%s",
	    line->len == 0 ? "the line is empty" : error->words);
}

/* Takes the place of an event that has its row now. */
void
ingest_keep(struct ingest *ingest, const struct ingest_place *place)
{
	ledger_take(ingest->ledger, place->source, place->from, place->until);
	ledger_count_row(ingest->ledger, place->source, place->ts_ms);
	ingest->pending.rows++;
}

/* Whether an event before this one of the same line has the place: the ledger
 * hears of them only when the whole line is good. */
static bool
is_stored(const struct ingest *ingest, const struct ingest_place *place)
{
	for (int i = 0; i < ingest->stored_count; i++)
		if (ingest->stored[i].source == place->source &&
		    ingest->stored[i].from == place->from)
			return true;
	return false;
}

/* Writes the row of one event of a line; with LEDGER_INSERTED the caller is to
 * keep its place, with LEDGER_DEAD *refusal says why there is none. */
int
ingest_store(struct ingest *ingest, const struct json_object *object, const char *body,
    size_t body_len, const struct line *line, int64_t index,
    struct ingest_place *place, enum ledger_fate *fate, struct row_refusal *refusal,
    struct err *err)
{
	struct row_envelope envelope;
	bool is_refused = row_envelope(object, &envelope, refusal) < 0;
	struct row_refusal misplaced;
	int result = place_of_event(ingest, &envelope, line, index, place,
	    is_refused ? &misplaced : refusal, err);

	if (result < 0)
		return -1;
	if (result == 0 && ingest_place_of_line(ingest, line, place, err) < 0)
		return -1;
	*fate = LEDGER_DEAD;
	if (ledger_has(place->source, place->from) ||
	    is_stored(ingest, place)) {
		*fate = LEDGER_DUPLICATE;
		return 0;
	}
	if (is_refused || result == 0)
		return 0;
	result = row_write(ingest->rows, ledger_id(place->source, place->from),
	    &envelope, object, body, body_len, refusal, err);
	if (result <= 0)
		return result;
	*fate = LEDGER_INSERTED;
	place->ts_ms = envelope.ts_ms;
	return 0;
}

/* A line that is an event itself. */
static int
take_event(struct ingest *ingest, const struct line *line, struct err *err)
{
	struct row_refusal refusal;
	struct json_object object;
	struct json_error error;
	struct ingest_place place;
	enum ledger_fate fate;

	if (json_read(ingest->parser, line->text, line->len, &object,
	    &error) < 0) {
		refuse_json(line, &error, &refusal);
		return bury_line(ingest, line, &refusal, err);
	}
	if (ingest_store(ingest, &object, line->text, line->len, line, 0, &place,
	    &fate, &refusal, err) < 0)
		return -1;
	if (fate == LEDGER_DEAD)
		return ingest_bury(ingest, line, &place, &refusal, err);
	if (fate == LEDGER_INSERTED)
		ingest_keep(ingest, &place);
	ingest_count(ingest, &place, line, fate);
	return 0;
}

int
ingest_take_line(struct ingest *ingest, const struct line *line, struct err *err)
{
	struct row_refusal refusal = { "", "", NULL, "" };

	if (line->has_newline && line->offset == ingest->truncated_position &&
	    ingest->source != NULL) {
		db_bind_integer(ingest->drop_truncated, 1,
		    ledger_id(ingest->source, line->offset));
		if (db_execute(ingest->drop_truncated, err) < 0)
			return -1;
	}
	if (line->is_too_long) {
		refusal.reason = "too_long";
		snprintf(refusal.detail, sizeof(refusal.detail), "%" PRId64
		    " bytes, the longest line may have %d; the first %d are "
		    "kept", line->full_bytes, LINE_MAX_BYTES, LINE_KEPT_BYTES);
		return bury_line(ingest, line, &refusal, err);
	}
	if (!line->has_newline) {
		refusal.reason = "truncated";
		snprintf(refusal.detail, sizeof(refusal.detail),
		    "the input ends within this line: no newline behind it");
		return bury_line(ingest, line, &refusal, err);
	}
	return ingest->options.map != NULL ? ingest_take_mapped(ingest, line, err)
	    : take_event(ingest, line, err);
}
