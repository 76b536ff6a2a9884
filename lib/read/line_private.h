/* SPDX-License-Identifier: ISC
 *
 * line_private -- what line.c (takes lines from a buffer) and line_fill.c (reads
 * bytes into it) share. No other file includes this header.
 */
#ifndef READ_LINE_PRIVATE_H
#define READ_LINE_PRIVATE_H

#include "read/input.h"
#include "read/line.h"

#define LINE_CAPACITY_BYTES (LINE_BATCH_BYTES + LINE_MAX_BYTES)

struct line_reader {
	int fd;
	int stop_fd;        /* -1: none */
	int64_t base;       /* where in the file the input began; -1: not a file */
	struct input *input;
	bool is_followed, is_drained, at_end;
	char *prefix;       /* LINE_PREFIX_BYTES */
	size_t prefix_len;
	struct line_buffer *buffer; /* the caller's, or parked */
	struct line_buffer parked;
	int64_t offset;     /* of buffer->data[start] in the input */
	int64_t number;     /* of the last line taken */
	/* A line that is too long: its beginning, and how many bytes were
	 * dropped. */
	char *kept;
	size_t kept_len;
	int64_t skipped_bytes;
	bool is_skipping;
};

/* Moves the bytes not yet taken to the beginning of a buffer, and uses that. */
void line_move_rest(struct line_reader *reader, struct line_buffer *to);

bool line_has_newline(const struct line_reader *reader);

#endif
