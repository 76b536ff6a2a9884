/* SPDX-License-Identifier: ISC
 *
 * tel-ingest dead ls: prints dead letters as JSON lines, or as a table whose lines are
 * truncated to the width of the terminal.
 */
#include "base/json_writer.h"
#include "base/utf8.h"
#include "cmd/tel-ingest/dead.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void
add_json(struct buf *out, const struct dead_letter *letter)
{
	struct json_writer json;

	json_writer_init(&json, out);
	json_writer_open(&json, '{');
	json_writer_key_integer(&json, "id", letter->id);
	json_writer_key_text(&json, "input", letter->input);
	json_writer_key_integer(&json, "line", letter->line);
	if (letter->column > 0)
		json_writer_key_integer(&json, "column", letter->column);
	json_writer_key_integer(&json, "offset_bytes", letter->offset_bytes);
	json_writer_key_text(&json, "reason", letter->reason_text);
	json_writer_key_text(&json, "field", letter->field);
	json_writer_key_text(&json, "detail", letter->detail);
	json_writer_close(&json, '}');
	buf_add_char(out, '\n');
}

enum { ID, INPUT, LINE, COLUMN, OFFSET, REASON, FIELD, DETAIL, CELL_COUNT };

static void
fill_cell(struct buf *cell, const struct dead_letter *letter, int i)
{
	const char *const texts[CELL_COUNT] = { [INPUT] = letter->input,
		[REASON] = letter->reason_text, [FIELD] = letter->field,
		[DETAIL] = letter->detail };
	const int64_t numbers[CELL_COUNT] = { [ID] = letter->id,
		[LINE] = letter->line, [COLUMN] = letter->column,
		[OFFSET] = letter->offset_bytes };

	buf_reset(cell);
	if (texts[i] != NULL)
		buf_add_visible(cell, texts[i], strlen(texts[i]));
	else if (i != FIELD && (i != COLUMN || letter->column > 0))
		buf_printf(cell, "%" PRId64, numbers[i]);
}

/* Truncates the line to width characters. */
static void
truncate_line(struct buf *line, size_t width)
{
	size_t i = 0;

	for (; i < line->len; i++)
		if (((unsigned char)line->data[i] & 0xc0) != 0x80 &&
		    width-- == 0)
			break;
	line->len = i;
}

/* Returns the width of the terminal; SIZE_MAX when stdout is not a terminal. */
static size_t
terminal_width(void)
{
	struct winsize size;

	if (isatty(STDOUT_FILENO) &&
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return SIZE_MAX;
}

static const char *const titles[CELL_COUNT] = { "ID", "INPUT", "LINE", "COLUMN",
	"OFFSET", "REASON", "FIELD", "DETAIL" };

/* Prints one line of the table; the titles when letter is NULL. */
static void
print_row(const struct dead_letter *letter, const size_t *widths, size_t width)
{
	struct buf line = BUF_EMPTY, cell = BUF_EMPTY;

	for (int i = 0; i < CELL_COUNT; i++) {
		bool is_number = i == ID || i == LINE || i == COLUMN ||
		    i == OFFSET;
		size_t filled;

		if (letter != NULL) {
			fill_cell(&cell, letter, i);
		} else {
			buf_reset(&cell);
			buf_add_text(&cell, titles[i]);
		}
		filled = utf8_width(buf_text(&cell));
		for (size_t k = filled; is_number && k < widths[i]; k++)
			buf_add_char(&line, ' ');
		buf_add(&line, cell.data, cell.len);
		for (size_t k = filled; !is_number && k < widths[i]; k++)
			buf_add_char(&line, ' ');
		if (i < DETAIL)
			buf_add_text(&line, "  ");
	}
	truncate_line(&line, width);
	buf_add_char(&line, '\n');
	dead_print(&line);
	buf_release(&line);
	buf_release(&cell);
}

/* Reads the dead letters twice: measured to find the width of each column, then a new
 * reader to print them. */
static int
print_table(struct db *db, struct dead_reader *measured,
    const struct dead_selection *selection, struct err *err)
{
	size_t widths[CELL_COUNT], width = terminal_width();
	struct dead_reader *reader;
	struct dead_letter letter;
	struct buf cell = BUF_EMPTY;
	int result;

	for (int i = 0; i < CELL_COUNT; i++)
		widths[i] = strlen(titles[i]);
	while ((result = dead_next(measured, &letter, err)) == 1)
		for (int i = 0; i < DETAIL; i++) {
			fill_cell(&cell, &letter, i);
			if (utf8_width(buf_text(&cell)) > widths[i])
				widths[i] = utf8_width(buf_text(&cell));
		}
	buf_release(&cell);
	if (result < 0 || dead_open(&reader, db, selection, err) < 0)
		return -1;
	print_row(NULL, widths, width);
	while ((result = dead_next(reader, &letter, err)) == 1)
		print_row(&letter, widths, width);
	dead_close(reader);
	return result;
}

int
dead_ls_verb(struct run *run, struct err *err)
{
	struct dead_selection selection = { 0 };
	struct dead_reader *reader = NULL;
	struct dead_letter letter;
	struct buf line = BUF_EMPTY;
	struct db *db = NULL;
	int result = dead_select(run, true, &selection, err);

	if (result == 0)
		result = dead_open_letters(run, &db, &selection, &reader,
		    err);
	if (result == 0 && run->format == FORMAT_TABLE)
		result = print_table(db, reader, &selection, err);
	while (result == 0 && run->format == FORMAT_JSONL &&
	    (result = dead_next(reader, &letter, err)) == 1) {
		add_json(&line, &letter);
		dead_print(&line);
		result = 0;
	}
	buf_release(&line);
	dead_close(reader);
	db_close(db);
	dead_select_release(&selection);
	return result;
}
