/* SPDX-License-Identifier: ISC
 *
 * line_private -- what line.c (lines of a buffer) and line_fill.c (bytes into it)
 * share; nobody else includes it.
 */
#ifndef READ_LINE_PRIVATE_H
#define READ_LINE_PRIVATE_H

#include "read/input.h"
#include "read/line.h"

#define LINE_CAPACITY_BYTES (LINE_BATCH_BYTES + LINE_MAX_BYTES)

struct line_reader {
	int fd;
	int stop_fd;        /* -1: none */
	int64_t base;       /* where in the file the input began; -1: no file */
	struct input *input;
	bool is_followed, is_drained, at_end;
	char *prefix;       /* LINE_PREFIX_BYTES */
	size_t prefix_len;
	struct line_buffer *buffer; /* the caller's, or parked */
	struct line_buffer parked;
	int64_t offset;     /* of buffer->data[start] in the input */
	int64_t number;     /* of the last line given */
	/* A line that does not fit: its beginning, and how much went by. */
	char *kept;
	size_t kept_len;
	int64_t skipped_bytes;
	bool is_skipping;
};

/* Moves what is left to the beginning of a buffer, which is used then. */
void line_move_rest(struct line_reader *reader, struct line_buffer *to);

bool line_has_newline(const struct line_reader *reader);

#endif
