/* SPDX-License-Identifier: ISC */
#include "io/line.h"
#include "base/mem.h"
#include "base/prog.h"
#include "base/tim.h"

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
	bool at_end;
	char *prefix;       /* LINE_PREFIX_BYTES */
	size_t prefix_len;
	char *data;         /* CAPACITY bytes and padding */
	size_t start, end;  /* what is not taken yet */
	int64_t offset;     /* of data[start] in the input */
	int64_t number;     /* of the last line given */
	/* A line that does not fit: its beginning, and how much went by. */
	char *kept;
	size_t kept_len;
	int64_t skipped_bytes;
	bool is_skipping;
};

struct line_reader *
line_reader_open(int fd)
{
	struct line_reader *reader = mem_new(1, sizeof(*reader));

	reader->fd = fd;
	reader->data = mem_new(1, CAPACITY + LINE_PADDING);
	reader->prefix = mem_new(1, LINE_PREFIX_BYTES);
	return reader;
}

void
line_reader_close(struct line_reader *reader)
{
	if (reader == NULL)
		return;
	free(reader->data);
	free(reader->prefix);
	free(reader->kept);
	free(reader);
}

/* Begins to drop a line that is longer than a line may be. */
static void
start_skipping(struct line_reader *reader)
{
	if (reader->kept == NULL)
		reader->kept = mem_new(1, LINE_KEPT_BYTES + LINE_PADDING);
	reader->kept_len = LINE_KEPT_BYTES;
	memcpy(reader->kept, reader->data + reader->start, LINE_KEPT_BYTES);
	reader->skipped_bytes = (int64_t)(reader->end - reader->start);
	reader->start = reader->end = 0;
	reader->is_skipping = true;
}

/* Of what was read behind a line that is being dropped, keeps what stands from
 * its newline on. */
static void
skip(struct line_reader *reader)
{
	char *newline = memchr(reader->data, '\n', reader->end);
	size_t drop = newline == NULL ? reader->end
	    : (size_t)(newline - reader->data);

	reader->skipped_bytes += (int64_t)drop;
	reader->start = drop;
	if (newline == NULL)
		reader->start = reader->end = 0;
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

/* 1 something was read, 0 end, -1 error. Never blocks longer than timeout_ms
 * (-1: for ever). 2: nothing came in time. */
static int
read_some(struct line_reader *reader, int timeout_ms, struct err *err)
{
	struct pollfd ready[2] = { { reader->fd, POLLIN, 0 },
		{ prog_signal_fd(), POLLIN, 0 } };
	size_t room = CAPACITY - reader->end;
	ssize_t got;
	int result = poll(ready, 2, timeout_ms);

	if (prog_signal() != 0)
		return err_set(err, EXIT_AGAIN, "interrupted");
	/* A stop and a continue interrupt poll too. */
	if (result == 0 || (result < 0 && errno == EINTR))
		return 2;
	if (result < 0)
		return err_system(err, EXIT_IO, "poll");
	got = read(reader->fd, reader->data + reader->end,
	    room < READ_BYTES ? room : READ_BYTES);
	if (got < 0 && (errno == EINTR || errno == EAGAIN ||
	    errno == EWOULDBLOCK))
		return 2;
	if (got < 0)
		return err_system(err, EXIT_IO, "read");
	keep_prefix(reader, reader->data + reader->end, (size_t)got);
	reader->end += (size_t)got;
	if (got == 0)
		reader->at_end = true;
	return got > 0;
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
	return reader->end >= LINE_BATCH_BYTES;
}

/* Whether line_next has something to give. */
static bool
has_line(const struct line_reader *reader)
{
	return reader->at_end || memchr(reader->data + reader->start, '\n',
	    reader->end - reader->start) != NULL;
}

int
line_fill(struct line_reader *reader, size_t prefix_bytes, struct err *err)
{
	int64_t deadline_ns = 0;
	int result = 1;

	memmove(reader->data, reader->data + reader->start,
	    reader->end - reader->start);
	reader->end -= reader->start;
	reader->start = 0;
	fflush(stdout);
	while (!reader->at_end && !(is_full(reader) && has_line(reader))) {
		bool may_end = deadline_ns != 0 &&
		    reader->prefix_len >= prefix_bytes;

		if (!has_line(reader) && !reader->is_skipping &&
		    reader->end > LINE_MAX_BYTES)
			start_skipping(reader);
		result = read_some(reader,
		    may_end ? wait_ms(deadline_ns) : -1, err);
		if (result < 0)
			return -1;
		if (reader->is_skipping && reader->start == 0)
			skip(reader);
		if (deadline_ns == 0 && has_line(reader))
			deadline_ns = tim_monotonic_ns() +
			    LINE_BATCH_MS * INT64_C(1000000);
		if (may_end && tim_monotonic_ns() >= deadline_ns)
			break;
	}
	return reader->at_end ? 0 : 1;
}

/* The end of a dropped line. */
static bool
give_skipped(struct line_reader *reader, struct line *line, bool has_newline)
{
	line->text = reader->kept;
	line->len = reader->kept_len;
	line->full_bytes = reader->skipped_bytes + has_newline;
	line->is_too_long = true;
	reader->start += has_newline;
	reader->is_skipping = false;
	return true;
}

bool
line_next(struct line_reader *reader, struct line *line)
{
	char *begin = reader->data + reader->start;
	size_t left = reader->end - reader->start;
	char *newline = memchr(begin, '\n', left);

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
		reader->start += (size_t)line->full_bytes;
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
	mark->start = reader->start;
	mark->offset = reader->offset;
	mark->number = reader->number;
	mark->skipped_bytes = reader->skipped_bytes;
	mark->is_skipping = reader->is_skipping;
}

void
line_rewind(struct line_reader *reader, const struct line_mark *mark)
{
	reader->start = mark->start;
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

int64_t
line_offset(const struct line_reader *reader)
{
	return reader->offset;
}
