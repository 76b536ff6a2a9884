/* SPDX-License-Identifier: ISC */
#include "ingest/ingest.h"
#include "base/mem.h"
#include "base/tim.h"
#include "ingest/ingest_private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* How many lines ahead to prefetch. */
#define AHEAD_LINES 8

int
ingest_open(struct ingest **out, struct db *db,
    const struct ingest_options *options, struct err *err)
{
	struct ingest *ingest = mem_new(1, sizeof(*ingest));

	ingest->db = db;
	ingest->options = *options;
	ingest->reader = batch_reader_open(&ingest->options.reading);
	if (ledger_open(&ingest->ledger, db, err) < 0 ||
	    row_store_open(&ingest->rows, db, err) < 0 ||
	    dead_letters_open(&ingest->letters, db, err) < 0 ||
	    followed_files_open(&ingest->followed, db, err) < 0) {
		ingest_close(ingest);
		return -1;
	}
	*out = ingest;
	return 0;
}

void
ingest_close(struct ingest *ingest)
{
	if (ingest == NULL)
		return;
	dead_letters_close(ingest->letters);
	followed_files_close(ingest->followed);
	row_store_close(ingest->rows);
	ledger_close(ingest->ledger);
	batch_reader_close(ingest->reader);
	batch_release(&ingest->batch);
	free(ingest->places);
	buf_release(&ingest->dead_lines);
	buf_release(&ingest->acknowledgement);
	free(ingest);
}

const struct ingest_totals *
ingest_totals(const struct ingest *ingest)
{
	return &ingest->totals;
}

/* Checks that every line had exactly one fate. */
static int
check_fates(const struct ingest *ingest, int64_t lines, struct err *err)
{
	int64_t ends = 0;

	for (int fate = 0; fate < LEDGER_FATE_COUNT; fate++)
		ends += ingest->pending.fates[fate];
	if (ends == lines)
		return 0;
	return err_set(err, EXIT_BUG, "%" PRId64 " lines were read and %" PRId64
	    " accounted for; nothing was stored", lines, ends);
}

/* Counts the lines that an earlier run stored: they are read, and duplicates. */
static void
count_skipped(struct ingest *ingest)
{
	const struct ingest_input *input = ingest->input;

	if (input->skipped_lines == 0)
		return;
	ledger_count(ingest->ledger, input->source, 0, input->skipped_bytes,
	    input->skipped_bytes, LEDGER_DUPLICATE, input->skipped_lines);
	ingest->pending.lines += input->skipped_lines;
	ingest->pending.bytes += input->skipped_bytes;
	ingest->pending.fates[LEDGER_DUPLICATE] += input->skipped_lines;
}

/* Stores where the next run continues: after the last line that has a newline. */
static int
set_taken(struct ingest *ingest, const struct batch *batch, struct err *err)
{
	const struct ingest_input *input = ingest->input;
	int64_t offset = batch->offset, number = batch->number;
	size_t tail_len = batch->tail_len;

	if (input->source == NULL)
		return 0;
	if (batch->line_count > 0) {
		const struct line *last =
		    &batch->lines[batch->line_count - 1].line;

		if (!last->has_newline) {
			offset = last->offset;
			number = last->number - 1;
			tail_len = (int64_t)tail_len < last->full_bytes ? 0
			    : tail_len - (size_t)last->full_bytes;
		}
	}
	if (ledger_check(ingest->ledger, input->source, &input->identity,
	    offset, err) < 0)
		return -1;
	if (!input->identity.is_file)
		return 0;
	return ledger_set_taken(ingest->ledger, input->source, offset, number,
	    batch->tail, tail_len, err);
}

static int
set_followed_taken(struct ingest *ingest, struct err *err)
{
	const char *path = ingest->input->followed_path;

	return path == NULL ? 0 : followed_files_set_taken(ingest->followed,
	    path, tim_file_ms(), err);
}

static void
add_pending(struct ingest *ingest)
{
	const struct ingest_totals *pending = &ingest->pending;
	struct ingest_totals *totals = &ingest->totals;

	totals->lines += pending->lines;
	totals->rows += pending->rows;
	totals->bytes += pending->bytes;
	totals->hidden += pending->hidden;
	for (int fate = 0; fate < LEDGER_FATE_COUNT; fate++)
		totals->fates[fate] += pending->fates[fate];
}

static int
finish_batch(struct ingest *ingest, const struct batch *batch, struct err *err)
{
	struct ingest_input *input = ingest->input;
	int64_t lines = (int64_t)batch->line_count + input->skipped_lines;

	count_skipped(ingest);
	if (check_fates(ingest, lines, err) < 0 ||
	    set_taken(ingest, batch, err) < 0 ||
	    set_followed_taken(ingest, err) < 0)
		return -1;
	ingest_notify_commit(ingest, batch->offset);
	if (ledger_finish(ingest->ledger, tim_now_ms(),
	    ingest->options.reading.redactor != NULL, err) < 0 ||
	    row_store_finish(ingest->rows, err) < 0 ||
	    db_commit(ingest->db, err) < 0)
		return -1;
	add_pending(ingest);
	input->skipped_lines = input->skipped_bytes = 0;
	input->stored_offset = batch->offset;
	return ingest_notify(ingest, err);
}

/* Stores the lines in a transaction that has begun. Returns 1; 0 when a table
 * refuses a row and it is unknown which line has it; -1 on an error. */
static int
store_lines(struct ingest *ingest, const struct batch *batch, struct err *err)
{
	struct row_refusal refusal;
	int result;

	if (ledger_begin(ingest->ledger, err) < 0 ||
	    ingest_recognise(ingest, err) < 0)
		return -1;
	for (size_t i = 0; i < batch->line_count; i++) {
		/* Another thread wrote the rows, so this core has not cached
		 * them. */
		if (i + AHEAD_LINES < batch->line_count)
			__builtin_prefetch(batch->lines[i + AHEAD_LINES].rows);
		if (ingest_store_line(ingest, &batch->lines[i], err) < 0)
			return -1;
	}
	result = row_store_flush(ingest->rows, DB_FEED_UNDO_TRANSACTION,
	    &refusal, err);
	if (result <= 0)
		return result;
	return finish_batch(ingest, batch, err) < 0 ? -1 : 1;
}

void
ingest_undo(struct ingest *ingest)
{
	db_rollback(ingest->db);
	ledger_forget(ingest->ledger);
	row_store_forget(ingest->rows);
	buf_reset(&ingest->dead_lines);
	buf_reset(&ingest->acknowledgement);
}

enum ingest_outcome
ingest_store_batch(struct ingest *ingest, struct ingest_input *input,
    const struct batch *batch, struct err *err)
{
	int result = 0;

	if (batch->line_count == 0 && input->skipped_lines == 0)
		return INGEST_STORED;
	ingest->input = input;
	input->wanted_bytes = 0;
	input->identity.prefix = batch->prefix;
	input->identity.prefix_len = batch->prefix_len;
	input->identity.is_whole = batch->is_whole;
	ingest->is_row_by_row = false;
	while (result == 0) {
		memset(&ingest->pending, 0, sizeof(ingest->pending));
		if (db_begin(ingest->db, err) < 0)
			return INGEST_ERROR;
		result = store_lines(ingest, batch, err);
		if (result <= 0)
			ingest_undo(ingest);
		ingest->is_row_by_row = true;
	}
	if (result < 0)
		return input->wanted_bytes > 0 ? INGEST_WANTS_MORE
		    : INGEST_ERROR;
	if (input->source != NULL)
		input->source_no = ledger_source_no(input->source);
	if (ingest->options.progress != NULL)
		ingest->options.progress(ingest->options.context,
		    &ingest->totals);
	return INGEST_STORED;
}
