/* SPDX-License-Identifier: ISC
 *
 * part -- one partition of an archive on disk: rows as lines of JSON in
 * order of time, in a seekable zstd file with an index of times. A partition is
 * written once and never changed.
 */
#ifndef SEGMENT_PART_H
#define SEGMENT_PART_H

#include "io/digest.h"
#include "json/json.h"
#include "segment/part_name.h"

/* The longest line. tel-ingest takes 1 MiB; the archived text can be longer, because
 * control characters become escapes such as \u001f. */
#define PART_MAX_LINE_BYTES (4 << 20)

/* The facts that reading a partition yields. */
struct part_facts {
	int64_t row_count;
	int64_t from_ts_ms;  /* of the first row */
	int64_t until_ts_ms; /* of the last row, plus 1 */
	int64_t file_bytes;
	int64_t raw_bytes;
	int64_t frame_count;
	char sha256[DIGEST_HEX_SIZE];     /* of the file */
	char raw_sha256[DIGEST_HEX_SIZE]; /* of the lines */
};

bool part_facts_equal(const struct part_facts *a, const struct part_facts *b);

/* Appends ROOT/PATH of a partition. */
void part_path(struct buf *out, const char *root,
    const struct part_name *name);

struct part_writer;

/* Begins a partition below root under a temporary name; *out is the caller's,
 * for part_writer_finish or part_writer_abandon. */
MUST_USE int part_writer_open(struct part_writer **out, const char *root,
    const struct part_name *name, struct err *err);
/* Adds a line (without newline, at most PART_MAX_LINE_BYTES); times must not
 * go back. */
MUST_USE int part_writer_add(struct part_writer *writer, int64_t ts_ms,
    const char *line, size_t len, struct err *err);
/* Makes the file durable under its name and returns the facts of it. The writer
 * is freed, also after an error. */
MUST_USE int part_writer_finish(struct part_writer *writer,
    struct part_facts *facts, struct err *err);
void part_writer_abandon(struct part_writer *writer); /* NULL is fine */

struct part_reader;

/* Opens a file and reads its index; *out is the caller's. Errors name path. */
MUST_USE int part_reader_open(struct part_reader **out, const char *path,
    struct err *err);
void part_reader_close(struct part_reader *reader); /* NULL is fine */
const char *part_reader_path(const struct part_reader *reader);
size_t part_reader_frame_count(const struct part_reader *reader);
const struct part_frame *part_reader_frame(const struct part_reader *reader,
    size_t i);
/* The lines of a frame in place of what out held; whole lines, as many as the
 * index says, and JSON_PADDING readable bytes after them. */
MUST_USE int part_reader_read(struct part_reader *reader, size_t i,
    struct buf *out, struct err *err);

/* Reads a whole partition from the disk and returns its facts. With a parser
 * each line must be a JSON object with a ts_ms, in order and as the index says.
 * Errors name path and, where known, the offset. */
MUST_USE int part_check(const char *path, struct json_parser *parser,
    struct part_facts *facts, struct err *err);

/* Reads one line; *ts_ms is its time. Returns 0, or -1 with EXIT_DATA. */
MUST_USE int part_line_read(struct json_parser *parser, const char *line,
    size_t len, struct json_object *object, int64_t *ts_ms, struct err *err);

#endif
