/* SPDX-License-Identifier: ISC
 *
 * batch_private -- what the files of batch share. batch.c reads lines that are
 * events and calls batch_map.c, which reads lines that a map turns into events.
 * Both call batch_line.c for the steps before that. No other file includes this
 * header.
 */
#ifndef READ_BATCH_PRIVATE_H
#define READ_BATCH_PRIVATE_H

#include "read/batch.h"

/* The most lines given to the map at once. */
#define BATCH_MAP_LINES 256

struct batch_reader {
	struct batch_options options;
	struct key_table keys; /* shared by parser and rows */
	struct json_parser *parser, *map_parser;
	struct row_reader *rows;
	struct buf hidden;     /* scratch: a line with its secrets hidden */
	size_t map_lines;      /* lines to give to the map at once next time */
};

/* batch_line.c */

/* Hides the secrets of the line, which may make it too long: then it is
 * refused. */
void batch_hide_line(struct batch_reader *reader, struct batch *batch,
    struct batch_line *item);

/* Adds the next line to the batch and returns it; NULL when there is none or the
 * batch is full. Hides the secrets of a line that it refuses, for its length; the
 * caller hides those of all others. */
struct batch_line *batch_next_line(struct batch_reader *reader,
    struct line_reader *lines, struct batch *batch);

/* Returns a new refusal in the arena. at is a position in the line, or NULL. */
const struct row_refusal *batch_refuse(struct batch *batch, enum reason reason,
    const char *at, const char *format, ...) PRINTF_LIKE(4, 5);

/* Returns the text without its secrets: text itself, or a copy in the arena with
 * LINE_PADDING bytes after it; then *len is that of the copy. Adds the number of
 * hidden values to *hidden_count. */
const char *batch_hide(struct batch_reader *reader, struct batch *batch,
    const char *text, size_t *len, int *hidden_count);

/* batch_map.c */

/* Maps lines until the batch is full or there are no more. */
MUST_USE int batch_read_mapped(struct batch_reader *reader,
    struct line_reader *lines, struct batch *batch, struct err *err);

/* Maps *count lines of the batch from number first on, except those that are
 * refused. When the batch is full before that, sets *count to the number of lines
 * that it has room for; the others must be mapped again. */
MUST_USE int batch_map_lines(struct batch_reader *reader, struct batch *batch,
    size_t first, size_t *count, struct err *err);

#endif
