/* SPDX-License-Identifier: ISC */
#include "io/ingest.h"
#include "base/mem.h"
#include "base/prog.h"
#include "base/tim.h"
#include "io/ingest_private.h"
#include "io/store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Lines of one transaction; with the bytes and the time of a batch it bounds
 * how long the writers' lock is held. */
#define TRANSACTION_LINES 20000

int
ingest_open(struct ingest **out, struct db *db,
    const struct ingest_options *options, struct err *err)
{
	struct ingest *ingest = mem_new(1, sizeof(*ingest));

	ingest->db = db;
	ingest->options = *options;
	ingest->parser = json_open(LINE_MAX_BYTES);
	ingest->map_parser = json_open(LINE_MAX_BYTES);
	ingest->stored = mem_new(options->map != NULL ? INGEST_MAX_MAPPED : 1,
	    sizeof(ingest->stored[0]));
	if (ledger_open(&ingest->ledger, db, err) < 0 ||
	    row_open(&ingest->rows, db, err) < 0 ||
	    db_prepare(db, &ingest->add_dead, "INSERT INTO dead_letters (id,"
	    " batch_transaction_no, input, offset_bytes, line, column, field,"
	    " reason, detail, raw) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
	    " ?10) ON CONFLICT (id) DO NOTHING", err) < 0 ||
	    db_prepare(db, &ingest->find_truncated, "SELECT max(id) FROM"
	    " dead_letters WHERE id BETWEEN ?1 AND ?2"
	    " AND reason = 'truncated'", err) < 0 ||
	    db_prepare(db, &ingest->drop_truncated, "DELETE FROM dead_letters"
	    " WHERE id = ?1 AND reason = 'truncated'", err) < 0) {
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
	db_finalize(ingest->add_dead);
	db_finalize(ingest->find_truncated);
	db_finalize(ingest->drop_truncated);
	row_close(ingest->rows);
	ledger_close(ingest->ledger);
	json_close(ingest->parser);
	json_close(ingest->map_parser);
	buf_release(&ingest->mapped);
	free(ingest->stored);
	buf_release(&ingest->dead_lines);
	free(ingest);
}

const struct ingest_totals *
ingest_totals(const struct ingest *ingest)
{
	return &ingest->totals;
}

/* Whether this input was here before, and whether it ended within a line. */
static int
recognise(struct ingest *ingest, struct err *err)
{
	struct db_statement *find = ingest->find_truncated;
	int result;

	if (ingest->generation == ledger_generation(ingest->ledger))
		return 0;
	ingest->generation = ledger_generation(ingest->ledger);
	ingest->truncated_position = -1;
	if (ledger_input(ingest->ledger, &ingest->input, false,
	    &ingest->source, &ingest->wanted_bytes, err) < 0)
		return -1;
	/* Events of producers need not wait until the input is known. */
	if (ingest->source == NULL && ingest->wanted_bytes == LEDGER_PREFIX_BYTES)
		ingest->wanted_bytes = 0;
	if (ingest->source == NULL)
		return ingest->wanted_bytes > 0 ? -1 : 0;
	db_bind_integer(find, 1, ledger_id(ingest->source, 0));
	db_bind_integer(find, 2, ledger_id(ingest->source,
	    STORE_MAX_POSITION));
	result = db_step(find, err);
	if (result == 1 && db_column_type(find, 0) != DB_NULL)
		ingest->truncated_position = db_column_integer(find, 0) &
		    STORE_MAX_POSITION;
	if (result == 1)
		db_reset(find);
	return result < 0 ? -1 : 0;
}

/* Every line must have come to one end, whoever counted it. */
static int
audit(const struct ingest *ingest, int64_t lines, struct err *err)
{
	int64_t ends = 0;

	for (int fate = 0; fate < LEDGER_FATE_COUNT; fate++)
		ends += ingest->pending.fates[fate];
	if (ends == lines)
		return 0;
	return err_set(err, EXIT_BUG, "%" PRId64 " lines were read and %" PRId64
	    " accounted for; nothing of them was stored", lines, ends);
}

static int
tell_dead_letters(struct ingest *ingest, struct err *err)
{
	FILE *file = ingest->options.dead_letters;
	size_t len = ingest->dead_lines.len;

	if (len > 0 && (fwrite(ingest->dead_lines.data, 1, len, file) != len ||
	    fflush(file) != 0))
		return err_system(err, EXIT_IO, "the file of dead letters");
	return 0;
}

static int
finish(struct ingest *ingest, int64_t lines, int64_t offset, struct err *err)
{
	if (audit(ingest, lines, err) < 0 || (ingest->source != NULL &&
	    ledger_check(ingest->ledger, ingest->source, &ingest->input,
	    offset, err) < 0) ||
	    ledger_finish(ingest->ledger, tim_now_ms(), err) < 0 ||
	    row_finish(ingest->rows, err) < 0 || db_commit(ingest->db, err) < 0)
		return -1;
	ingest->totals.lines += ingest->pending.lines;
	ingest->totals.rows += ingest->pending.rows;
	ingest->totals.bytes += ingest->pending.bytes;
	for (int fate = 0; fate < LEDGER_FATE_COUNT; fate++)
		ingest->totals.fates[fate] += ingest->pending.fates[fate];
	ingest->stored_offset = offset;
	return tell_dead_letters(ingest, err);
}

enum taken {
	TAKEN_ERROR = -1,
	TAKEN_ALL,   /* the batch has no more lines */
	TAKEN_SOME,
	TAKEN_NONE   /* more of the input's beginning is needed first */
};

/* One transaction of at most TRANSACTION_LINES. */
static enum taken
take_lines(struct ingest *ingest, struct line_reader *reader, struct err *err)
{
	struct line_mark mark;
	struct line line;
	int64_t lines = 0;

	line_mark(reader, &mark);
	memset(&ingest->pending, 0, sizeof(ingest->pending));
	buf_reset(&ingest->dead_lines);
	ingest->wanted_bytes = 0;
	ingest->input.prefix = line_prefix(reader, &ingest->input.prefix_len);
	ingest->input.is_whole = line_at_end(reader) &&
	    ingest->input.prefix_len < LINE_PREFIX_BYTES;
	if (!line_next(reader, &line))
		return TAKEN_ALL;
	if (db_begin(ingest->db, err) < 0)
		return TAKEN_ERROR;
	if (ledger_begin(ingest->ledger, err) < 0 ||
	    recognise(ingest, err) < 0)
		goto fail;
	do {
		lines++;
		if (ingest_take_line(ingest, &line, err) < 0)
			goto fail;
	} while (lines < TRANSACTION_LINES && line_next(reader, &line));
	if (finish(ingest, lines, line_offset(reader), err) < 0)
		goto fail;
	if (ingest->options.progress != NULL)
		ingest->options.progress(&ingest->totals);
	return TAKEN_SOME;
fail:
	db_rollback(ingest->db);
	ledger_forget(ingest->ledger);
	row_forget(ingest->rows);
	if (ingest->wanted_bytes == 0)
		return TAKEN_ERROR;
	line_rewind(reader, &mark);
	return TAKEN_NONE;
}

static int
describe(struct ingest *ingest, int fd, const char *name, struct err *err)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return err_system(err, EXIT_IO, "%s", name);
	if (S_ISDIR(status.st_mode))
		return err_set(err, EXIT_NO_INPUT, "%s: is a directory", name);
	memset(&ingest->input, 0, sizeof(ingest->input));
	ingest->generation = 0;
	ingest->source = NULL;
	ingest->stored_offset = 0;
	ingest->input.name = name;
	if (ingest->options.source != NULL) {
		ingest->input.name = ingest->options.source;
	} else if (S_ISREG(status.st_mode)) {
		ingest->input.is_file = true;
		ingest->input.device = (int64_t)status.st_dev;
		ingest->input.inode = (int64_t)status.st_ino;
	}
	return 0;
}

/* Compressed input would be nothing but dead letters. */
static int
refuse_compressed(const struct line_reader *reader, struct err *err)
{
	size_t len;
	const char *prefix = line_prefix(reader, &len);

	if (len >= 2 && memcmp(prefix, "\x1f\x8b", 2) == 0)
		return err_set(err, EXIT_DATA, "compressed by gzip; "
		    "use zcat FILE | tel-ingest");
	if (len >= 4 && memcmp(prefix, "\x28\xb5\x2f\xfd", 4) == 0)
		return err_set(err, EXIT_DATA, "compressed by zstd; "
		    "use zstdcat FILE | tel-ingest");
	return 0;
}

/* Takes what the reader has. A signal or a read error ends the input: what came
 * before is taken, an unfinished line is left for the next time. */
static int
take_batch(struct ingest *ingest, struct line_reader *reader, int filled,
    struct err *err)
{
	bool is_broken = filled < 0 && err->exit_code != EXIT_AGAIN;
	struct err read_error;
	enum taken taken;

	if (is_broken)
		read_error = *err;
	do
		taken = take_lines(ingest, reader, err);
	while (taken == TAKEN_SOME);
	if (taken == TAKEN_ERROR)
		return -1;
	if (is_broken)
		*err = read_error;
	return is_broken ? -1 : 0;
}

/* A stream that a signal ends has given what it had; of a file the rest is still
 * there, and whoever deletes it on success must not be told of success. */
static int
interrupt(const struct ingest *ingest, struct err *err)
{
	if (!ingest->input.is_file)
		return 0;
	return err_set(err, EXIT_AGAIN, "interrupted; run again for the rest");
}

/* Batch after batch. *filled is what the last line_fill said. */
static int
take_batches(struct ingest *ingest, struct line_reader *reader,
    struct err *err)
{
	int filled = line_fill(reader, 0, err);

	if (refuse_compressed(reader, err) < 0)
		return -1;
	while (take_batch(ingest, reader, filled, err) == 0) {
		if (filled == 0)
			return 0;
		if (filled < 0 || prog_signal() != 0)
			return interrupt(ingest, err);
		filled = line_fill(reader, ingest->wanted_bytes, err);
	}
	return -1;
}

int
ingest_run(struct ingest *ingest, int fd, const char *name, struct err *err)
{
	struct line_reader *reader;
	int result;

	if (describe(ingest, fd, name, err) < 0)
		return -1;
	reader = line_reader_open(fd);
	result = take_batches(ingest, reader, err);
	if (result < 0 && (ingest->stored_offset > 0 ||
	    err->exit_code == EXIT_IO))
		err_in(err, "%s: byte %" PRId64, name, ingest->stored_offset);
	else if (result < 0)
		err_in(err, "%s", name);
	line_reader_close(reader);
	return result;
}
