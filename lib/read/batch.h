/* SPDX-License-Identifier: ISC
 *
 * batch -- the lines of one transaction, read: secrets hidden, mapped, parsed,
 * made rows. All that needs no database, so that one batch can be read while
 * the one before is stored.
 */
#ifndef READ_BATCH_H
#define READ_BATCH_H

#include "base/arena.h"
#include "read/line.h"
#include "jq/map.h"
#include "secret/redact.h"
#include "secret/redact_event.h"
#include "tel/row.h"

/* Lines of one batch; with LINE_BATCH_BYTES and LINE_BATCH_MS it bounds how long
 * the writers' lock is held. */
#define BATCH_LINES 20000
/* A batch that takes more memory than this has no more lines. */
#define BATCH_ARENA_BYTES (8 << 20)

struct batch_line {
	struct line line;                 /* as it may be stored */
	const struct row_refusal *refusal; /* of the line as a whole */
	const struct row *rows;            /* in order; a map may make many */
	size_t row_count;
	int hidden_count;                  /* values that were hidden */
};

struct batch {
	struct line_buffer buffer;
	struct arena arena;
	struct batch_line *lines; /* ours */
	size_t line_count;
	int64_t offset, number;   /* behind its last line */
	/* The input's beginning as far as it had come: */
	const char *prefix;
	size_t prefix_len;
	bool is_whole;            /* there is no more of it now */
	/* The end of what was taken of it, as it came: */
	const char *tail;
	size_t tail_len;
	struct line_mark begin;
};

/* Zeros are an empty batch; frees all of it. */
void batch_release(struct batch *batch);

struct batch_options {
	struct redactor *redactor; /* borrowed; NULL: nothing is hidden */
	struct redact_event *events; /* the same for events; with redactor */
	struct map *map;           /* borrowed; NULL: lines are events */
	bool keep_extra;           /* as in row_reader_open */
};

struct batch_reader;

/* options are borrowed. The caller's. */
struct batch_reader *batch_reader_open(const struct batch_options *options);
void batch_reader_close(struct batch_reader *reader); /* NULL is fine */

/* Makes the lines of the buffer rows, in place of what the batch held, until it
 * has enough; the line reader must use the batch's buffer. After an error the
 * batch is empty. */
MUST_USE int batch_read(struct batch_reader *reader, struct line_reader *lines,
    struct batch *batch, struct err *err);

/* One line that was stored before. */
MUST_USE int batch_read_again(struct batch_reader *reader,
    const struct line *line, struct batch *batch, struct err *err);

#endif
