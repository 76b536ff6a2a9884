/* SPDX-License-Identifier: ISC
 *
 * Reads bytes into the buffer of a line reader: waits with a deadline, drops a
 * line that is too long, and seeks in the input. line.c then finds the lines
 * without reading.
 */
#include "base/mem.h"
#include "base/prog.h"
#include "base/tim.h"
#include "read/line_private.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES (256 << 10)

/* Begins to drop a line that is too long. */
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

/* Drops more bytes of a line that is too long: those up to its newline, or all in
 * the buffer. */
static void
drop_rest_of_line(struct line_reader *reader)
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

/* Waits at most timeout_ms (-1: without limit) until fd has bytes; does not wait
 * for a followed input. Returns 1 when it has, 2 when it has not, -1 for an
 * error. */
static int
wait_for_input(struct line_reader *reader, int timeout_ms, struct err *err)
{
	struct pollfd ready[3] = { { reader->fd, POLLIN, 0 },
		{ prog_signal_fd(), POLLIN, 0 },
		{ reader->stop_fd, POLLIN, 0 } };
	int result = input_is_ready(reader->input) ? 1
	    : poll(ready, 3, reader->is_followed ? 0 : timeout_ms);

	if (prog_signal() != 0 || ready[2].revents != 0)
		return err_set(err, EXIT_AGAIN, "interrupted");
	/* A stop and a continue interrupt poll too. */
	if (result == 0 || (result < 0 && errno == EINTR)) {
		reader->is_drained = result == 0 && reader->is_followed;
		return 2;
	}
	return result < 0 ? err_system(err, EXIT_IO, "poll") : 1;
}

/* Returns 1 when bytes were read, 0 at the end, 2 when none came in time, -1 for
 * an error. */
static int
read_some(struct line_reader *reader, int timeout_ms, struct err *err)
{
	struct line_buffer *buffer = reader->buffer;
	size_t room = LINE_CAPACITY_BYTES - buffer->end;
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
has_line(const struct line_reader *reader)
{
	return reader->at_end || line_has_newline(reader);
}

/* Reads until the buffer is full, the deadline has passed or a followed file has
 * no more. deadline_ns 0: it starts with the first line. */
static int
fill_buffer(struct line_reader *reader, size_t prefix_bytes, int64_t deadline_ns,
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
			drop_rest_of_line(reader);
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

	line_move_rest(reader, reader->buffer);
	fflush(stdout);
	/* If whole lines are buffered, do not wait for more. */
	result = fill_buffer(reader, prefix_bytes,
	    !reader->at_end && has_line(reader) ? tim_monotonic_ns() : 0, err);
	reader->is_drained |= result < 0;
	return result;
}

/* Drops the bytes before offset. Returns what line_seek returns. */
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
	return reader->offset == offset ? 0 : 1;
}

/* Ends the dropping of a line that is too long. What was dropped counts as
 * read. */
static void
stop_skipping(struct line_reader *reader)
{
	if (!reader->is_skipping)
		return;
	reader->offset += reader->skipped_bytes;
	reader->is_skipping = false;
	reader->skipped_bytes = 0;
}

int
line_seek(struct line_reader *reader, int64_t offset, int64_t number,
    struct err *err)
{
	struct line_buffer *buffer = reader->buffer;
	int64_t have = (int64_t)(buffer->end - buffer->start);

	stop_skipping(reader);
	reader->number = number;
	if (offset < reader->offset)
		return 1;
	if (offset - reader->offset <= have || line_is_compressed(reader))
		return drop_until(reader, offset, err);
	if (reader->base < 0 || lseek(reader->fd, reader->base + offset,
	    SEEK_SET) < 0)
		return 1;
	buffer->start = buffer->end = 0;
	reader->at_end = reader->is_drained = false;
	reader->offset = offset;
	return 0;
}

int
line_peek(struct line_reader *reader, size_t len, const char **bytes,
    struct err *err)
{
	struct line_buffer *buffer = reader->buffer;

	line_move_rest(reader, buffer);
	while (buffer->end < len) {
		if (reader->at_end)
			return 1;
		if (read_some(reader, -1, err) < 0)
			return -1;
		if (reader->is_drained)
			return 1;
	}
	*bytes = buffer->data;
	return 0;
}

int
line_restart(struct line_reader *reader, struct err *err)
{
	if (lseek(reader->fd, reader->base, SEEK_SET) < 0)
		return err_system(err, EXIT_IO, "seek");
	input_close(reader->input);
	reader->input = input_open(reader->fd);
	reader->buffer->start = reader->buffer->end = 0;
	reader->prefix_len = 0;
	reader->offset = reader->number = reader->skipped_bytes = 0;
	reader->is_skipping = reader->at_end = reader->is_drained = false;
	return 0;
}
