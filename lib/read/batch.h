/* SPDX-License-Identifier: ISC
 *
 * batch -- reads the lines of one transaction: hides their secrets, maps and
 * parses them, and makes rows. This needs no database, so that one batch can be
 * read while the previous one is stored.
 */
#ifndef READ_BATCH_H
#define READ_BATCH_H

#include "base/arena.h"
#include "read/line.h"
#include "jq/map.h"
#include "secret/redact.h"
#include "secret/redact_event.h"
#include "tel/row.h"

/* The most lines of one batch. With LINE_BATCH_BYTES and LINE_BATCH_MS, this
 * bounds how long the database is locked for other writers. */
#define BATCH_LINES 20000
/* A batch gets no more lines after its arena has reached this size. */
#define BATCH_ARENA_BYTES (8 << 20)

struct batch_line {
	struct line line;                 /* as it may be stored */
	const struct row_refusal *refusal; /* of the line as a whole; or NULL */
	const struct row *rows;            /* in order; a map may make many */
	size_t row_count;
	int hidden_count;                  /* values hidden in it */
};

struct batch {
	struct line_buffer buffer;
	struct arena arena;
	struct batch_line *lines; /* owned */
	size_t line_count;
	int64_t offset, number;   /* line_offset and line_number at its end */
	/* The beginning of the input, as far as it had come: */
	const char *prefix;
	size_t prefix_len;
	bool is_whole;            /* prefix is all of the input for now */
	/* The bytes of the input that became the lines of this batch: */
	const char *tail;
	size_t tail_len;
	struct line_mark begin;
};

/* Frees all of the batch. An all-zero batch is empty. */
void batch_release(struct batch *batch);

struct batch_options {
	struct redactor *redactor; /* borrowed; NULL: nothing is hidden */
	struct redact_event *events; /* borrowed; checks events for redactor */
	struct map *map;           /* borrowed; NULL: lines are events */
	bool keep_extra;           /* as in row_reader_open */
};

struct batch_reader;

/* Borrows what options points to. The caller closes the result. */
struct batch_reader *batch_reader_open(const struct batch_options *options);
void batch_reader_close(struct batch_reader *reader); /* NULL is fine */

/* Replaces the lines of the batch by those in its buffer, until the batch is
 * full. The line reader must use that buffer. Returns -1, with the batch empty,
 * for the errors of map_get and of the redactor. */
MUST_USE int batch_read(struct batch_reader *reader, struct line_reader *lines,
    struct batch *batch, struct err *err);

/* Replaces the lines of the batch by one that was stored before. Errors as those
 * of batch_read. */
MUST_USE int batch_read_again(struct batch_reader *reader,
    const struct line *line, struct batch *batch, struct err *err);

#endif
