/* SPDX-License-Identifier: ISC */
#include "segment/part.h"
#include "base/mem.h"
#include "base/require.h"
#include "io/file.h"
#include "io/zst.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A frame is closed when it holds this much: small enough that a few minutes
 * cost little, large enough to compress well. */
#define FRAME_BYTES (1 << 20)
#define LEVEL 3

struct part_writer {
	struct file_new file;
	struct zst_writer *zst;
	struct digest *file_digest;
	struct digest *raw_digest;
	struct part_facts facts;
	struct buf text;           /* of the frame being filled */
	struct part_frame *frames; /* the last is being filled */
	size_t frame_size;
};

bool
part_facts_equal(const struct part_facts *a, const struct part_facts *b)
{
	return a->row_count == b->row_count &&
	    a->from_ts_ms == b->from_ts_ms &&
	    a->until_ts_ms == b->until_ts_ms &&
	    a->file_bytes == b->file_bytes && a->raw_bytes == b->raw_bytes &&
	    a->frame_count == b->frame_count &&
	    strcmp(a->sha256, b->sha256) == 0 &&
	    strcmp(a->raw_sha256, b->raw_sha256) == 0;
}

void
part_path(struct buf *out, const char *root,
    const struct part_name *name)
{
	buf_printf(out, "%s/", root);
	part_name_print(out, name);
}

static int
write_file(void *context, const void *bytes, size_t len, struct err *err)
{
	struct part_writer *writer = context;

	digest_add(writer->file_digest, bytes, len);
	writer->facts.file_bytes += (int64_t)len;
	return file_write(&writer->file, bytes, len, err);
}

static int
make_folder_of(const char *path, struct err *err)
{
	char *folder = mem_text_of(path, (size_t)(strrchr(path, '/') - path));
	int result = file_make_folders(folder, err);

	free(folder);
	return result;
}

int
part_writer_open(struct part_writer **out, const char *root,
    const struct part_name *name, struct err *err)
{
	struct part_writer *writer;
	struct buf path = BUF_EMPTY;
	struct file_new file;
	int result;

	part_path(&path, root, name);
	result = make_folder_of(buf_text(&path), err);
	if (result == 0)
		result = file_create(&file, buf_text(&path), err);
	buf_release(&path);
	if (result < 0)
		return -1;
	writer = mem_new(1, sizeof(*writer));
	writer->file = file;
	writer->zst = zst_writer_open(LEVEL, write_file, writer);
	writer->file_digest = digest_open();
	writer->raw_digest = digest_open();
	*out = writer;
	return 0;
}

void
part_writer_abandon(struct part_writer *writer)
{
	if (writer == NULL)
		return;
	file_abandon(&writer->file);
	zst_writer_close(writer->zst);
	digest_close(writer->file_digest);
	digest_close(writer->raw_digest);
	buf_release(&writer->text);
	free(writer->frames);
	free(writer);
}

static int
end_frame(struct part_writer *writer, struct err *err)
{
	if (writer->text.len == 0)
		return 0;
	digest_add(writer->raw_digest, writer->text.data, writer->text.len);
	writer->facts.raw_bytes += (int64_t)writer->text.len;
	writer->facts.frame_count++;
	return zst_writer_frame(writer->zst, &writer->text, err);
}

static void
begin_frame(struct part_writer *writer, int64_t ts_ms)
{
	size_t i = (size_t)writer->facts.frame_count;

	if (i == writer->frame_size) {
		writer->frame_size = 2 * writer->frame_size + 64;
		writer->frames = mem_resize(writer->frames, writer->frame_size,
		    sizeof(writer->frames[0]));
	}
	writer->frames[i] = (struct part_frame){ .first_ts_ms = ts_ms,
		.last_ts_ms = ts_ms };
}

int
part_writer_add(struct part_writer *writer, int64_t ts_ms, const char *line,
    size_t len, struct err *err)
{
	struct part_facts *facts = &writer->facts;
	struct part_frame *frame;

	REQUIRE(len <= PART_MAX_LINE_BYTES);
	REQUIRE(facts->row_count == 0 || ts_ms >= facts->until_ts_ms - 1);
	if (writer->text.len >= FRAME_BYTES && end_frame(writer, err) < 0)
		return -1;
	if (writer->text.len == 0)
		begin_frame(writer, ts_ms);
	frame = &writer->frames[facts->frame_count];
	frame->last_ts_ms = ts_ms;
	frame->row_count++;
	if (facts->row_count++ == 0)
		facts->from_ts_ms = ts_ms;
	facts->until_ts_ms = ts_ms + 1;
	buf_add(&writer->text, line, len);
	buf_add_char(&writer->text, '\n');
	return 0;
}

int
part_writer_finish(struct part_writer *writer, struct part_facts *facts,
    struct err *err)
{
	struct buf index = BUF_EMPTY;
	int result = end_frame(writer, err);

	if (result == 0) {
		part_index_print(&index, writer->frames,
		    (size_t)writer->facts.frame_count);
		result = zst_writer_skippable(writer->zst, index.data,
		    index.len, err);
		buf_release(&index);
	}
	if (result == 0)
		result = zst_writer_finish(writer->zst, err);
	if (result == 0)
		result = file_commit(&writer->file, err);
	digest_finish(writer->file_digest, writer->facts.sha256);
	digest_finish(writer->raw_digest, writer->facts.raw_sha256);
	*facts = writer->facts;
	part_writer_abandon(writer);
	return result;
}

struct part_reader {
	char *path;
	struct zst_reader *zst;
	struct part_frame *frames;
	size_t frame_count;
};

/* The index is the last frame before the seek table. */
static int
read_index(struct part_reader *reader, struct err *err)
{
	size_t count = zst_reader_frame_count(reader->zst);
	struct buf index = BUF_EMPTY;
	int result;

	if (count < 2)
		return err_set(err, EXIT_DATA, "seek table: %zu frames cannot "
		    "be rows and their index", count);
	reader->frame_count = count - 1;
	result = zst_reader_read_skippable(reader->zst, reader->frame_count,
	    &index, err);
	if (result == 0)
		result = part_index_parse(index.data, index.len,
		    reader->frame_count, &reader->frames, err);
	buf_release(&index);
	return result;
}

int
part_reader_open(struct part_reader **out, const char *path, struct err *err)
{
	struct part_reader *reader = mem_new(1, sizeof(*reader));

	reader->path = mem_text(path);
	if (zst_reader_open(&reader->zst, path, err) < 0)
		goto fail;
	if (read_index(reader, err) < 0) {
		err_in(err, "%s", path);
		goto fail;
	}
	*out = reader;
	return 0;
fail:
	part_reader_close(reader);
	return -1;
}

void
part_reader_close(struct part_reader *reader)
{
	if (reader == NULL)
		return;
	zst_reader_close(reader->zst);
	free(reader->frames);
	free(reader->path);
	free(reader);
}

const char *
part_reader_path(const struct part_reader *reader)
{
	return reader->path;
}

size_t
part_reader_frame_count(const struct part_reader *reader)
{
	return reader->frame_count;
}

const struct part_frame *
part_reader_frame(const struct part_reader *reader, size_t i)
{
	REQUIRE(i < reader->frame_count);
	return &reader->frames[i];
}

static int64_t
count_lines(const struct buf *text)
{
	const char *p = text->data, *end = text->data + text->len;
	int64_t count = 0;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		count++;
		p++;
	}
	return count;
}

int
part_reader_read(struct part_reader *reader, size_t i, struct buf *out,
    struct err *err)
{
	int64_t offset = zst_reader_frame(reader->zst, i)->offset;
	int64_t line_count;

	REQUIRE(i < reader->frame_count);
	if (zst_reader_read(reader->zst, i, out, err) < 0)
		return err_in(err, "%s", reader->path);
	buf_room(out, JSON_PADDING);
	line_count = count_lines(out);
	if (out->len == 0 || out->data[out->len - 1] != '\n')
		return err_set(err, EXIT_DATA, "%s: offset %" PRId64 ": frame "
		    "%zu does not end with a newline", reader->path, offset, i);
	if (line_count != reader->frames[i].row_count)
		return err_set(err, EXIT_DATA, "%s: offset %" PRId64 ": frame "
		    "%zu has %" PRId64 " lines, the index says %" PRId64,
		    reader->path, offset, i, line_count,
		    reader->frames[i].row_count);
	return 0;
}

int
part_line_read(struct json_parser *parser, const char *line, size_t len,
    struct json_object *object, int64_t *ts_ms, struct err *err)
{
	const struct json_member *member;
	struct json_error error;

	if (len > PART_MAX_LINE_BYTES)
		return err_set(err, EXIT_DATA, "a line of %zu bytes, more than "
		    "the %d allowed", len, PART_MAX_LINE_BYTES);
	if (json_read(parser, line, len, object, &error) < 0)
		return err_set(err, EXIT_DATA, "byte %zu of the line: %s",
		    error.offset + 1, error.words);
	member = json_find(object, "ts_ms");
	if (member == NULL || member->type != JSON_INTEGER)
		return err_set(err, EXIT_DATA, "the line has no ts_ms");
	*ts_ms = member->integer;
	return 0;
}

/* Each line must be JSON, in order, and the first and last as the index says. */
static int
check_lines(struct json_parser *parser, const struct buf *text,
    const struct part_frame *frame, struct err *err)
{
	const char *line = text->data, *end = text->data + text->len;
	int64_t previous_ms = frame->first_ts_ms, ts_ms, number = 1;
	struct json_object object;

	for (; line < end; number++) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));

		if (part_line_read(parser, line, (size_t)(newline - line),
		    &object, &ts_ms, err) < 0)
			return err_in(err, "line %" PRId64, number);
		if (ts_ms < previous_ms || ts_ms > frame->last_ts_ms ||
		    (number == 1 && ts_ms != frame->first_ts_ms) ||
		    (newline + 1 == end && ts_ms != frame->last_ts_ms))
			return err_set(err, EXIT_DATA, "line %" PRId64
			    ": ts_ms %" PRId64 " is out of order or not where "
			    "the index says", number, ts_ms);
		previous_ms = ts_ms;
		line = newline + 1;
	}
	return 0;
}

static int
check_frames(struct part_reader *reader, struct json_parser *parser,
    struct digest *digest, struct part_facts *facts, struct err *err)
{
	struct buf text = BUF_EMPTY;
	int result = 0;

	for (size_t i = 0; i < reader->frame_count && result == 0; i++) {
		result = part_reader_read(reader, i, &text, err);
		if (result == 0 && parser != NULL &&
		    check_lines(parser, &text, &reader->frames[i], err) < 0)
			result = err_in(err, "%s: frame %zu at offset %" PRId64,
			    reader->path, i,
			    zst_reader_frame(reader->zst, i)->offset);
		if (result == 0) {
			digest_add(digest, text.data, text.len);
			facts->raw_bytes += (int64_t)text.len;
			facts->row_count += reader->frames[i].row_count;
		}
	}
	buf_release(&text);
	return result;
}

int
part_check(const char *path, struct json_parser *parser,
    struct part_facts *facts, struct err *err)
{
	struct part_reader *reader;
	struct digest *digest;
	long long file_bytes;
	int result;

	memset(facts, 0, sizeof(*facts));
	if (part_reader_open(&reader, path, err) < 0)
		return -1;
	zst_reader_forget_cache(reader->zst);
	digest = digest_open();
	result = digest_file(path, facts->sha256, &file_bytes, err);
	if (result == 0)
		result = check_frames(reader, parser, digest, facts, err);
	if (result == 0) {
		digest_finish(digest, facts->raw_sha256);
		facts->file_bytes = file_bytes;
		facts->frame_count = (int64_t)reader->frame_count;
		facts->from_ts_ms = reader->frames[0].first_ts_ms;
		facts->until_ts_ms =
		    reader->frames[reader->frame_count - 1].last_ts_ms + 1;
	}
	digest_close(digest);
	part_reader_close(reader);
	return result;
}
