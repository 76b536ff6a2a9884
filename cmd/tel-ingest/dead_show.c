/* SPDX-License-Identifier: ISC
 *
 * tel-ingest dead show: prints everything that is known about each selected dead
 * letter, with a caret below the byte at which the line was refused.
 */
#include "cmd/tel-ingest/dead.h"
#include "store/event_id.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The longest line that gets a caret directly below it. Below a longer line, an excerpt
 * with the caret follows: this number of bytes before the column, and after it. */
#define CARET_BYTES 120
#define EXCERPT_BYTES 50

/* Whether text is within a UTF-8 character, not at its first byte. */
static bool
is_inside(const char *text)
{
	return ((unsigned char)*text & 0xc0) == 0x80;
}

/* Appends a line with a caret below byte at. The line above it begins with byte
 * start. */
static void
add_caret(struct buf *out, const char *raw, size_t start, size_t at)
{
	struct buf before = BUF_EMPTY;

	buf_add_visible(&before, raw + start, at - start);
	for (size_t i = 0; i < before.len; i++)
		if (!is_inside(&before.data[i]))
			buf_add_char(out, ' ');
	buf_add_text(out, "^\n");
	buf_release(&before);
}

/* Appends the whole line, and the caret. */
static void
add_raw(struct buf *out, const struct dead_letter *letter)
{
	size_t start = 0, end = letter->raw_len;
	size_t at = (size_t)letter->column - 1;

	if (letter->raw_len == 0) {
		buf_add_text(out, dead_is_whole(letter) ? "(an empty line)\n"
		    : "(the line was not kept)\n");
		return;
	}
	buf_add_visible(out, letter->raw, letter->raw_len);
	buf_add_char(out, '\n');
	if (letter->column <= 0 || at > letter->raw_len)
		return;
	if (letter->raw_len > CARET_BYTES) {
		if (at > EXCERPT_BYTES)
			start = at - EXCERPT_BYTES;
		if (end > at + EXCERPT_BYTES)
			end = at + EXCERPT_BYTES;
		while (start > 0 && is_inside(letter->raw + start))
			start--;
		while (end < letter->raw_len && is_inside(letter->raw + end))
			end++;
		buf_printf(out, "\nfrom byte %zu of it:\n", start + 1);
		buf_add_visible(out, letter->raw + start, end - start);
		buf_add_char(out, '\n');
	}
	add_caret(out, letter->raw, start, at);
}

static void
add_text(struct buf *out, const char *title, const char *text)
{
	if (text == NULL)
		return;
	buf_printf(out, "  %-8s", title);
	buf_add_visible(out, text, strlen(text));
	buf_add_char(out, '\n');
}

static void
add_letter(struct buf *out, const struct dead_letter *letter)
{
	buf_printf(out, "dead letter %" PRId64 "\n", letter->id);
	add_text(out, "input", letter->input);
	buf_printf(out, "  %-8s%" PRId64 ", from byte %" PRId64 " of the input",
	    "line", letter->line, letter->offset_bytes);
	if (letter->line_bytes > 0)
		buf_printf(out, ", %" PRId64 " bytes long", letter->line_bytes);
	if (letter->line_bytes > 0 &&
	    (int64_t)letter->raw_len + 1 < letter->line_bytes)
		buf_printf(out, ", %zu of them kept", letter->raw_len);
	buf_printf(out, "\n  %-8s", "source");
	if (letter->source != NULL) {
		buf_printf(out, "%s ", letter->source_kind);
		buf_add_visible(out, letter->source, strlen(letter->source));
		buf_add_text(out, ", ");
	}
	buf_printf(out, "no %" PRId64 ", position %" PRId64 "\n",
	    store_source_no(letter->id), store_position(letter->id));
	add_text(out, "reason", letter->reason_text);
	add_text(out, "field", letter->field);
	add_text(out, "detail", letter->detail);
	if (letter->column > 0)
		buf_printf(out, "  %-8s%" PRId64 "\n", "column",
		    letter->column);
	buf_add_char(out, '\n');
	add_raw(out, letter);
}

int
dead_show_verb(struct run *run, struct err *err)
{
	struct dead_selection selection = { 0 };
	struct dead_reader *reader = NULL;
	struct dead_letter letter;
	struct buf out = BUF_EMPTY;
	struct db *db = NULL;
	int64_t count = 0;
	int result;

	if (run->operand_count == 0) {
		return err_set(err, EXIT_USAGE, "which dead letters? give "
		    "ID..., such as tel-ingest dead ls shows");
	}
	result = dead_select(run, false, &selection, err);
	if (result == 0)
		result = dead_open_letters(run, &db, &selection, &reader,
		    err);
	while (result == 0 &&
	    (result = dead_next(reader, &letter, err)) == 1) {
		if (count++ > 0)
			buf_add_char(&out, '\n');
		add_letter(&out, &letter);
		dead_print(&out);
		result = 0;
	}
	buf_release(&out);
	dead_close(reader);
	db_close(db);
	dead_select_release(&selection);
	return result;
}
