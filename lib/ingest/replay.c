/* SPDX-License-Identifier: ISC
 *
 * Dead letters read again. A letter that is accepted now leaves its table, and one that
 * is refused again keeps its id with the new reason. Letters share a transaction
 * until other writers have waited long enough.
 */
#include "base/tim.h"
#include "ingest/ingest_private.h"
#include "store/store.h"

#include <string.h>

/* So long writers may be kept waiting by letters that are replayed. */
#define REPLAY_NS INT64_C(100000000)

int
ingest_rebury(struct ingest *ingest, int64_t column,
    const struct row_refusal *refusal, struct err *err)
{
	struct db_statement *change = ingest->change_dead;

	db_bind_clear(change);
	db_bind_integer(change, 1, ingest->letter->id);
	if (column > 0)
		db_bind_integer(change, 2, column);
	if (refusal->field[0] != '\0')
		db_bind_text(change, 3, refusal->field, strlen(refusal->field));
	db_bind_text(change, 4, refusal->reason, strlen(refusal->reason));
	db_bind_text(change, 5, ingest_words(ingest, refusal),
	    strlen(ingest_words(ingest, refusal)));
	ingest->pending.lines++;
	ingest->pending.fates[LEDGER_DEAD]++;
	return db_execute(change, err);
}

/* The letter is one no longer, and its place is taken for good. */
static int
resolve(struct ingest *ingest, const struct line *line, struct err *err)
{
	struct ledger_source *source = ingest->input->source;

	db_bind_integer(ingest->drop_dead, 1, ingest->letter->id);
	if (db_execute(ingest->drop_dead, err) < 0)
		return -1;
	ledger_resolve(ingest->ledger, source, line->offset);
	ledger_take(ingest->ledger, source, line->offset, line->offset +
	    line->full_bytes);
	return 0;
}

static int
begin(struct ingest *ingest, struct err *err)
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
store_letter(struct ingest *ingest, const struct batch *batch, struct err *err)
{
	const struct batch_line *item = &batch->lines[0];
	struct ingest_input *input = ingest->input;

	if (ledger_numbered(ingest->ledger, input->source_no, &input->source,
	    err) < 0 || ingest_take_line(ingest, item, err) < 0)
		return -1;
	if (ingest->pending.fates[LEDGER_DEAD] == 0 &&
	    resolve(ingest, &item->line, err) < 0)
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

/* The place of a letter is its line in an input, or one seq of a producer. */
static int
is_of_producer(struct ingest *ingest, int64_t source_no, bool *out,
    struct err *err)
{
	struct db_statement *find = ingest->find_producer;
	int result;

	db_bind_integer(find, 1, source_no);
	result = db_step(find, err);
	if (result == 1)
		db_reset(find);
	*out = result == 1;
	return result < 0 ? -1 : 0;
}

/* Whether nobody has dealt with the letter since the caller read it. */
static int
is_there(struct ingest *ingest, const struct ingest_letter *letter, bool *out,
    struct err *err)
{
	struct db_statement *find = ingest->find_dead;
	int result;

	db_bind_integer(find, 1, letter->id);
	db_bind_blob(find, 2, letter->raw, letter->raw_len);
	result = db_step(find, err);
	if (result == 1)
		db_reset(find);
	*out = result == 1;
	return result < 0 ? -1 : 0;
}

static enum ledger_fate
fate_of(const struct ingest_totals *pending)
{
	int fate = 0;

	while (fate < LEDGER_DEAD && pending->fates[fate] == 0)
		fate++;
	return (enum ledger_fate)fate;
}

int
ingest_replay(struct ingest *ingest, const struct ingest_letter *letter,
    enum ledger_fate *fate, struct err *err)
{
	struct ingest_input *input = &ingest->replay_input;
	struct line line = { .text = letter->raw, .len = letter->raw_len,
		.offset = letter->id & STORE_MAX_POSITION,
		.number = letter->line, .has_newline = true };
	bool has_seq, is_dead;

	memset(input, 0, sizeof(*input));
	input->identity.name = letter->input;
	input->source_no = letter->id >> STORE_POSITION_BITS;
	input->truncated_position = -1;
	if (is_of_producer(ingest, input->source_no, &has_seq, err) < 0)
		return -1;
	/* Old files do not say how long the line was. */
	line.full_bytes = has_seq ? 1 : letter->line_bytes > 0
	    ? letter->line_bytes : (int64_t)letter->raw_len + 1;
	ingest->replayed.id = letter->id;
	ingest->replayed.place_bytes = line.full_bytes;
	if (batch_read_again(ingest->reader, &line, &ingest->batch, err) < 0)
		return -1;
	memset(&ingest->pending, 0, sizeof(ingest->pending));
	ingest->input = input;
	ingest->letter = &ingest->replayed;
	ingest->is_careful = true;
	if (begin(ingest, err) < 0 || is_there(ingest, letter, &is_dead,
	    err) < 0 || (is_dead && store_letter(ingest, &ingest->batch, err) < 0)) {
		ingest->replay_until_ns = 0;
		ingest_undo(ingest);
		return -1;
	}
	ingest->letter = NULL;
	*fate = is_dead ? fate_of(&ingest->pending) : LEDGER_DUPLICATE;
	add_totals(ingest, *fate);
	return tim_monotonic_ns() < ingest->replay_until_ns ? 0
	    : ingest_replay_finish(ingest, err);
}
