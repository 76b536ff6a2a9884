/* SPDX-License-Identifier: ISC
 *
 * zst -- archive files in the seekable format of zstd
 * (contrib/seekable_format/zstd_seekable_compression_format.md); zst_stream
 * reads other zstd files. Such a file is a sequence of frames that can be
 * decoded one by one, and at its end a table of their lengths in a skippable
 * frame. Every zstd program decodes the file as a whole. Frames have their
 * content size and checksum.
 *
 * The writer compresses several frames at a time in threads of libzstd and
 * passes the bytes on in order. The reader checks every length of the table
 * against the file before it allocates that much.
 */
#ifndef IO_ZST_H
#define IO_ZST_H

#include "io/seek_table.h"

/* The largest content of a frame, for the writer and the reader. */
#define ZST_MAX_FRAME_BYTES SEEK_TABLE_MAX_FRAME_BYTES

/* Receives the next bytes of the file; returns 0, or -1 with err. */
typedef int zst_sink(void *context, const void *bytes, size_t len,
    struct err *err);

struct zst_writer;

/* Opens a writer with a compression level, which the caller closes. The sink
 * and its context are borrowed until then. */
struct zst_writer *zst_writer_open(int level, zst_sink *sink, void *context);
void zst_writer_close(struct zst_writer *writer); /* NULL is fine */

/* Compresses text, 1 to ZST_MAX_FRAME_BYTES, as one frame. The writer keeps its
 * memory and leaves an empty buf. The compressed bytes may reach the sink later. */
MUST_USE int zst_writer_frame(struct zst_writer *writer, struct buf *text,
    struct err *err);

/* Writes a skippable frame, which decoders ignore. In the seek table it has no
 * content. */
MUST_USE int zst_writer_skippable(struct zst_writer *writer, const void *bytes,
    size_t len, struct err *err);

/* Writes the seek table; nothing may follow. */
MUST_USE int zst_writer_finish(struct zst_writer *writer, struct err *err);

struct zst_reader;

/* Opens a file and reads its seek table. The caller closes *out. EXIT_NO_INPUT when
 * it cannot be opened; EXIT_DATA when it is truncated or does not match its table. */
MUST_USE int zst_reader_open(struct zst_reader **out, const char *path,
    struct err *err);
void zst_reader_close(struct zst_reader *reader); /* NULL is fine */

/* The frames of the seek table, borrowed; i is below the count. */
size_t zst_reader_frame_count(const struct zst_reader *reader);
const struct seek_frame *zst_reader_frame(const struct zst_reader *reader,
    size_t i);

/* Asks the system to drop its cache of the file, so that the next reads come
 * from the disk. */
void zst_reader_forget_cache(struct zst_reader *reader);

/* Replaces out by the content of frame i and verifies its checksum. Errors name
 * the offset in the file. */
MUST_USE int zst_reader_read(struct zst_reader *reader, size_t i,
    struct buf *out, struct err *err);

/* Replaces out by the payload of the skippable frame i. */
MUST_USE int zst_reader_read_skippable(struct zst_reader *reader, size_t i,
    struct buf *out, struct err *err);

#endif
