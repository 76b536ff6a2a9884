/* SPDX-License-Identifier: ISC
 *
 * zst_stream -- decodes a stream of zstd (RFC 8878). The frames of a file are
 * one text; skippable frames between them are skipped. The checksum of a
 * frame, if it has one, is verified at its end, when its bytes have been
 * returned already. The window of a frame is limited, and thus the memory to
 * decode it.
 */
#ifndef IO_ZST_STREAM_H
#define IO_ZST_STREAM_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* The largest window, as a power of two: 16 MiB. Levels up to 19 use less. */
#define ZST_STREAM_WINDOW_BITS 24

struct zst_stream;

/* Opens a decoder for one file, from its first byte. The caller closes it. */
struct zst_stream *zst_stream_open(void);
void zst_stream_close(struct zst_stream *stream); /* NULL is fine */

/* Decodes until *in is used up or *room is full, and advances *in, *in_len,
 * *out and *room as iconv(3) does. Returns 0, or -1 with EXIT_DATA, which says
 * at which offset of the file the data is damaged, or a frame needs a larger
 * window or a dictionary. Bytes before that have been written to *out; the
 * decoder must not be called again. */
MUST_USE int zst_stream_decode(struct zst_stream *stream,
    const unsigned char **in, size_t *in_len, unsigned char **out,
    size_t *room, struct err *err);

/* Whether there may be more output without new input: *room was full. */
bool zst_stream_has_more(const struct zst_stream *stream);

/* Says that the file ends here. Returns 0 after a whole frame, else -1 with
 * EXIT_DATA. */
MUST_USE int zst_stream_end(const struct zst_stream *stream, struct err *err);

#endif
