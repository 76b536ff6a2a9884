/* SPDX-License-Identifier: ISC */
#include "read/batch.h"
#include "base/mem.h"
#include "read/batch_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(LINE_PADDING >= JSON_PADDING, "lines are read in place");

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

static const struct row_refusal *
refuse_json(struct batch *batch, const struct line *line,
    const struct json_error *error)
{
	static const enum reason reasons[] = {
		[JSON_NOT_JSON] = REASON_not_json, [JSON_NOT_OBJECT] = REASON_not_object,
		[JSON_BAD_UTF8] = REASON_bad_utf8, [JSON_TOO_DEEP] = REASON_too_deep,
	};

	return batch_refuse(batch, reasons[error->fault],
	    line->text + error->offset, "%s",
	    line->len == 0 ? "the line is empty" : error->words);
}

/* Whether it is certain that the event has nothing to hide. */
static bool
is_clean(const struct batch_reader *reader, const struct json_object *object)
{
	const struct batch_options *options = &reader->options;

	return options->redactor == NULL || (options->events != NULL &&
	    redact_event_is_clean(options->events, object));
}

/* Parses the line first: most events then prove clean from their members, and
 * need no search of the text. */
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
start_batch(struct batch *batch)
{
	if (batch->lines == NULL)
		batch->lines = mem_resize(NULL, BATCH_LINES + 1,
		    sizeof(batch->lines[0]));
	arena_reset(&batch->arena);
	batch->line_count = 0;
}

/* Fails when a hash could not be made: a line without it must not be stored. */
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

/* Reads lines of the buffer into the batch. */
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

	start_batch(batch);
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

	start_batch(batch);
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
