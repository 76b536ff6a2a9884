/* SPDX-License-Identifier: ISC
 *
 * The first steps of a line on its way into a batch, before it is parsed: is
 * there room for it, is it refused because of its length, and which secrets must
 * be hidden?
 */
#include "base/buf.h"
#include "base/utf8.h"
#include "read/batch_private.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static_assert(REDACT_PADDING >= LINE_PADDING, "hidden lines are read in place");

static bool
is_full(const struct batch *batch)
{
	return batch->line_count == BATCH_LINES ||
	    batch->arena.taken_bytes >= BATCH_ARENA_BYTES;
}

const struct row_refusal *
batch_refuse(struct batch *batch, enum reason reason, const char *at,
    const char *format, ...)
{
	struct row_refusal refusal = { .reason = reason, .at = at };
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(refusal.detail, sizeof(refusal.detail), format, arguments);
	va_end(arguments);
	utf8_repair(refusal.detail);
	return (const struct row_refusal *)arena_copy(&batch->arena, &refusal,
	    sizeof(refusal));
}

/* Drops the last word of a shortened line: it may be the beginning of an
 * address, which cannot be recognised without the rest. A word that is too
 * long for an address stays (RFC 5321 section 4.5.3.1: 64 bytes before the @,
 * 255 after it). */
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

/* Refuses a line that is too long or incomplete, without reading it. */
static void
check_length(struct batch *batch, struct batch_line *item)
{
	const struct line *line = &item->line;

	if (line->is_too_long)
		item->refusal = batch_refuse(batch, REASON_too_long, NULL, "%" PRId64
		    " bytes, the longest line may have %d; the first %zu are "
		    "kept", line->full_bytes, LINE_MAX_BYTES, line->len);
	else if (!line->has_newline)
		item->refusal = batch_refuse(batch, REASON_truncated, NULL,
		    "the input ends within this line: no newline after it");
}

/* Text with two bytes per character is not an event, but may contain secrets.
 * It is searched without its NULs; if there is a secret, the whole text is
 * hidden. */
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
	/* A hash may be longer than the value that it hides. */
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
	if (is_full(batch) || !line_next(lines, &item->line))
		return NULL;
	batch->line_count++;
	/* The line reader keeps the beginning of only one such line. */
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
