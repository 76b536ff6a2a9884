/* SPDX-License-Identifier: ISC
 *
 * zst -- archive files, in the seekable format of zstd (for other
 * streams of zstd see zst_stream)
 * (contrib/seekable_format/zstd_seekable_compression_format.md). Such a file is
 * a row of frames that each unpack on their own, and at its end a table of
 * their lengths in a skippable frame; every zstd program unpacks it whole.
 * Frames carry their content size and checksum.
 *
 * The writer compresses frames in libzstd's own threads, several at a time, and
 * hands the bytes on in order. The reader trusts nothing: every length of the
 * table is checked against the file before memory is taken for it.
 */
#ifndef IO_ZST_H
#define IO_ZST_H

#include "io/seek_table.h"

/* The most that one frame may hold, for both sides. */
#define ZST_MAX_FRAME_BYTES SEEK_TABLE_MAX_FRAME_BYTES

/* Takes the next bytes of the file; returns 0 or -1 with err. */
typedef int zst_sink(void *context, const void *bytes, size_t len,
    struct err *err);

struct zst_writer;

/* A writer at a compression level; the caller's. */
struct zst_writer *zst_writer_open(int level, zst_sink *sink, void *context);
void zst_writer_close(struct zst_writer *writer); /* NULL is fine */

/* Compresses text as one frame of 1..ZST_MAX_FRAME_BYTES. Its memory is taken
 * and an empty buf put in its place. The bytes may reach the sink later. */
MUST_USE int zst_writer_frame(struct zst_writer *writer, struct buf *text,
    struct err *err);

/* A skippable frame that other decoders pass over, in the seek table with no
 * content. */
MUST_USE int zst_writer_skippable(struct zst_writer *writer, const void *bytes,
    size_t len, struct err *err);

/* Writes the seek table; nothing may follow. */
MUST_USE int zst_writer_finish(struct zst_writer *writer, struct err *err);

struct zst_reader;

/* Opens a file and reads its seek table. *out is the caller's. A file that is
 * cut short, or has no seek table that agrees with it, is EXIT_DATA. */
MUST_USE int zst_reader_open(struct zst_reader **out, const char *path,
    struct err *err);
void zst_reader_close(struct zst_reader *reader); /* NULL is fine */

size_t zst_reader_frame_count(const struct zst_reader *reader);
const struct seek_frame *zst_reader_frame(const struct zst_reader *reader,
    size_t i);

/* Asks the system to forget what it has cached of the file, so that the next
 * reads come from the disk. */
void zst_reader_forget_cache(struct zst_reader *reader);

/* The content of frame i, in place of what out held; its checksum is verified.
 * Errors name the offset in the file. */
MUST_USE int zst_reader_read(struct zst_reader *reader, size_t i,
    struct buf *out, struct err *err);

/* The payload of the skippable frame i, in place of what out held. */
MUST_USE int zst_reader_read_skippable(struct zst_reader *reader, size_t i,
    struct buf *out, struct err *err);

#endif
