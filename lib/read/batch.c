/* SPDX-License-Identifier: ISC */
#include "read/batch.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "read/batch_private.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert(LINE_PADDING >= JSON_PADDING && REDACT_PADDING >= LINE_PADDING,
    "lines are read where they stand");

void
batch_release(struct batch *batch)
{
	line_buffer_release(&batch->buffer);
	arena_release(&batch->arena);
	free(batch->lines);
	memset(batch, 0, sizeof(*batch));
}

struct batch_reader *
batch_reader_open(const struct batch_options *options)
{
	struct batch_reader *reader = mem_new(1, sizeof(*reader));

	reader->options = *options;
	reader->parser = json_open(LINE_MAX_BYTES);
	json_number_keys(reader->parser, &reader->keys);
	reader->rows = row_reader_open(options->keep_extra, &reader->keys);
	if (options->map != NULL)
		reader->map_parser = json_open(LINE_MAX_BYTES);
	reader->map_lines = BATCH_MAP_LINES;
	return reader;
}

void
batch_reader_close(struct batch_reader *reader)
{
	if (reader == NULL)
		return;
	json_close(reader->parser);
	json_close(reader->map_parser);
	row_reader_close(reader->rows);
	buf_release(&reader->hidden);
	free(reader);
}

static bool
batch_is_full(const struct batch *batch)
{
	return batch->line_count == BATCH_LINES ||
	    batch->arena.taken_bytes >= BATCH_ARENA_BYTES;
}

const struct row_refusal *
batch_refuse(struct batch *batch, const char *reason, const char *at,
    const char *format, ...)
{
	struct row_refusal refusal = { reason, "", at, "" };
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(refusal.detail, sizeof(refusal.detail), format, arguments);
	va_end(arguments);
	utf8_repair(refusal.detail);
	return (const struct row_refusal *)arena_copy(&batch->arena, &refusal,
	    sizeof(refusal));
}

/* The end of what is kept of a line may be the beginning of an address, which
 * nobody can know without the rest: it is left out, unless it is too long for one
 * (RFC 5321 section 4.5.3.1: 64 bytes and 255). */
static void
cut_word(struct line *line)
{
	size_t end = line->len;

	while (end > 0 && (isalnum((unsigned char)line->text[end - 1]) ||
	    strchr("._%+-@", line->text[end - 1]) != NULL))
		end--;
	if (line->len - end <= 64 + 1 + 255)
		line->len = end;
}

/* What tells that a line is no event, whatever it says. */
static void
check_length(struct batch *batch, struct batch_line *item)
{
	const struct line *line = &item->line;

	if (line->is_too_long)
		item->refusal = batch_refuse(batch, "too_long", NULL, "%" PRId64
		    " bytes, the longest line may have %d; the first %zu are "
		    "kept", line->full_bytes, LINE_MAX_BYTES, line->len);
	else if (!line->has_newline)
		item->refusal = batch_refuse(batch, "truncated", NULL,
		    "the input ends within this line: no newline behind it");
}

/* What looks like text of two bytes a character is no event, but may hold
 * secrets: it is searched without its NULs, and hidden whole. */
static int
hide_wide(struct batch_reader *reader, const char *text, size_t len)
{
	struct buf *hidden = &reader->hidden, narrow = BUF_EMPTY;
	int count;

	for (size_t i = 0; i < len; i++)
		if (text[i] != '\0')
			buf_add_char(&narrow, text[i]);
	count = redactor_line(reader->options.redactor, buf_text(&narrow),
	    narrow.len, hidden);
	buf_release(&narrow);
	if (count > 0) {
		buf_reset(hidden);
		buf_add_text(hidden, "[redacted]");
		memset(buf_room(hidden, LINE_PADDING), 0, LINE_PADDING);
	}
	return count;
}

const char *
batch_hide(struct batch_reader *reader, struct batch *batch, const char *text,
    size_t *len, int *hidden_count)
{
	struct redactor *redactor = reader->options.redactor;
	struct buf *hidden = &reader->hidden;
	int count;

	if (redactor == NULL)
		return text;
	count = redactor_line(redactor, text, *len, hidden);
	if (count == 0 && memchr(text, '\0', *len) != NULL)
		count = hide_wide(reader, text, *len);
	if (count == 0)
		return text;
	*hidden_count += count;
	*len = hidden->len;
	return arena_copy(&batch->arena, hidden->data,
	    hidden->len + LINE_PADDING);
}

void
batch_hide_line(struct batch_reader *reader, struct batch *batch,
    struct batch_line *item)
{
	struct line *line = &item->line;

	line->text = batch_hide(reader, batch, line->text, &line->len,
	    &item->hidden_count);
	/* Hashes are longer than what they hide. */
	if (line->len > LINE_MAX_BYTES) {
		line->is_too_long = true;
		line->len = LINE_KEPT_BYTES;
		check_length(batch, item);
	}
}

struct batch_line *
batch_next_line(struct batch_reader *reader, struct line_reader *lines,
    struct batch *batch)
{
	struct batch_line *item = &batch->lines[batch->line_count];

	memset(item, 0, sizeof(*item));
	if (batch_is_full(batch) || !line_next(lines, &item->line))
		return NULL;
	batch->line_count++;
	/* The line reader keeps the beginning of one such line only. */
	if (item->line.is_too_long) {
		if (reader->options.redactor != NULL)
			cut_word(&item->line);
		item->line.text = arena_copy(&batch->arena, item->line.text,
		    item->line.len + LINE_PADDING);
	}
	check_length(batch, item);
	if (item->refusal != NULL)
		batch_hide_line(reader, batch, item);
	return item;
}

static const struct row_refusal *
refuse_json(struct batch *batch, const struct line *line,
    const struct json_error *error)
{
	static const char *const reasons[] = {
		[JSON_NOT_JSON] = "not_json", [JSON_NOT_OBJECT] = "not_object",
		[JSON_BAD_UTF8] = "bad_utf8", [JSON_TOO_DEEP] = "too_deep",
	};

	return batch_refuse(batch, reasons[error->fault],
	    line->text + error->offset, "%s",
	    line->len == 0 ? "the line is empty" : error->words);
}

/* Whether the event has nothing to hide for certain. */
static bool
is_clean(const struct batch_reader *reader, const struct json_object *object)
{
	const struct batch_options *options = &reader->options;

	return options->redactor == NULL || (options->events != NULL &&
	    redact_event_is_clean(options->events, object));
}

/* Most events are told to be clean when they have been read, and are not looked
 * at twice. */
static void
read_event(struct batch_reader *reader, struct batch *batch,
    struct batch_line *item)
{
	const struct line *line = &item->line;
	struct json_object object;
	struct json_error error;
	struct row *row;
	int result = json_read(reader->parser, line->text, line->len, &object,
	    &error);

	if (result < 0 || !is_clean(reader, &object)) {
		batch_hide_line(reader, batch, item);
		if (item->refusal != NULL)
			return;
		if (item->hidden_count > 0)
			result = json_read(reader->parser, line->text,
			    line->len, &object, &error);
	}
	if (result < 0) {
		item->refusal = refuse_json(batch, line, &error);
		return;
	}
	row = arena_take(&batch->arena, sizeof(*row));
	row_read(reader->rows, &batch->arena, &object, line->text, line->len,
	    row);
	item->rows = row;
	item->row_count = 1;
}

static void
start(struct batch *batch)
{
	if (batch->lines == NULL)
		batch->lines = mem_resize(NULL, BATCH_LINES + 1,
		    sizeof(batch->lines[0]));
	arena_reset(&batch->arena);
	batch->line_count = 0;
}

/* Nothing is stored for which no hash could be made. */
static int
check_hashes(const struct batch_reader *reader, struct err *err)
{
	const struct redactor *redactor = reader->options.redactor;
	const struct err *error = redactor == NULL ? NULL
	    : redactor_error(redactor);

	if (error == NULL)
		return 0;
	*err = *error;
	return -1;
}

/* Lines of the buffer into the batch. */
static int
read_lines(struct batch_reader *reader, struct line_reader *lines,
    struct batch *batch, struct err *err)
{
	struct batch_line *item;

	if (reader->options.map != NULL) {
		if (batch_read_mapped(reader, lines, batch, err) < 0)
			return -1;
	} else {
		while ((item = batch_next_line(reader, lines, batch)) != NULL)
			if (item->refusal == NULL)
				read_event(reader, batch, item);
	}
	return check_hashes(reader, err);
}

int
batch_read(struct batch_reader *reader, struct line_reader *lines,
    struct batch *batch, struct err *err)
{
	int result;

	start(batch);
	line_mark(lines, &batch->begin);
	batch->prefix = line_prefix(lines, &batch->prefix_len);
	batch->is_whole = batch->prefix_len < LINE_PREFIX_BYTES &&
	    line_is_whole(lines);
	result = read_lines(reader, lines, batch, err);
	if (result < 0) {
		line_rewind(lines, &batch->begin);
		batch->line_count = 0;
	}
	batch->offset = line_offset(lines);
	batch->number = line_number(lines);
	batch->tail_len = batch->buffer.start - batch->begin.start;
	batch->tail = batch->buffer.data == NULL ? ""
	    : batch->buffer.data + batch->begin.start;
	return result;
}

int
batch_read_again(struct batch_reader *reader, const struct line *line,
    struct batch *batch, struct err *err)
{
	struct batch_line *item;
	size_t count = 1;
	char *text;

	start(batch);
	item = &batch->lines[batch->line_count++];
	memset(item, 0, sizeof(*item));
	item->line = *line;
	text = arena_take(&batch->arena, line->len + LINE_PADDING);
	memcpy(text, line->text, line->len);
	memset(text + line->len, 0, LINE_PADDING);
	item->line.text = text;
	if (reader->options.map == NULL)
		read_event(reader, batch, item);
	else if (batch_map_lines(reader, batch, 0, &count, err) < 0)
		return -1;
	return check_hashes(reader, err);
}
