/* SPDX-License-Identifier: ISC
 *
 * Following files that grow: stores the new lines of each file that the tail reports,
 * in rounds over all files, with the same transactions as inputs that end. The state
 * of a file lasts as long as the tail keeps the file open.
 */
#include "base/mem.h"
#include "base/prog.h"
#include "ingest/ingest_private.h"
#include "ingest/missed_files.h"
#include "read/tail.h"
#include "read/tail_rotated.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* How many batches of one file are stored before it is the next file's turn. */
#define TURN_BATCHES 8

struct follow {
	struct ingest *ingest;
	struct tail *tail;
	struct missed_files *files;
};

/* The state of a file, which tail_file_user points to. */
struct followed {
	struct ingest_input input;
	struct line_reader *lines;
	bool is_resumed;
};

static void
forward_warning(void *context, const char *text)
{
	const struct follow *follow = context;
	const struct ingest_options *options = &follow->ingest->options;

	if (options->warn != NULL)
		options->warn(options->context, text);
}

static void
forget_file(struct tail_file *file)
{
	struct followed *followed = tail_file_user(file);

	if (followed != NULL)
		line_reader_close(followed->lines);
	free(followed);
	tail_file_set_user(file, NULL);
}

/* Whether an older file of the same path has yet to be recognised. None of its lines
 * is stored, so the next run must look for it again. */
static bool
has_unknown_before(const struct follow *follow, const struct tail_file *file)
{
	const struct tail_file *older = NULL;

	while ((older = tail_each(follow->tail, older)) != NULL && older != file) {
		const struct followed *followed = tail_file_user(older);

		if (strcmp(tail_file_path(older), tail_file_path(file)) == 0 &&
		    (followed == NULL || !followed->is_resumed))
			return true;
	}
	return false;
}

/* Stores the lines that have been read. */
static int
store_buffered(struct follow *follow, struct tail_file *file, struct err *err)
{
	struct ingest *ingest = follow->ingest;
	struct followed *followed = tail_file_user(file);

	followed->input.followed_path = tail_file_is_stream(file) ||
	    has_unknown_before(follow, file) ? NULL
	    : missed_files_path(follow->files, tail_file_path(file));
	do {
		enum ingest_outcome outcome;

		if (batch_read(ingest->reader, followed->lines, &ingest->batch,
		    err) < 0)
			return -1;
		outcome = ingest_store_batch(ingest, &followed->input,
		    &ingest->batch, err);
		if (outcome == INGEST_ERROR)
			return -1;
		/* The file has no more bytes now, so these must suffice to recognise
		 * it. */
		if (outcome == INGEST_WANTS_MORE)
			return err_set(err, EXIT_BUG, "an input was read to "
			    "its end and not recognised");
	} while (line_has_next(followed->lines));
	return 0;
}

/* Creates the state of a file, with what is known before its first bytes are read. */
static int
begin_file(struct follow *follow, struct tail_file *file, struct err *err)
{
	struct ingest *ingest = follow->ingest;
	struct followed *followed = mem_new(1, sizeof(*followed));
	struct ingest_input *input = &followed->input;
	int fd = tail_file_fd(file);
	struct stat status;

	tail_file_set_user(file, followed);
	followed->lines = line_reader_open(fd, true);
	if (ingest_describe(ingest, input, fd, tail_file_path(file), err) < 0)
		return -1;
	input->is_followed = true;
	if (tail_file_is_stream(file))
		return 0;
	input->must_be_known = true;
	input->identity.is_file = true;
	input->identity.is_new = tail_file_is_new_generation(file);
	/* A file that the path no longer names was rotated, and may be a copy. */
	input->identity.is_moved = stat(tail_file_path(file), &status) < 0 ||
	    (int64_t)status.st_ino != input->identity.inode;
	return 0;
}

/* Continues where an earlier run ended. When the file is truncated meanwhile, the
 * lines that were already read are kept. */
static int
resume_file(struct follow *follow, struct tail_file *file, struct err *err)
{
	struct followed *followed = tail_file_user(file);
	struct line_reader *lines = followed->lines;
	int64_t read_bytes = line_read_bytes(lines);

	followed->is_resumed = true;
	if (ingest_resume(follow->ingest, &followed->input, lines, err) < 0)
		return -1;
	if (tail_file_set_offset(file, line_read_bytes(lines)) < 0)
		line_reader_drop(lines, read_bytes);
	return 0;
}

/* Whether enough bytes were read to recognise the file. The readable part of a
 * compressed file that is still being written may be too short. */
static bool
can_be_known(const struct line_reader *lines)
{
	size_t prefix_len;

	line_prefix(lines, &prefix_len);
	return line_is_whole(lines) || prefix_len == LINE_PREFIX_BYTES;
}

/* Reads as much as fits into the buffer. Returns 1 when there may be more, 0 when that
 * was all, -1 on an error; the caller stores the lines read before the error. */
static int
fill_buffer(struct follow *follow, struct tail_file *file, struct err *err)
{
	struct followed *followed = tail_file_user(file);
	struct line_reader *lines = followed->lines;
	int64_t before = line_read_bytes(lines);
	int filled;

	line_reader_use(lines, &follow->ingest->batch.buffer);
	filled = line_fill(lines, 0, err);
	if (tail_file_set_offset(file, line_read_bytes(lines)) < 0) {
		/* The bytes may be from before or after the truncation. */
		line_reader_drop(lines, before);
		return 0;
	}
	if (filled < 0)
		return -1;
	if (!followed->is_resumed && can_be_known(lines) &&
	    resume_file(follow, file, err) < 0)
		return -1;
	return tail_file_state(file) != TAIL_TRUNCATED &&
	    !line_is_drained(lines) && !line_at_end(lines);
}

/* Stores the lines that the file has now; of a current file at most TURN_BATCHES
 * batches. */
static int
store_available(struct follow *follow, struct tail_file *file, struct err *err)
{
	struct followed *followed;
	struct err fill_error;
	int filled, turns = 0;

	if (tail_file_user(file) == NULL && begin_file(follow, file, err) < 0)
		return -1;
	followed = tail_file_user(file);
	do {
		filled = fill_buffer(follow, file, &fill_error);
		if (can_be_known(followed->lines) &&
		    store_buffered(follow, file, err) < 0)
			return -1;
	} while (filled > 0 && (++turns < TURN_BATCHES ||
	    tail_file_state(file) != TAIL_CURRENT));
	if (filled < 0)
		*err = fill_error;
	return filled < 0 ? -1 : 0;
}

/* Stores the rest of a file that has ended, even if its last line has no newline. */
static int
store_rest(struct follow *follow, struct tail_file *file, struct err *err)
{
	struct followed *followed = tail_file_user(file);

	line_reader_use(followed->lines, &follow->ingest->batch.buffer);
	line_reader_finish(followed->lines);
	if (tail_file_state(file) == TAIL_TRUNCATED)
		line_reader_end(followed->lines);
	else if (line_fill(followed->lines, 0, err) < 0)
		return -1;
	if (!followed->is_resumed && resume_file(follow, file, err) < 0)
		return -1;
	return store_buffered(follow, file, err);
}

static int
store_file(struct follow *follow, struct tail_file *file, struct err *err)
{
	struct followed *followed;
	int result = store_available(follow, file, err);
	bool is_last = result < 0 || tail_file_state(file) != TAIL_CURRENT;

	if (result == 0 && is_last)
		result = store_rest(follow, file, err);
	followed = tail_file_user(file);
	if (followed != NULL)
		line_reader_park(followed->lines);
	if (result < 0)
		err_in(err, "%s", tail_file_path(file));
	/* Damaged bytes end this file; the others go on. */
	if (result < 0 && err->exit_code == EXIT_DATA) {
		forward_warning(follow, err->text);
		result = 0;
	}
	if (is_last) {
		forget_file(file);
		tail_file_done(file);
	}
	return result;
}

/* Finds files that were rotated unnoticed, between runs or too quickly, and lets the
 * tail read those with lines that were not stored. */
static int
add_missed_siblings(struct follow *follow, const char *operand, struct err *err)
{
	struct tail_rotated_list list = TAIL_ROTATED_NONE;
	int result = -1;

	if (tail_rotated(operand, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		const struct tail_rotated *sibling = &list.items[i];
		bool is_missing;

		if (missed_files_has(follow->files, operand, sibling,
		    &is_missing, err) < 0)
			goto done;
		if (is_missing && tail_add(follow->tail, operand, sibling->path,
		    sibling->device, sibling->inode, err) < 0)
			forward_warning(follow, err->text);
	}
	result = 0;
done:
	tail_rotated_release(&list);
	return result;
}

static int
store_round(struct follow *follow, struct err *err)
{
	const char *operand;
	struct tail_file *file;

	while ((operand = tail_next_rotated(follow->tail)) != NULL)
		if (add_missed_siblings(follow, operand, err) < 0)
			return -1;
	while ((file = tail_next(follow->tail)) != NULL)
		if (store_file(follow, file, err) < 0)
			return -1;
	return 0;
}

static int
store_all_rounds(struct follow *follow, struct err *err)
{
	while (!tail_is_over(follow->tail))
		if (tail_wait(follow->tail, -1, err) < 0 ||
		    store_round(follow, err) < 0)
			return -1;
	return 0;
}

static int
open_follow(struct follow *follow, char *const *paths, size_t count,
    struct err *err)
{
	struct tail_options options = TAIL_OPTIONS;

	options.warn = forward_warning;
	options.context = follow;
	if (tail_open(&follow->tail, paths, count, &options, err) < 0)
		return -1;
	return missed_files_open(&follow->files, follow->ingest->db,
	    follow->ingest->followed, paths, count, err);
}

static void
close_follow(struct follow *follow)
{
	if (follow->tail != NULL)
		for (struct tail_file *file = tail_each(follow->tail, NULL);
		    file != NULL; file = tail_each(follow->tail, file))
			forget_file(file);
	tail_close(follow->tail);
	missed_files_close(follow->files);
}

int
ingest_follow(struct ingest *ingest, char *const *paths, int count,
    struct err *err)
{
	struct follow follow = { .ingest = ingest };
	int result = open_follow(&follow, paths, (size_t)count, err);

	if (result == 0)
		result = store_all_rounds(&follow, err);
	close_follow(&follow);
	if (result < 0 && prog_signal() != 0 && err->exit_code == EXIT_AGAIN) {
		ingest->totals.is_interrupted = true;
		return 0;
	}
	return result;
}
