/* SPDX-License-Identifier: ISC */
#include "io/line.h"
#include "base/mem.h"
#include "base/prog.h"
#include "base/tim.h"
#include "io/input.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CAPACITY (LINE_BATCH_BYTES + LINE_MAX_BYTES)
#define READ_BYTES (256 << 10)

struct line_reader {
	int fd;
	struct input *input;
	bool is_followed, is_drained, at_end;
	char *prefix;       /* LINE_PREFIX_BYTES */
	size_t prefix_len;
	struct line_buffer *buffer; /* the caller's, or parked */
	struct line_buffer parked;
	int64_t offset;     /* of buffer->data[start] in the input */
	int64_t number;     /* of the last line given */
	/* A line that does not fit: its beginning, and how much went by. */
	char *kept;
	size_t kept_len;
	int64_t skipped_bytes;
	bool is_skipping;
};

struct line_reader *
line_reader_open(int fd, bool is_followed)
{
	struct line_reader *reader = mem_new(1, sizeof(*reader));

	reader->fd = fd;
	reader->input = input_open(fd);
	reader->is_followed = is_followed;
	reader->prefix = mem_new(1, LINE_PREFIX_BYTES);
	reader->buffer = &reader->parked;
	return reader;
}

void
line_buffer_release(struct line_buffer *buffer)
{
	free(buffer->data);
	memset(buffer, 0, sizeof(*buffer));
}

void
line_reader_close(struct line_reader *reader)
{
	if (reader == NULL)
		return;
	input_close(reader->input);
	line_buffer_release(&reader->parked);
	free(reader->prefix);
	free(reader->kept);
	free(reader);
}

/* Moves what is left to the beginning of a buffer. */
static void
move_rest(struct line_reader *reader, struct line_buffer *to)
{
	struct line_buffer *from = reader->buffer;
	size_t len = from->end - from->start;

	if (len > 0)
		memmove(to->data, from->data + from->start, len);
	from->start = from->end = 0;
	to->start = 0;
	to->end = len;
	reader->buffer = to;
}

void
line_reader_use(struct line_reader *reader, struct line_buffer *buffer)
{
	if (buffer->data == NULL)
		buffer->data = mem_resize(NULL, 1, CAPACITY + LINE_PADDING);
	if (buffer == reader->buffer)
		return;
	move_rest(reader, buffer);
	line_buffer_release(&reader->parked);
}

void
line_reader_park(struct line_reader *reader)
{
	struct line_buffer *from = reader->buffer;

	if (from == &reader->parked)
		return;
	reader->parked.data = mem_resize(NULL, 1,
	    from->end - from->start + LINE_PADDING);
	move_rest(reader, &reader->parked);
}

void
line_reader_finish(struct line_reader *reader)
{
	reader->is_followed = false;
}

void
line_reader_end(struct line_reader *reader)
{
	reader->at_end = true;
}

int64_t
line_read_bytes(const struct line_reader *reader)
{
	const struct line_buffer *buffer = reader->buffer;

	if (line_is_compressed(reader))
		return input_read_bytes(reader->input);
	return reader->offset + (int64_t)(buffer->end - buffer->start) +
	    (reader->is_skipping ? reader->skipped_bytes : 0);
}

void
line_reader_drop(struct line_reader *reader, int64_t read_bytes)
{
	struct line_buffer *buffer = reader->buffer;
	int64_t surplus = line_read_bytes(reader) - read_bytes;
	int64_t have = (int64_t)(buffer->end - buffer->start);

	if (!line_is_compressed(reader) && surplus > 0)
		buffer->end -= (size_t)(surplus < have ? surplus : have);
}

/* Begins to drop a line that is longer than a line may be. */
static void
start_skipping(struct line_reader *reader)
{
	if (reader->kept == NULL)
		reader->kept = mem_new(1, LINE_KEPT_BYTES + LINE_PADDING);
	reader->kept_len = LINE_KEPT_BYTES;
	memcpy(reader->kept, reader->buffer->data + reader->buffer->start, LINE_KEPT_BYTES);
	reader->skipped_bytes = (int64_t)(reader->buffer->end - reader->buffer->start);
	reader->buffer->start = reader->buffer->end = 0;
	reader->is_skipping = true;
}

/* Of what was read behind a line that is being dropped, keeps what stands from
 * its newline on. */
static void
skip(struct line_reader *reader)
{
	char *newline = memchr(reader->buffer->data, '\n', reader->buffer->end);
	size_t drop = newline == NULL ? reader->buffer->end
	    : (size_t)(newline - reader->buffer->data);

	reader->skipped_bytes += (int64_t)drop;
	reader->buffer->start = drop;
	if (newline == NULL)
		reader->buffer->start = reader->buffer->end = 0;
}

static void
keep_prefix(struct line_reader *reader, const char *bytes, size_t len)
{
	size_t room = LINE_PREFIX_BYTES - reader->prefix_len;

	if (len > room)
		len = room;
	memcpy(reader->prefix + reader->prefix_len, bytes, len);
	reader->prefix_len += len;
}

/* Waits until fd has something, no longer than timeout_ms (-1: for ever).
 * 1 it has, 2 nothing came in time, -1 error. */
static int
wait_for_input(struct line_reader *reader, int timeout_ms, struct err *err)
{
	struct pollfd ready[2] = { { reader->fd, POLLIN, 0 },
		{ prog_signal_fd(), POLLIN, 0 } };
	bool must_wait = !reader->is_followed &&
	    !input_is_ready(reader->input);
	int result = must_wait ? poll(ready, 2, timeout_ms) : 1;

	if (prog_signal() != 0)
		return err_set(err, EXIT_AGAIN, "interrupted");
	/* A stop and a continue interrupt poll too. */
	if (result == 0 || (result < 0 && errno == EINTR))
		return 2;
	return result < 0 ? err_system(err, EXIT_IO, "poll") : 1;
}

/* 1 something was read, 0 end, 2 nothing came in time, -1 error. */
static int
read_some(struct line_reader *reader, int timeout_ms, struct err *err)
{
	struct line_buffer *buffer = reader->buffer;
	size_t room = CAPACITY - buffer->end;
	int result = wait_for_input(reader, timeout_ms, err);
	int64_t got;

	if (result != 1)
		return result;
	got = input_read(reader->input, buffer->data + buffer->end,
	    room < READ_BYTES ? room : READ_BYTES, err);
	reader->is_drained = got == INPUT_WAIT || got == 0;
	if (got == INPUT_WAIT)
		return 2;
	if (got < 0)
		return -1;
	keep_prefix(reader, buffer->data + buffer->end, (size_t)got);
	buffer->end += (size_t)got;
	if (got == 0 && !reader->is_followed)
		reader->at_end = true;
	return got > 0 ? 1 : 0;
}

static int
wait_ms(int64_t deadline_ns)
{
	int64_t left_ns = deadline_ns - tim_monotonic_ns();

	return left_ns <= 0 ? 0 : (int)(left_ns / 1000000) + 1;
}

static bool
is_full(const struct line_reader *reader)
{
	return reader->buffer->end >= LINE_BATCH_BYTES;
}

static bool
has_newline(const struct line_reader *reader)
{
	const struct line_buffer *buffer = reader->buffer;

	return buffer->end > buffer->start && memchr(buffer->data +
	    buffer->start, '\n', buffer->end - buffer->start) != NULL;
}

static bool
has_line(const struct line_reader *reader)
{
	return reader->at_end || has_newline(reader);
}

/* Reads until the buffer is full, time is up, or a followed file has no more. */
static int
fill(struct line_reader *reader, size_t prefix_bytes, int64_t deadline_ns,
    struct err *err)
{
	while (!reader->at_end && !(is_full(reader) && has_line(reader))) {
		bool may_end = deadline_ns != 0 &&
		    reader->prefix_len >= prefix_bytes;

		if (!has_line(reader) && !reader->is_skipping &&
		    reader->buffer->end > LINE_MAX_BYTES)
			start_skipping(reader);
		if (read_some(reader, may_end ? wait_ms(deadline_ns) : -1,
		    err) < 0)
			return -1;
		if (reader->is_skipping && reader->buffer->start == 0)
			skip(reader);
		if (reader->is_followed && reader->is_drained)
			break;
		if (deadline_ns == 0 && has_line(reader))
			deadline_ns = tim_monotonic_ns() +
			    LINE_BATCH_MS * INT64_C(1000000);
		if (may_end && tim_monotonic_ns() >= deadline_ns)
			break;
	}
	return reader->at_end ? 0 : 1;
}

int
line_fill(struct line_reader *reader, size_t prefix_bytes, struct err *err)
{
	int result;

	move_rest(reader, reader->buffer);
	fflush(stdout);
	/* Lines that are there already are waited with for no others. */
	result = fill(reader, prefix_bytes, !reader->at_end && has_line(reader)
	    ? tim_monotonic_ns() : 0, err);
	reader->is_drained |= result < 0;
	return result;
}

/* Drops what comes before offset. */
static int
drop_until(struct line_reader *reader, int64_t offset, struct err *err)
{
	struct line_buffer *buffer = reader->buffer;

	while (reader->offset < offset) {
		int64_t have = (int64_t)(buffer->end - buffer->start);

		if (have > offset - reader->offset)
			have = offset - reader->offset;
		buffer->start += (size_t)have;
		reader->offset += have;
		if (reader->offset == offset || reader->at_end)
			break;
		buffer->start = buffer->end = 0;
		if (read_some(reader, -1, err) < 0)
			return -1;
		if (reader->is_drained)
			break;
	}
	return 0;
}

int
line_skip(struct line_reader *reader, int64_t offset, int64_t number,
    struct err *err)
{
	struct line_buffer *buffer = reader->buffer;
	int64_t have = (int64_t)(buffer->end - buffer->start);
	char last = '\n';

	if (offset - reader->offset > have && !line_is_compressed(reader)) {
		if (pread(reader->fd, &last, 1, offset - 1) != 1 ||
		    last != '\n' ||
		    lseek(reader->fd, offset, SEEK_SET) != offset)
			return 1;
		buffer->start = buffer->end = 0;
		reader->at_end = false;
		reader->offset = offset;
	} else if (offset - reader->offset <= have) {
		size_t until = buffer->start + (size_t)(offset - reader->offset);

		if (until > 0 && buffer->data[until - 1] != '\n')
			return 1;
	}
	if (drop_until(reader, offset, err) < 0)
		return -1;
	reader->number = number;
	return 0;
}

/* The end of a dropped line. */
static bool
give_skipped(struct line_reader *reader, struct line *line, bool has_newline)
{
	line->text = reader->kept;
	line->len = reader->kept_len;
	line->full_bytes = reader->skipped_bytes + has_newline;
	line->is_too_long = true;
	reader->buffer->start += has_newline;
	reader->is_skipping = false;
	return true;
}

bool
line_has_next(const struct line_reader *reader)
{
	return has_newline(reader) || (reader->at_end && (reader->is_skipping ||
	    reader->buffer->end > reader->buffer->start));
}

bool
line_next(struct line_reader *reader, struct line *line)
{
	char *begin = reader->buffer->data + reader->buffer->start;
	size_t left = reader->buffer->end - reader->buffer->start;
	char *newline = left > 0 ? memchr(begin, '\n', left) : NULL;

	if (newline == NULL && (!reader->at_end ||
	    (left == 0 && !reader->is_skipping)))
		return false;
	line->offset = reader->offset;
	line->number = ++reader->number;
	line->has_newline = newline != NULL;
	line->is_too_long = false;
	if (reader->is_skipping) {
		give_skipped(reader, line, newline != NULL);
	} else {
		line->text = begin;
		line->len = newline != NULL ? (size_t)(newline - begin) : left;
		line->full_bytes = (int64_t)line->len + line->has_newline;
		reader->buffer->start += (size_t)line->full_bytes;
		if (line->len > LINE_MAX_BYTES) {
			line->is_too_long = true;
			line->len = LINE_KEPT_BYTES;
		}
	}
	reader->offset += line->full_bytes;
	return true;
}

void
line_mark(const struct line_reader *reader, struct line_mark *mark)
{
	mark->start = reader->buffer->start;
	mark->offset = reader->offset;
	mark->number = reader->number;
	mark->skipped_bytes = reader->skipped_bytes;
	mark->is_skipping = reader->is_skipping;
}

void
line_rewind(struct line_reader *reader, const struct line_mark *mark)
{
	reader->buffer->start = mark->start;
	reader->offset = mark->offset;
	reader->number = mark->number;
	reader->skipped_bytes = mark->skipped_bytes;
	reader->is_skipping = mark->is_skipping;
}

const char *
line_prefix(const struct line_reader *reader, size_t *len)
{
	*len = reader->prefix_len;
	return reader->prefix;
}

bool
line_at_end(const struct line_reader *reader)
{
	return reader->at_end;
}

bool
line_is_drained(const struct line_reader *reader)
{
	return reader->is_drained;
}

bool
line_is_compressed(const struct line_reader *reader)
{
	return input_format(reader->input) != INPUT_PLAIN;
}

int64_t
line_offset(const struct line_reader *reader)
{
	return reader->offset;
}

int64_t
line_number(const struct line_reader *reader)
{
	return reader->number;
}
