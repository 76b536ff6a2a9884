/* SPDX-License-Identifier: ISC
 *
 * The fate of one line. Each of its events gets a place, and is a duplicate if that
 * place was taken before; the line becomes rows or a dead letter, and is counted in
 * the ledger. Either all events of a line are stored or the line is a dead letter.
 */
#include "base/mem.h"
#include "ingest/ingest_private.h"
#include "store/event_id.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void
count_line(struct ingest *ingest, const struct ingest_place *place,
    const struct batch_line *item, enum ledger_fate fate)
{
	const struct line *line = &item->line;

	ledger_count(ingest->ledger, place->source, place->from, place->until,
	    line->full_bytes, fate, 1);
	if (item->hidden_count > 0)
		ledger_count_hidden(ingest->ledger, place->source,
		    item->hidden_count);
	ingest->pending.lines++;
	ingest->pending.bytes += line->full_bytes;
	ingest->pending.hidden += item->hidden_count;
	ingest->pending.fates[fate]++;
}

/* Sets *place to the place of the line itself, which events without a producer
 * use. */
static int
place_of_line(struct ingest *ingest, const struct line *line,
    struct ingest_place *place, struct err *err)
{
	if (line->offset + line->full_bytes > STORE_MAX_POSITION)
		return err_set(err, EXIT_DATA, "longer than 1 TiB; split it");
	if (ingest_know(ingest, err) < 0)
		return -1;
	place->source = ingest->input->source;
	place->from = line->offset;
	place->until = line->offset + line->full_bytes;
	return 0;
}

/* Sets *place to the place of the event with this index in the line: the place that
 * its envelope names, otherwise the line's own. Returns 1; 0 when the envelope names
 * an impossible place; -1 on an error. */
static int
place_of_event(struct ingest *ingest, const struct row_envelope *envelope,
    const struct line *line, size_t index, struct ingest_place *place,
    struct err *err)
{
	int result = 1;

	if (envelope->producer.text != NULL) {
		place->from = envelope->seq;
		result = ledger_producer(ingest->ledger,
		    envelope->producer.text, envelope->producer.len,
		    envelope->run_id.text, envelope->run_id.len,
		    &place->source, err) < 0 ? -1 : 1;
	} else if (envelope->origin.text != NULL) {
		place->from = envelope->position;
		result = ledger_named(ingest->ledger, envelope->origin.text,
		    envelope->origin.len, &place->source, err);
	} else {
		if (place_of_line(ingest, line, place, err) < 0)
			return -1;
		/* Event i of a mapped line uses the position of the line's i-th
		 * byte. */
		place->from += (int64_t)index;
		if (ingest->options.reading.map == NULL)
			return 1;
	}
	place->until = place->from + 1;
	return result;
}

/* Whether an event was already stored at this place. A replayed line uses the
 * place of its dead letter, which is marked as taken. */
static bool
is_taken(const struct ingest *ingest, const struct ingest_place *place)
{
	const struct ingest_input *input = ingest->input;
	int64_t id = ledger_id(place->source, place->from);

	if (input->letter != NULL && id >= input->letter->id &&
	    id < input->letter->id + input->letter_bytes)
		return false;
	return ledger_has(place->source, place->from);
}

/* Whether an earlier event of the same line has the place. The ledger cannot say: it
 * is updated only when the whole line is accepted. */
static bool
is_claimed(const struct ingest *ingest, const struct ingest_place *place)
{
	for (size_t i = 0; i < ingest->place_count; i++)
		if (ingest->places[i].source == place->source &&
		    ingest->places[i].from == place->from)
			return true;
	return false;
}

/* Describes the line as a dead letter at place. */
static struct dead_letter
dead_letter_of(const struct ingest *ingest, const struct line *line,
    const struct ingest_place *place, const struct row_refusal *refusal)
{
	/* A refused line may contain anything, as unknown keys may. */
	bool is_kept = ingest->options.reading.keep_extra;
	bool has_column = refusal->at != NULL && refusal->at >= line->text &&
	    refusal->at <= line->text + line->len;

	return (struct dead_letter){
		.id = ledger_id(place->source, place->from),
		.input = ingest->input->identity.name,
		.offset_bytes = line->offset,
		.line = line->number,
		.column = has_column ? refusal->at - line->text + 1 : 0,
		.field = refusal->field[0] != '\0' ? refusal->field : NULL,
		.reason = refusal->reason,
		.detail = ingest_words(ingest, refusal),
		.raw = line->text,
		.raw_len = is_kept ? line->len : 0,
		.line_bytes = line->full_bytes,
	};
}

/* Gives the dead letter of a replayed line that is refused again the new reason. */
static int
reject_again(struct ingest *ingest, struct dead_letter *letter, struct err *err)
{
	letter->id = ingest->input->letter->id;
	ingest->pending.lines++;
	ingest->pending.fates[LEDGER_DEAD]++;
	return dead_letters_change(ingest->letters, letter, err);
}

/* Stores the line as a dead letter at place. An unfinished last line is not marked
 * as taken, so that it is read again when it is complete. */
static int
reject(struct ingest *ingest, const struct batch_line *item,
    const struct ingest_place *place, const struct row_refusal *refusal,
    struct err *err)
{
	const struct line *line = &item->line;
	struct dead_letter letter = dead_letter_of(ingest, line, place,
	    refusal);
	int result;

	if (ingest->input->letter != NULL)
		return reject_again(ingest, &letter, err);
	result = dead_letters_add(ingest->letters, &letter,
	    ledger_transaction_no(ingest->ledger), err);
	if (result < 0)
		return -1;
	if (result == 0) {
		count_line(ingest, place, item, LEDGER_DUPLICATE);
		return 0;
	}
	if (line->has_newline)
		ledger_take_dead(ingest->ledger, place->source, place->from,
		    place->until);
	ingest_notify_dead_letter(ingest, &letter);
	count_line(ingest, place, item, LEDGER_DEAD);
	return 0;
}

/* Stores a line from which no event could be read as a dead letter at its own
 * place. */
static int
reject_line(struct ingest *ingest, const struct batch_line *item,
    struct err *err)
{
	struct ingest_place place;

	if (place_of_line(ingest, &item->line, &place, err) < 0)
		return -1;
	if (is_taken(ingest, &place)) {
		count_line(ingest, &place, item, LEDGER_DUPLICATE);
		return 0;
	}
	return reject(ingest, item, &place, item->refusal, err);
}

/* Decides the fate of the event with this index in the line. With LEDGER_INSERTED
 * its place is appended to ingest->places; with LEDGER_DEAD *refusal says why. */
static int
decide_event(struct ingest *ingest, const struct batch_line *item, size_t index,
    enum ledger_fate *fate, struct ingest_place *place,
    struct row_refusal *refusal, struct err *err)
{
	const struct row *row = &item->rows[index];
	int result = place_of_event(ingest, &row->envelope, &item->line, index,
	    place, err);

	if (result < 0 || (result == 0 &&
	    place_of_line(ingest, &item->line, place, err) < 0))
		return -1;
	*fate = LEDGER_DUPLICATE;
	if (is_taken(ingest, place) || (item->row_count > 1 &&
	    row->envelope.has_identity && is_claimed(ingest, place)))
		return 0;
	*fate = LEDGER_DEAD;
	if (row->refusal != NULL) {
		*refusal = *row->refusal;
	} else if (result == 0) {
		row_refuse(refusal, REASON_type_mismatch, "origin", NULL,
		    "origin: must be file:NAME:FINGERPRINT or "
		    "stream:NAME:FINGERPRINT");
	} else {
		*fate = LEDGER_INSERTED;
		place->row = row;
		ingest->places[ingest->place_count++] = *place;
	}
	return 0;
}

/* Decides the fate of a line. When one of its events is refused, none is stored.
 * *place is the place of the last event that was looked at. */
static int
decide_line(struct ingest *ingest, const struct batch_line *item,
    enum ledger_fate *fate, struct ingest_place *place,
    struct row_refusal *refusal, struct err *err)
{
	*fate = item->row_count == 0 ? LEDGER_FILTERED : LEDGER_DUPLICATE;
	ingest->place_count = 0;
	if (item->row_count > ingest->place_size) {
		ingest->place_size = item->row_count;
		ingest->places = mem_resize(ingest->places, ingest->place_size,
		    sizeof(ingest->places[0]));
	}
	for (size_t i = 0; i < item->row_count; i++) {
		enum ledger_fate event_fate;

		if (decide_event(ingest, item, i, &event_fate, place, refusal,
		    err) < 0)
			return -1;
		if (event_fate == LEDGER_DEAD) {
			*fate = LEDGER_DEAD;
			ingest->place_count = 0;
			return 0;
		}
		if (event_fate == LEDGER_INSERTED)
			*fate = LEDGER_INSERTED;
	}
	return 0;
}

/* Queues the rows of the line. With is_row_by_row it writes them at once, to find out
 * which line has the row that a table refuses. Returns 1; 0 when a table refuses a
 * row, with the reason in *refusal; -1 on an error. */
static int
write_rows(struct ingest *ingest, struct row_refusal *refusal,
    struct err *err)
{
	int result;

	for (size_t i = 0; i < ingest->place_count; i++) {
		const struct ingest_place *place = &ingest->places[i];

		row_store_add(ingest->rows, ledger_id(place->source,
		    place->from), place->row);
	}
	if (!ingest->is_row_by_row)
		return 1;
	if (db_run(ingest->db, "SAVEPOINT line", err) < 0)
		return -1;
	result = row_store_flush(ingest->rows, DB_FEED_UNDO_ROWS, refusal, err);
	if (result < 0 || db_run(ingest->db, result == 0 ?
	    "ROLLBACK TO line; RELEASE line" : "RELEASE line", err) < 0)
		return -1;
	return result;
}

/* Marks the places of the events that get a row as taken, and counts the rows. */
static void
mark_taken(struct ingest *ingest)
{
	for (size_t i = 0; i < ingest->place_count; i++) {
		const struct ingest_place *place = &ingest->places[i];
		const struct row_envelope *envelope = &place->row->envelope;

		ledger_take(ingest->ledger, place->source, place->from,
		    place->until);
		ledger_count_row(ingest->ledger, place->source, place->from,
		    envelope->ts_ms, envelope->run_id.text, envelope->run_id.len);
		row_store_count(ingest->rows, place->row);
		ingest->pending.rows++;
	}
}

/* With a map, the line's own position is used for its dead letter and for a
 * dropped line; its events have positions of their own. */
static int
store_events(struct ingest *ingest, const struct batch_line *item,
    struct err *err)
{
	bool is_mapped = ingest->options.reading.map != NULL;
	struct ingest_place place = { NULL, 0, 0, NULL }, own = place;
	struct row_refusal refusal;
	enum ledger_fate fate;

	if (is_mapped) {
		if (place_of_line(ingest, &item->line, &own, err) < 0)
			return -1;
		if (is_taken(ingest, &own)) {
			count_line(ingest, &own, item, LEDGER_DUPLICATE);
			return 0;
		}
	}
	if (decide_line(ingest, item, &fate, &place, &refusal, err) < 0)
		return -1;
	if (fate == LEDGER_INSERTED) {
		int result = write_rows(ingest, &refusal, err);

		if (result < 0)
			return -1;
		if (result == 0)
			fate = LEDGER_DEAD;
	}
	if (fate == LEDGER_DEAD)
		return reject(ingest, item, is_mapped ? &own : &place, &refusal,
		    err);
	mark_taken(ingest);
	if (is_mapped)
		ledger_take(ingest->ledger, own.source, own.from, own.until);
	count_line(ingest, is_mapped ? &own : &place, item, fate);
	return 0;
}

/* If an earlier run stored the beginning of this line as truncated, deletes that
 * dead letter: the line is complete now. */
static int
resolve_truncated(struct ingest *ingest, const struct line *line,
    struct err *err)
{
	struct ingest_input *input = ingest->input;
	int result;

	if (!line->has_newline || line->offset != input->truncated_position ||
	    input->source == NULL)
		return 0;
	result = dead_letters_complete(ingest->letters,
	    ledger_id(input->source, line->offset), err);
	if (result == 1)
		ledger_resolve(ingest->ledger, input->source, line->offset);
	return result < 0 ? -1 : 0;
}

int
ingest_store_line(struct ingest *ingest, const struct batch_line *item,
    struct err *err)
{
	if (resolve_truncated(ingest, &item->line, err) < 0)
		return -1;
	if (item->refusal != NULL)
		return reject_line(ingest, item, err);
	return store_events(ingest, item, err);
}
