/* SPDX-License-Identifier: ISC
 *
 * batch_private -- what batch.c (lines that are events) and batch_map.c (lines
 * that a map makes events of) share; nobody else includes it.
 */
#ifndef READ_BATCH_PRIVATE_H
#define READ_BATCH_PRIVATE_H

#include "read/batch.h"

/* Lines given to the map at once. */
#define BATCH_MAP_LINES 256

struct batch_reader {
	struct batch_options options;
	struct key_table keys; /* numbers for all that follows */
	struct json_parser *parser, *map_parser;
	struct row_reader *rows;
	struct buf hidden;     /* a line, its secrets hidden */
	size_t map_lines;      /* given to the map at once, this time */
};

/* Hides what the line has to hide, which may make it too long. */
void batch_hide_line(struct batch_reader *reader, struct batch *batch,
    struct batch_line *item);

/* Takes the next line into the batch; NULL when there is none. What is refused
 * for its length is hidden, the rest is the caller's to hide. */
struct batch_line *batch_next_line(struct batch_reader *reader,
    struct line_reader *lines, struct batch *batch);

/* A refusal in the arena. at is a place in the line, or NULL. */
const struct row_refusal *batch_refuse(struct batch *batch, const char *reason,
    const char *at, const char *format, ...) PRINTF_LIKE(4, 5);

/* The text without its secrets: itself, or in the arena with LINE_PADDING behind
 * it; *len follows. Adds what was hidden to *hidden_count. */
const char *batch_hide(struct batch_reader *reader, struct batch *batch,
    const char *text, size_t *len, int *hidden_count);

/* Maps lines until the batch is full or there are no more. */
MUST_USE int batch_read_mapped(struct batch_reader *reader,
    struct line_reader *lines, struct batch *batch, struct err *err);

/* Maps those lines of the batch from number first on that are not refused. At
 * *count they are too much for the batch: what is behind was not mapped. */
MUST_USE int batch_map_lines(struct batch_reader *reader, struct batch *batch,
    size_t first, size_t *count, struct err *err);

#endif
