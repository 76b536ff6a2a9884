/* SPDX-License-Identifier: ISC
 *
 * line -- reads an input line by line, one buffer at a time. A buffer is full
 * when it has LINE_BATCH_BYTES, or when LINE_BATCH_MS have passed since its first
 * line came. Its lines are borrowed until it is filled again. Only a newline ends
 * a line. The caller owns the buffers, so that one can be read while another is
 * filled.
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
/* How many bytes of a longer line are kept. */
#define LINE_KEPT_BYTES (64 << 10)
/* This many bytes after each line are readable. */
#define LINE_PADDING 64

struct line {
	const char *text;       /* without the newline */
	size_t len;             /* of text */
	int64_t offset;         /* of its first byte in the input */
	int64_t full_bytes;     /* of the line in the input, newline included */
	int64_t number;         /* from 1 */
	bool has_newline;
	bool is_too_long;       /* text is only the beginning of the line */
};

/* Memory for lines, allocated when first used. Must be all zero before that. */
struct line_buffer {
	char *data;
	size_t start, end; /* of the bytes not yet taken as lines */
};
void line_buffer_release(struct line_buffer *buffer);

struct line_reader;

/* Reads fd, which is borrowed. Compressed input is decompressed, and all offsets
 * count decompressed bytes. With is_followed, line_fill never waits, and the end
 * of the file is not the end of the input before line_reader_finish. The caller
 * closes the result. */
struct line_reader *line_reader_open(int fd, bool is_followed);
void line_reader_close(struct line_reader *reader); /* NULL is fine */

/* Continues in another buffer; moves to it the bytes that were read and not
 * taken. */
void line_reader_use(struct line_reader *reader, struct line_buffer *buffer);
/* Does the same with memory of its own, so that the buffer is free for other
 * use. */
void line_reader_park(struct line_reader *reader);

/* From now on, the end of a followed file is the end of the input. */
void line_reader_finish(struct line_reader *reader);
/* Ends the input here: nothing more is read. */
void line_reader_end(struct line_reader *reader);

/* Returns how far the file has been read, including bytes not yet taken: an
 * offset in the file itself, which may be compressed. */
int64_t line_read_bytes(const struct line_reader *reader);
/* Forgets what was read after the offset read_bytes. Has no effect on compressed
 * input. */
void line_reader_drop(struct line_reader *reader, int64_t read_bytes);

/* Flushes stdout, then fills the buffer: waits for lines, and for the first
 * prefix_bytes of the input or its end. Returns 1; 0 at the end of the input (the
 * buffer may still have lines); or -1: EXIT_IO, EXIT_DATA when compressed bytes
 * are damaged, or EXIT_AGAIN when a signal came. */
MUST_USE int line_fill(struct line_reader *reader, size_t prefix_bytes,
    struct err *err);

/* Continues at offset, where line number + 1 begins. The offset must not be
 * before that of the next line. Returns 0; 1 when the input ends before the
 * offset or cannot seek, after which only line_restart is allowed; or -1, as
 * line_fill. */
MUST_USE int line_seek(struct line_reader *reader, int64_t offset,
    int64_t number, struct err *err);
/* Sets *bytes to the next len bytes without taking them; they are borrowed until
 * the next call. Returns what line_seek returns. */
MUST_USE int line_peek(struct line_reader *reader, size_t len,
    const char **bytes, struct err *err);
/* Starts a file again from where it was first read. Returns 0, or -1 with
 * EXIT_IO. */
MUST_USE int line_restart(struct line_reader *reader, struct err *err);

/* A readable fd ends a wait for input, as a signal does; -1 for none. */
void line_reader_stop_by(struct line_reader *reader, int fd);

/* Takes the next line of the buffer. Returns false when it has no more. At the
 * end of the input, the last line may lack its newline. */
bool line_next(struct line_reader *reader, struct line *line);
/* Whether line_next would return true. */
bool line_has_next(const struct line_reader *reader);

/* A position among the lines of the buffer, for line_rewind. */
struct line_mark {
	size_t start;
	int64_t offset, number, skipped_bytes;
	bool is_skipping;
};
void line_mark(const struct line_reader *reader, struct line_mark *mark);
/* Goes back to the mark. Allowed until the buffer is filled again. */
void line_rewind(struct line_reader *reader, const struct line_mark *mark);

/* Returns the first bytes of the input that have come, at most LINE_PREFIX_BYTES.
 * They are borrowed. */
#define LINE_PREFIX_BYTES (64 << 10)
const char *line_prefix(const struct line_reader *reader, size_t *len);

bool line_at_end(const struct line_reader *reader);
/* Whether there is nothing more to read for now: a followed input has been read
 * to its end, or the last line_fill failed. */
bool line_is_drained(const struct line_reader *reader);
bool line_is_compressed(const struct line_reader *reader);
/* Whether all of the input that exists for now has been read. A compressed
 * file that is still being written may stop anywhere, so it is whole only at
 * its end. */
bool line_is_whole(const struct line_reader *reader);

/* The offset after the last line that was taken, and the number of that line. */
int64_t line_offset(const struct line_reader *reader);
int64_t line_number(const struct line_reader *reader);

#endif
