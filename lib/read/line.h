/* SPDX-License-Identifier: ISC
 *
 * line -- an input read line by line, a buffer full at a time. It is full when
 * LINE_BATCH_BYTES are there, or LINE_BATCH_MS have gone by since the first line
 * of it; its lines are borrowed until it is filled again. The newline is the only
 * thing that ends a line. Buffers are the caller's, so that one may be read while
 * another is filled.
 */
#ifndef READ_LINE_H
#define READ_LINE_H

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

/* Where lines are put. Zeros are a buffer that takes its memory when used. */
struct line_buffer {
	char *data;
	size_t start, end; /* what is not taken yet */
};
void line_buffer_release(struct line_buffer *buffer);

struct line_reader;

/* Reads fd, which stays the caller's; what is compressed is unpacked, and all
 * offsets are those of the text. With is_followed, what has come is all there
 * is for now: line_fill waits for nothing, and the end of a file is none until
 * line_reader_finish. The caller's, for line_reader_close. */
struct line_reader *line_reader_open(int fd, bool is_followed);
void line_reader_close(struct line_reader *reader); /* NULL is fine */

/* Goes on in another buffer, to which what was read and not taken moves. */
void line_reader_use(struct line_reader *reader, struct line_buffer *buffer);
/* The same with memory of its own, while others use the buffer. */
void line_reader_park(struct line_reader *reader);

/* From now on an end of the file is its end; or nothing more is read at all. */
void line_reader_finish(struct line_reader *reader);
void line_reader_end(struct line_reader *reader);

/* How far the file has been read, whatever was taken of it: an offset in the
 * file, which may be compressed. */
int64_t line_read_bytes(const struct line_reader *reader);
/* Takes back what was read behind that. */
void line_reader_drop(struct line_reader *reader, int64_t read_bytes);

/* Waits for the next lines, after flushing stdout, but not for more than there
 * is of the input before its first prefix_bytes have come. Returns 1, or 0 at
 * the end of the input (there may still be lines to take), or -1: EXIT_IO,
 * EXIT_DATA when compressed bytes are damaged, or EXIT_AGAIN when a signal
 * came. */
MUST_USE int line_fill(struct line_reader *reader, size_t prefix_bytes,
    struct err *err);

/* Goes on at an offset not before that of the next line, whose number is then
 * number + 1. Returns 0; 1 when the input ends before it, or cannot be moved in,
 * and nothing is certain but line_restart; or -1, as line_fill. */
MUST_USE int line_seek(struct line_reader *reader, int64_t offset,
    int64_t number, struct err *err);
/* The next len bytes, not taken by that; borrowed until the next call. Results as
 * those of line_seek. */
MUST_USE int line_peek(struct line_reader *reader, size_t len,
    const char **bytes, struct err *err);
/* Begins a file anew, where it was first read from. */
MUST_USE int line_restart(struct line_reader *reader, struct err *err);

/* What has become readable there ends a wait for input, as a signal does. */
void line_reader_stop_by(struct line_reader *reader, int fd);

/* The next line of the buffer; false when it has no more. At the end of the
 * input the last line may lack its newline. */
bool line_next(struct line_reader *reader, struct line *line);
/* Whether line_next would give one. */
bool line_has_next(const struct line_reader *reader);

/* A place among the lines of the buffer, to come back to. */
struct line_mark {
	size_t start;
	int64_t offset, number, skipped_bytes;
	bool is_skipping;
};
void line_mark(const struct line_reader *reader, struct line_mark *mark);
/* Only while the buffer was not filled again. */
void line_rewind(struct line_reader *reader, const struct line_mark *mark);

/* The first bytes of the input that have come, at most LINE_PREFIX_BYTES.
 * Borrowed. */
#define LINE_PREFIX_BYTES (64 << 10)
const char *line_prefix(const struct line_reader *reader, size_t *len);

bool line_at_end(const struct line_reader *reader);
/* Nothing more is to be had now: a followed input has been read as far as it
 * goes, or the last line_fill failed. */
bool line_is_drained(const struct line_reader *reader);
bool line_is_compressed(const struct line_reader *reader);
/* All that there is of the input now has come. A compressed file that is still
 * written to may be cut anywhere, so it is whole at its end only. */
bool line_is_whole(const struct line_reader *reader);

/* The offset behind the last line taken, and its number. */
int64_t line_offset(const struct line_reader *reader);
int64_t line_number(const struct line_reader *reader);

#endif
