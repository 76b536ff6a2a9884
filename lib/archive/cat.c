/* SPDX-License-Identifier: ISC */
#include "archive/cat.h"
#include "base/mem.h"
#include "tel/event.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A partition that is being read. */
struct stream {
	struct part_reader *reader;
	size_t next_frame;
	const struct part_frame *frame; /* the one in text */
	struct buf text;
	size_t offset;   /* of the next line; equal to text.len at the end */
	size_t len;      /* of that line, without its newline */
	int64_t ts_ms;
	int64_t number;  /* of the line in its frame */
};

struct cat {
	const struct catalog *catalog;
	const struct archive_filter *filter;
	archive_line_sink *sink;
	void *context;
	struct json_parser *parser;
	bool has_types; /* rows of the table are of several types */
	/* Entries of one table that may hold lines, in order of from_ts_ms;
	 * those from next on are not open yet. */
	const struct catalog_entry **entries;
	size_t entry_count, next;
	struct stream **streams;
	size_t stream_count;
};

static bool
is_in(const char *const *list, size_t count, const char *text, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == len && memcmp(list[i], text, len) == 0)
			return true;
	return false;
}

/* Whether lines of table may pass the filter, whatever they hold. */
static bool
may_hold_wanted(const struct archive_filter *filter, const char *table)
{
	int kind = event_find_table(table);

	if (filter->table_count > 0 && !is_in(filter->tables,
	    filter->table_count, table, strlen(table)))
		return false;
	if (filter->type_count == 0)
		return true;
	for (size_t i = 0; i < filter->type_count; i++)
		if (event_find(filter->types[i], strlen(filter->types[i])) ==
		    kind)
			return true;
	return false;
}

static bool
text_is(const struct json_object *object, const char *key,
    const char *const *list, size_t count)
{
	const struct json_member *member = json_find(object, key);

	return member != NULL && member->type == JSON_TEXT &&
	    is_in(list, count, member->text, member->text_len);
}

/* Whether the filter can only be decided by reading the line. */
static bool
needs_lines(const struct cat *cat, const struct stream *stream)
{
	return cat->filter->run_id != NULL ||
	    (cat->has_types && cat->filter->type_count > 0) ||
	    stream->frame->first_ts_ms < cat->filter->from_ms ||
	    stream->frame->last_ts_ms >= cat->filter->until_ms;
}

static bool
is_wanted(const struct cat *cat, const struct json_object *object,
    int64_t ts_ms)
{
	const struct archive_filter *filter = cat->filter;

	if (ts_ms < filter->from_ms || ts_ms >= filter->until_ms)
		return false;
	if (cat->has_types && filter->type_count > 0 &&
	    !text_is(object, "type", filter->types, filter->type_count))
		return false;
	return filter->run_id == NULL ||
	    text_is(object, "run_id", &filter->run_id, 1);
}

static int
load_frame(struct cat *cat, struct stream *stream, struct err *err)
{
	const struct archive_filter *filter = cat->filter;

	stream->offset = stream->text.len = 0;
	for (; stream->next_frame < part_reader_frame_count(stream->reader);
	    stream->next_frame++) {
		stream->frame = part_reader_frame(stream->reader,
		    stream->next_frame);
		if (stream->frame->last_ts_ms < filter->from_ms ||
		    stream->frame->first_ts_ms >= filter->until_ms)
			continue;
		stream->ts_ms = stream->frame->first_ts_ms;
		stream->number = 0;
		stream->len = 0;
		return part_reader_read(stream->reader, stream->next_frame++,
		    &stream->text, err);
	}
	return 0;
}

/* Moves to the next line that is wanted, in this frame or a later one. */
static int
find_line(struct cat *cat, struct stream *stream, struct err *err)
{
	struct json_object object;

	for (;;) {
		const char *line = stream->text.data + stream->offset;

		if (stream->offset >= stream->text.len) {
			if (load_frame(cat, stream, err) < 0)
				return -1;
			if (stream->text.len == 0)
				return 0;
			continue;
		}
		stream->number++;
		stream->len = (size_t)((const char *)memchr(line, '\n',
		    stream->text.len - stream->offset) - line);
		if (part_line_read(cat->parser, line, stream->len, &object,
		    &stream->ts_ms, err) < 0)
			return err_in(err, "%s: frame %zu: line %" PRId64,
			    part_reader_path(stream->reader),
			    stream->next_frame - 1, stream->number);
		if (is_wanted(cat, &object, stream->ts_ms))
			return 0;
		stream->offset += stream->len + 1;
	}
}

static void
close_stream(struct cat *cat, size_t i)
{
	struct stream *stream = cat->streams[i];

	part_reader_close(stream->reader);
	buf_release(&stream->text);
	free(stream);
	cat->stream_count--;
	memmove(&cat->streams[i], &cat->streams[i + 1],
	    (cat->stream_count - i) * sizeof(cat->streams[0]));
}

static int
open_stream(struct cat *cat, const struct catalog_entry *entry,
    struct err *err)
{
	struct stream *stream = mem_new(1, sizeof(*stream));
	struct buf path = BUF_EMPTY;
	int result;

	part_path(&path, cat->catalog->root, &entry->name);
	if (strcmp(entry->name.format, "jsonl.zst") != 0)
		result = err_set(err, EXIT_DATA, "%s: not a format that this "
		    "program reads", buf_text(&path));
	else
		result = part_reader_open(&stream->reader, buf_text(&path),
		    err);
	buf_release(&path);
	cat->streams = mem_resize(cat->streams, cat->stream_count + 1,
	    sizeof(cat->streams[0]));
	cat->streams[cat->stream_count++] = stream;
	if (result == 0)
		result = load_frame(cat, stream, err);
	return result;
}

/* Copies the whole frame at once, when every line of it passes the filter and no
 * other stream has lines of the same time. Returns 1 when it did, 0 when the frame
 * must be read line by line, -1 on errors. */
static int
put_frame(struct cat *cat, struct stream *stream, struct err *err)
{
	if (stream->offset > 0 || stream->text.len == 0 ||
	    needs_lines(cat, stream) || cat->stream_count > 1)
		return 0;
	if (cat->next < cat->entry_count &&
	    cat->entries[cat->next]->facts.from_ts_ms <=
	    stream->frame->last_ts_ms)
		return 0;
	if (cat->sink(cat->context, stream->text.data, stream->text.len,
	    err) < 0)
		return -1;
	return load_frame(cat, stream, err) < 0 ? -1 : 1;
}

/* Opens the partitions that begin before the earliest line of the open ones. */
static int
open_due(struct cat *cat, struct err *err)
{
	while (cat->next < cat->entry_count) {
		const struct catalog_entry *entry = cat->entries[cat->next];
		bool is_due = true;

		for (size_t i = 0; i < cat->stream_count; i++)
			if (cat->streams[i]->ts_ms < entry->facts.from_ts_ms)
				is_due = false;
		if (!is_due)
			break;
		cat->next++;
		if (open_stream(cat, entry, err) < 0)
			return -1;
	}
	return 0;
}

/* The line with the earliest time of all streams; of two, the one of the
 * partition that was opened first. */
static int
put_line(struct cat *cat, struct err *err)
{
	struct stream *first = NULL;

	for (size_t i = 0; i < cat->stream_count;) {
		struct stream *stream = cat->streams[i];

		/* A length of 0: the line has not been looked at. */
		if (stream->len == 0 && find_line(cat, stream, err) < 0)
			return -1;
		if (stream->text.len == 0) {
			close_stream(cat, i);
			continue;
		}
		if (first == NULL || stream->ts_ms < first->ts_ms)
			first = stream;
		i++;
	}
	/* The line found may be later than the beginning of a partition that is
	 * still closed. */
	if (first == NULL || (cat->next < cat->entry_count && first->ts_ms >=
	    cat->entries[cat->next]->facts.from_ts_ms))
		return 0;
	if (cat->sink(cat->context, first->text.data + first->offset,
	    first->len + 1, err) < 0)
		return -1;
	first->offset += first->len + 1;
	first->len = 0;
	return 0;
}

static int
cat_table(struct cat *cat, struct err *err)
{
	cat->next = 0;
	while (cat->stream_count > 0 || cat->next < cat->entry_count) {
		int result = 0;

		if (open_due(cat, err) < 0)
			return -1;
		if (cat->stream_count == 1)
			result = put_frame(cat, cat->streams[0], err);
		if (result < 0 || (result == 0 && put_line(cat, err) < 0))
			return -1;
	}
	return 0;
}

static int
by_time(const void *a, const void *b)
{
	const struct catalog_entry *x = *(const struct catalog_entry *const *)a;
	const struct catalog_entry *y = *(const struct catalog_entry *const *)b;

	if (x->facts.from_ts_ms != y->facts.from_ts_ms)
		return x->facts.from_ts_ms < y->facts.from_ts_ms ? -1 : 1;
	return part_name_compare(&x->name, &y->name);
}

static void
select_entries(struct cat *cat, const char *table)
{
	const struct archive_filter *filter = cat->filter;

	cat->entry_count = 0;
	cat->has_types = event_find_table(table) < 0;
	for (size_t i = 0; i < cat->catalog->count; i++) {
		const struct catalog_entry *entry = &cat->catalog->entries[i];

		if (strcmp(entry->name.table, table) == 0 &&
		    entry->facts.until_ts_ms > filter->from_ms &&
		    entry->facts.from_ts_ms < filter->until_ms)
			cat->entries[cat->entry_count++] = entry;
	}
	qsort(cat->entries, cat->entry_count, sizeof(cat->entries[0]), by_time);
}

int
archive_cat(const struct catalog *catalog, const struct archive_filter *filter,
    archive_line_sink *sink, void *context, struct err *err)
{
	struct cat cat = { .catalog = catalog, .filter = filter, .sink = sink,
		.context = context };
	int result = 0;

	cat.parser = json_open(PART_MAX_LINE_BYTES);
	cat.entries = mem_new(catalog->count, sizeof(cat.entries[0]));
	for (int i = 0; i < EVENT_TABLE_COUNT && result == 0; i++) {
		if (!may_hold_wanted(filter, event_table(i)))
			continue;
		select_entries(&cat, event_table(i));
		result = cat_table(&cat, err);
	}
	while (cat.stream_count > 0)
		close_stream(&cat, cat.stream_count - 1);
	free(cat.streams);
	free(cat.entries);
	json_close(cat.parser);
	return result;
}
