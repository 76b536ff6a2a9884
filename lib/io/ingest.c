/* SPDX-License-Identifier: ISC */
#include "io/ingest.h"
#include "base/mem.h"
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
	free(ingest->prefix);
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
	    &ingest->source, err) < 0)
		return -1;
	if (ingest->source == NULL)
		return 0;
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

static int
finish(struct ingest *ingest, struct err *err)
{
	if (ledger_finish(ingest->ledger, tim_now_ms(), err) < 0 ||
	    row_finish(ingest->rows, err) < 0 || db_commit(ingest->db, err) < 0)
		return -1;
	ingest->totals.lines += ingest->pending.lines;
	ingest->totals.rows += ingest->pending.rows;
	ingest->totals.bytes += ingest->pending.bytes;
	for (int fate = 0; fate < LEDGER_FATE_COUNT; fate++)
		ingest->totals.fates[fate] += ingest->pending.fates[fate];
	if (ingest->dead_lines.len > 0 && (fwrite(ingest->dead_lines.data, 1,
	    ingest->dead_lines.len, ingest->options.dead_letters) !=
	    ingest->dead_lines.len ||
	    fflush(ingest->options.dead_letters) != 0))
		return err_system(err, EXIT_IO, "the file of dead letters");
	return 0;
}

/* One transaction of at most TRANSACTION_LINES. 1 done, 0 the batch has no
 * more lines, -1 error. */
static int
take_lines(struct ingest *ingest, struct line_reader *reader, struct err *err)
{
	struct line line;
	int taken = 0;

	memset(&ingest->pending, 0, sizeof(ingest->pending));
	buf_reset(&ingest->dead_lines);
	if (!line_next(reader, &line))
		return 0;
	if (db_begin(ingest->db, err) < 0)
		return -1;
	if (ledger_begin(ingest->ledger, err) < 0 ||
	    recognise(ingest, err) < 0)
		goto fail;
	do {
		if (ingest_take_line(ingest, &line, err) < 0)
			goto fail;
	} while (++taken < TRANSACTION_LINES && line_next(reader, &line));
	if (finish(ingest, err) < 0)
		goto fail;
	ingest->stored_offset = line_offset(reader);
	if (ingest->options.progress != NULL)
		ingest->options.progress(&ingest->totals);
	return 1;
fail:
	db_rollback(ingest->db);
	ledger_forget(ingest->ledger);
	row_forget(ingest->rows);
	return -1;
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

/* Keeps the first bytes: the input is known again by them. Compressed input
 * would be nothing but dead letters. */
static int
keep_prefix(struct ingest *ingest, const struct line_reader *reader,
    struct err *err)
{
	size_t len;
	const char *prefix = line_prefix(reader, &len);

	if (len >= 2 && memcmp(prefix, "\x1f\x8b", 2) == 0)
		return err_set(err, EXIT_DATA, "compressed by gzip; "
		    "use zcat FILE | tel-ingest");
	if (len >= 4 && memcmp(prefix, "\x28\xb5\x2f\xfd", 4) == 0)
		return err_set(err, EXIT_DATA, "compressed by zstd; "
		    "use zstdcat FILE | tel-ingest");
	free(ingest->prefix);
	ingest->input.prefix_len = len < LEDGER_PREFIX_BYTES ? len
	    : LEDGER_PREFIX_BYTES;
	ingest->prefix = mem_text_of(prefix, ingest->input.prefix_len);
	ingest->input.prefix = ingest->prefix;
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
	int result;

	if (is_broken)
		read_error = *err;
	while ((result = take_lines(ingest, reader, err)) == 1)
		;
	if (result == 0 && is_broken) {
		*err = read_error;
		result = -1;
	}
	return result;
}

int
ingest_run(struct ingest *ingest, int fd, const char *name, struct err *err)
{
	struct line_reader *reader;
	int filled, result;

	if (describe(ingest, fd, name, err) < 0)
		return -1;
	reader = line_reader_open(fd);
	filled = line_fill(reader, LEDGER_PREFIX_BYTES, err);
	result = keep_prefix(ingest, reader, err);
	if (result < 0)
		err_in(err, "%s", name);
	while (result == 0) {
		result = take_batch(ingest, reader, filled, err);
		if (result < 0)
			err_in(err, "%s: byte %" PRId64, name,
			    ingest->stored_offset);
		if (filled <= 0)
			break;
		filled = line_fill(reader, 0, err);
	}
	line_reader_close(reader);
	return result;
}
