/* SPDX-License-Identifier: ISC
 *
 * line -- an input read line by line, a batch at a time. A batch is what has
 * come in until BATCH_BYTES are there, or LINE_BATCH_MS have gone by since its
 * first byte; its lines are borrowed until the next batch. The newline is the
 * only thing that ends a line.
 */
#ifndef IO_LINE_H
#define IO_LINE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_BATCH_BYTES (4 << 20)
#define LINE_BATCH_MS 250
/* The longest line, without its newline. */
#define LINE_MAX_BYTES (1 << 20)
/* Of a longer line only so much is kept. */
#define LINE_KEPT_BYTES (64 << 10)
/* Readable bytes behind every line. */
#define LINE_PADDING 64

struct line {
	const char *text;       /* without the newline */
	size_t len;             /* what is kept of it */
	int64_t offset;         /* of its first byte in the input */
	int64_t full_bytes;     /* in the input, newline included */
	int64_t number;         /* from 1 */
	bool has_newline;
	bool is_too_long;       /* len is less than the line */
};

struct line_reader;

/* Reads fd, which stays the caller's. *out is the caller's, for
 * line_reader_close. */
struct line_reader *line_reader_open(int fd);
void line_reader_close(struct line_reader *reader); /* NULL is fine */

/* Waits for the next batch, after flushing stdout. A batch does not end by time
 * before the first prefix_bytes of the input have come. Returns 1, or 0 at the
 * end of the input (there may still be lines to take), or -1: EXIT_IO, or
 * EXIT_AGAIN when a signal came. */
MUST_USE int line_fill(struct line_reader *reader, size_t prefix_bytes,
    struct err *err);

/* The next line of the batch; false when it has no more. At the end of the
 * input the last line may lack its newline. */
bool line_next(struct line_reader *reader, struct line *line);

/* A place among the lines of the batch, to come back to. */
struct line_mark {
	size_t start;
	int64_t offset, number, skipped_bytes;
	bool is_skipping;
};
void line_mark(const struct line_reader *reader, struct line_mark *mark);
/* Only to a mark of the same batch. */
void line_rewind(struct line_reader *reader, const struct line_mark *mark);

/* The first bytes of the input that have come, at most LINE_PREFIX_BYTES.
 * Borrowed. */
#define LINE_PREFIX_BYTES (64 << 10)
const char *line_prefix(const struct line_reader *reader, size_t *len);

bool line_at_end(const struct line_reader *reader);

/* The offset behind the last line taken. */
int64_t line_offset(const struct line_reader *reader);

#endif
