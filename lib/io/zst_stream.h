/* SPDX-License-Identifier: ISC
 *
 * zst_stream -- zstd (RFC 8878) unpacked as it comes in. The frames of a file
 * are one text; skippable frames between them are passed over. Checksums are
 * verified where frames have them, at their end: what came from a frame that
 * turns out to be damaged was given already. The window of a frame, which is
 * the memory for it, is limited.
 */
#ifndef IO_ZST_STREAM_H
#define IO_ZST_STREAM_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* The largest window, as a power of two: 16 MiB. Levels up to 19 have less. */
#define ZST_STREAM_WINDOW_BITS 24

struct zst_stream;

/* A decoder for one file, from its first byte; the caller's. */
struct zst_stream *zst_stream_open(void);
void zst_stream_close(struct zst_stream *stream); /* NULL is fine */

/* Unpacks until *in is used up or *room is full, and moves *in, *in_len, *out
 * and *room on over what was taken and given, as iconv(3) does. Returns 0, or
 * -1 with EXIT_DATA: damage, by its offset in the file, or a frame that needs
 * a larger window or a dictionary. What was given before counts; nothing may be
 * decoded after it. */
MUST_USE int zst_stream_decode(struct zst_stream *stream,
    const unsigned char **in, size_t *in_len, unsigned char **out,
    size_t *room, struct err *err);

/* Whether zst_stream_decode may give bytes without new ones: *room was full. */
bool zst_stream_has_more(const struct zst_stream *stream);

/* The file ends here: 0 behind a whole frame, else -1 with EXIT_DATA. */
MUST_USE int zst_stream_end(const struct zst_stream *stream, struct err *err);

#endif
