/* SPDX-License-Identifier: ISC
 *
 * Reads dead letters again. A dead letter whose line is accepted now is deleted; one
 * that is refused again keeps its id and gets the new reason. Replays share a
 * transaction, which is kept short because other writers wait for it.
 */
#include "base/tim.h"
#include "ingest/ingest_private.h"
#include "store/event_id.h"

#include <string.h>

/* How long a transaction of replays may last: other writers wait meanwhile. */
#define REPLAY_NS INT64_C(100000000)

/* Deletes the dead letter and marks its place as taken. */
static int
resolve_letter(struct ingest *ingest, const struct line *line, struct err *err)
{
	const struct ingest_input *input = ingest->input;
	struct ledger_source *source = input->source;

	if (dead_letters_drop(ingest->letters, input->letter->id, err) < 0)
		return -1;
	ledger_resolve(ingest->ledger, source, line->offset);
	ledger_take(ingest->ledger, source, line->offset, line->offset +
	    line->full_bytes);
	return 0;
}

static int
begin_transaction(struct ingest *ingest, struct err *err)
{
	if (ingest->replay_until_ns != 0)
		return 0;
	if (db_begin(ingest->db, err) < 0 ||
	    ledger_begin(ingest->ledger, err) < 0)
		return -1;
	ingest->replay_until_ns = tim_monotonic_ns() + REPLAY_NS;
	return 0;
}

int
ingest_replay_finish(struct ingest *ingest, struct err *err)
{
	bool is_redacted = ingest->options.reading.redactor != NULL;

	if (ingest->replay_until_ns == 0)
		return 0;
	ingest->replay_until_ns = 0;
	if (ledger_finish(ingest->ledger, tim_now_ms(), is_redacted,
	    err) < 0 || row_store_finish(ingest->rows, err) < 0 ||
	    db_commit(ingest->db, err) < 0) {
		ingest_undo(ingest);
		return -1;
	}
	return 0;
}

static int
store_line(struct ingest *ingest, const struct batch *batch, struct err *err)
{
	const struct batch_line *item = &batch->lines[0];
	struct ingest_input *input = ingest->input;

	if (ledger_numbered(ingest->ledger, input->source_no, &input->source,
	    err) < 0 || ingest_store_line(ingest, item, err) < 0)
		return -1;
	if (ingest->pending.fates[LEDGER_DEAD] == 0 &&
	    resolve_letter(ingest, &item->line, err) < 0)
		return -1;
	return 0;
}

static void
add_totals(struct ingest *ingest, enum ledger_fate fate)
{
	ingest->totals.lines++;
	ingest->totals.rows += ingest->pending.rows;
	ingest->totals.fates[fate]++;
}

static enum ledger_fate
fate_of(const struct ingest_totals *pending)
{
	int fate = 0;

	while (fate < LEDGER_DEAD && pending->fates[fate] == 0)
		fate++;
	return (enum ledger_fate)fate;
}

/* Returns how many positions the dead letter takes: the bytes of a line, or one
 * sequence number of a producer. */
static int64_t
place_bytes(const struct dead_letter *letter)
{
	if (letter->source_kind != NULL &&
	    strcmp(letter->source_kind, "producer") == 0)
		return 1;
	/* Databases of older versions lack the length of the line. */
	return letter->line_bytes > 0 ? letter->line_bytes
	    : (int64_t)letter->raw_len + 1;
}

/* Replays the line, unless another process has replayed or dropped the dead letter
 * since the caller read it. Returns 1; 0 when the dead letter is gone; -1 on an
 * error. */
static int
replay_letter(struct ingest *ingest, const struct dead_letter *letter,
    struct err *err)
{
	int result;

	memset(&ingest->pending, 0, sizeof(ingest->pending));
	if (begin_transaction(ingest, err) < 0)
		return -1;
	result = dead_letters_has(ingest->letters, letter, err);
	if (result != 1)
		return result;
	return store_line(ingest, &ingest->batch, err) < 0 ? -1 : 1;
}

int
ingest_replay(struct ingest *ingest, const struct dead_letter *letter,
    enum ledger_fate *fate, struct err *err)
{
	struct ingest_input *input = &ingest->replay_input;
	struct line line = { .text = letter->raw, .len = letter->raw_len,
		.offset = store_position(letter->id),
		.number = letter->line, .has_newline = true,
		.full_bytes = place_bytes(letter) };
	int result;

	*input = (struct ingest_input){ .letter = letter,
		.letter_bytes = line.full_bytes, .truncated_position = -1,
		.source_no = store_source_no(letter->id) };
	input->identity.name = letter->input;
	if (batch_read_again(ingest->reader, &line, &ingest->batch, err) < 0)
		return -1;
	ingest->input = input;
	ingest->is_row_by_row = true;
	result = replay_letter(ingest, letter, err);
	input->letter = NULL;
	if (result < 0) {
		ingest->replay_until_ns = 0;
		ingest_undo(ingest);
		return -1;
	}
	*fate = result == 1 ? fate_of(&ingest->pending) : LEDGER_DUPLICATE;
	add_totals(ingest, *fate);
	return tim_monotonic_ns() < ingest->replay_until_ns ? 0
	    : ingest_replay_finish(ingest, err);
}
