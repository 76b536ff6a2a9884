/* SPDX-License-Identifier: ISC */
#include "archive/archived.h"

#include <inttypes.h>
#include <string.h>

struct search {
	struct archive_leaving *leaving;
	struct archive_rows *rows;
	struct buf text; /* of the frame */
	struct buf line; /* of the row */
};

static int
mark_row(struct search *search, const char *line, size_t len, int64_t ts_ms,
    int64_t id, struct err *err)
{
	int result = archive_rows_line(search->rows, id, &search->line, err);

	if (result < 0)
		return -1;
	if (result == 1 && search->line.len == len &&
	    memcmp(search->line.data, line, len) == 0)
		return archive_leaving_mark(search->leaving, ts_ms, id,
		    ARCHIVE_LEAVING_ARCHIVED, err);
	return err_set(err, EXIT_DATA, "the row with id %" PRId64 " of the "
	    "database has the same identity and another content; is this the "
	    "archive of another database?", id);
}

static int
mark_line(struct search *search, const char *line, size_t len, struct err *err)
{
	struct json_object object;
	int64_t ts_ms, id;
	int result;

	if (part_line_read(archive_rows_parser(search->rows), line, len,
	    &object, &ts_ms, err) < 0)
		return -1;
	result = archive_rows_find(search->rows, &object, &id, err);
	if (result == 1)
		result = archive_leaving_has(search->leaving, ts_ms, id, err);
	if (result == 1)
		result = mark_row(search, line, len, ts_ms, id, err);
	return result;
}

static int
mark_frame(struct search *search, struct part_reader *reader, size_t i,
    struct err *err)
{
	const char *line, *end;

	if (part_reader_read(reader, i, &search->text, err) < 0)
		return -1;
	line = search->text.data;
	end = line + search->text.len;
	for (int64_t number = 1; line < end; number++) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));

		if (mark_line(search, line, (size_t)(newline - line), err) < 0)
			return err_in(err, "%s: frame %zu: line %" PRId64,
			    part_reader_path(reader), i, number);
		line = newline + 1;
	}
	return 0;
}

static int
mark_part(struct search *search, const char *path, struct err *err)
{
	struct part_reader *reader;
	int result = 0;

	if (part_reader_open(&reader, path, err) < 0)
		return -1;
	for (size_t i = 0; i < part_reader_frame_count(reader); i++) {
		const struct part_frame *frame = part_reader_frame(reader, i);

		result = archive_leaving_any(search->leaving, frame->first_ts_ms,
		    frame->last_ts_ms, err);
		if (result == 1)
			result = mark_frame(search, reader, i, err);
		if (result < 0)
			break;
	}
	part_reader_close(reader);
	return result;
}

static int
mark_entry(struct search *search, const char *root,
    const struct catalog_entry *entry, struct err *err)
{
	struct buf path = BUF_EMPTY;
	int result;

	result = archive_leaving_any(search->leaving, entry->facts.from_ts_ms,
	    entry->facts.until_ts_ms - 1, err);
	if (result < 1)
		return result;
	part_path(&path, root, &entry->name);
	if (strcmp(entry->name.format, "jsonl.zst") == 0)
		result = mark_part(search, buf_text(&path), err);
	else
		result = err_set(err, EXIT_DATA, "%s: may hold rows that are "
		    "still in the database, and this program cannot read its "
		    "format", buf_text(&path));
	buf_release(&path);
	return result;
}

int
archive_mark_archived(struct archive_leaving *leaving, struct archive_rows *rows,
    const struct catalog *catalog, const char *table, struct err *err)
{
	struct search search = { .leaving = leaving, .rows = rows };
	int result = 0;

	for (size_t i = 0; i < catalog->count && result == 0; i++)
		if (strcmp(catalog->entries[i].name.table, table) == 0)
			result = mark_entry(&search, catalog->root,
			    &catalog->entries[i], err);
	buf_release(&search.text);
	buf_release(&search.line);
	return result;
}
