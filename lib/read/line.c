/* SPDX-License-Identifier: ISC */
#include "read/line.h"
#include "base/mem.h"
#include "base/require.h"
#include "read/line_private.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct line_reader *
line_reader_open(int fd, bool is_followed)
{
	struct line_reader *reader = mem_new(1, sizeof(*reader));

	reader->fd = fd;
	reader->stop_fd = -1;
	reader->base = lseek(fd, 0, SEEK_CUR);
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

void
line_move_rest(struct line_reader *reader, struct line_buffer *to)
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
		buffer->data = mem_resize(NULL, 1, LINE_CAPACITY_BYTES + LINE_PADDING);
	if (buffer == reader->buffer)
		return;
	line_move_rest(reader, buffer);
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
	line_move_rest(reader, &reader->parked);
}

void
line_reader_finish(struct line_reader *reader)
{
	reader->is_followed = false;
}

void
line_reader_stop_by(struct line_reader *reader, int fd)
{
	reader->stop_fd = fd;
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

	REQUIRE(read_bytes >= 0);
	if (line_is_compressed(reader) || surplus <= 0)
		return;
	buffer->end -= (size_t)(surplus < have ? surplus : have);
	/* The prefix must not have bytes of another input. */
	if ((int64_t)reader->prefix_len > read_bytes)
		reader->prefix_len = (size_t)read_bytes;
}

bool
line_has_newline(const struct line_reader *reader)
{
	const struct line_buffer *buffer = reader->buffer;

	return buffer->end > buffer->start && memchr(buffer->data +
	    buffer->start, '\n', buffer->end - buffer->start) != NULL;
}

/* Gives a line that is too long, whose end has been reached. */
static bool
give_long_line(struct line_reader *reader, struct line *line, bool has_newline)
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
	return line_has_newline(reader) || (reader->at_end && (reader->is_skipping ||
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
		give_long_line(reader, line, newline != NULL);
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

bool
line_is_whole(const struct line_reader *reader)
{
	return reader->at_end ||
	    (reader->is_drained && !line_is_compressed(reader));
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
