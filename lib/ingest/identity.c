/* SPDX-License-Identifier: ISC
 *
 * Finds out which source an input is, and where to continue reading it. Files are
 * recognised by their beginning; the bytes before the position at which to continue
 * are compared too, because another file may begin in the same way.
 */
#include "io/digest.h"
#include "ingest/ingest_private.h"
#include "store/event_id.h"

#include <string.h>
#include <sys/stat.h>

int
ingest_describe(struct ingest *ingest, struct ingest_input *input, int fd,
    const char *name, struct err *err)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return err_system(err, EXIT_IO, "%s", name);
	if (S_ISDIR(status.st_mode))
		return err_set(err, EXIT_NO_INPUT, "%s: is a directory", name);
	memset(input, 0, sizeof(*input));
	input->truncated_position = -1;
	input->identity.name = name;
	input->identity.is_file = S_ISREG(status.st_mode);
	input->identity.device = (int64_t)status.st_dev;
	input->identity.inode = (int64_t)status.st_ino;
	if (ingest->options.source != NULL) {
		input->identity.name = ingest->options.source;
		input->identity.is_file = false;
	}
	return 0;
}

/* Finds out whether an earlier run stored an unfinished last line, and where. */
static int
find_truncated(struct ingest *ingest, struct err *err)
{
	struct ingest_input *input = ingest->input;
	int64_t id;
	int result = dead_letters_find_truncated(ingest->letters,
	    ledger_id(input->source, 0),
	    ledger_id(input->source, STORE_MAX_POSITION), &id, err);

	if (result == 1)
		input->truncated_position = store_position(id);
	return result < 0 ? -1 : 0;
}

/* Sets input->source to the source of the input. If the ledger has none: to a new one
 * with make, else to NULL. */
static int
find_source(struct ingest *ingest, bool make, struct err *err)
{
	struct ingest_input *input = ingest->input;
	bool was_known = input->source_no != 0;

	if (was_known) {
		if (ledger_numbered(ingest->ledger, input->source_no,
		    &input->source, err) < 0)
			return -1;
	} else if (ledger_input(ingest->ledger, &input->identity, make,
	    &input->source, &input->wanted_bytes, err) < 0) {
		return -1;
	}
	return input->source == NULL ? 0 : find_truncated(ingest, err);
}

int
ingest_recognise(struct ingest *ingest, struct err *err)
{
	struct ingest_input *input = ingest->input;

	if (input->generation == ledger_generation(ingest->ledger))
		return 0;
	input->generation = ledger_generation(ingest->ledger);
	input->truncated_position = -1;
	input->source = NULL;
	if (find_source(ingest, input->must_be_known, err) < 0)
		return -1;
	/* Events of producers have places of their own, so they need not wait until
	 * the input is recognised. */
	if (input->source == NULL && !input->must_be_known &&
	    input->wanted_bytes == LEDGER_PREFIX_BYTES)
		input->wanted_bytes = 0;
	return input->source == NULL && input->wanted_bytes > 0 ? -1 : 0;
}

int
ingest_know(struct ingest *ingest, struct err *err)
{
	struct ingest_input *input = ingest->input;

	if (input->source != NULL)
		return 0;
	if (ledger_input(ingest->ledger, &input->identity, true,
	    &input->source, &input->wanted_bytes, err) < 0)
		return -1;
	return input->source == NULL ? -1 : 0;
}

/* Sets *taken to how much of the file earlier runs stored; all 0 for a new file. */
static int
find_taken(struct ingest *ingest, struct ledger_taken *taken, struct err *err)
{
	struct ingest_input *input = ingest->input;
	int result = -1;

	memset(taken, 0, sizeof(*taken));
	if (db_begin(ingest->db, err) < 0)
		return -1;
	if (ledger_begin(ingest->ledger, err) < 0 ||
	    find_source(ingest, false, err) < 0)
		goto done;
	result = input->source == NULL ? 0 : ledger_taken(ingest->ledger,
	    input->source, taken, err);
	if (result == 0 && input->source != NULL)
		input->source_no = ledger_source_no(input->source);
done:
	if (result == 0)
		return db_commit(ingest->db, err);
	db_rollback(ingest->db);
	ledger_forget(ingest->ledger);
	return -1;
}

enum place {
	PLACE_ERROR = -1,
	PLACE_FOUND,   /* the bytes before it are those that were stored */
	PLACE_MISSING, /* the file is shorter than what was stored */
	PLACE_OTHER    /* the bytes before it differ */
};

/* Moves to the end of what was stored, and compares the bytes before it. */
static enum place
seek_stored_end(struct line_reader *lines, const struct ledger_taken *taken,
    struct err *err)
{
	size_t len = taken->tail_bytes > 0 ? (size_t)taken->tail_bytes : 1;
	char hex[DIGEST_HEX_SIZE];
	const char *tail;
	int result = line_seek(lines, taken->bytes - (int64_t)len, 0, err);

	if (result == 0)
		result = line_peek(lines, len, &tail, err);
	if (result != 0)
		return result < 0 ? PLACE_ERROR : PLACE_MISSING;
	digest_of(tail, len, hex);
	if (tail[len - 1] != '\n' || (taken->tail_bytes > 0 &&
	    strcmp(hex, taken->tail_sha256) != 0))
		return PLACE_OTHER;
	return line_seek(lines, taken->bytes, taken->lines, err) == 0
	    ? PLACE_FOUND : PLACE_ERROR;
}

/* Makes the input a new source: it merely starts like an earlier input. */
static void
treat_as_new(struct ingest_input *input)
{
	input->identity.is_new = true;
	input->source = NULL;
	input->source_no = 0;
	input->generation = 0;
	input->truncated_position = -1;
}

int
ingest_resume(struct ingest *ingest, struct ingest_input *input,
    struct line_reader *lines, struct err *err)
{
	struct ledger_input *identity = &input->identity;
	struct ledger_taken taken;
	enum place place;

	/* A compressed file may be a copy of one that was read uncompressed. */
	identity->is_moved |= line_is_compressed(lines);
	if (!identity->is_file || identity->is_new)
		return 0;
	identity->prefix = line_prefix(lines, &identity->prefix_len);
	identity->is_whole = identity->prefix_len < LINE_PREFIX_BYTES &&
	    line_is_whole(lines);
	ingest->input = input;
	if (find_taken(ingest, &taken, err) < 0)
		return -1;
	if (taken.bytes == 0)
		return 0;
	place = seek_stored_end(lines, &taken, err);
	if (place == PLACE_ERROR)
		return -1;
	if (place == PLACE_OTHER)
		treat_as_new(input);
	if (place != PLACE_FOUND)
		return line_restart(lines, err);
	input->stored_offset = taken.bytes;
	if (!input->is_followed) {
		input->skipped_bytes = taken.bytes;
		input->skipped_lines = taken.lines;
	}
	return 0;
}
