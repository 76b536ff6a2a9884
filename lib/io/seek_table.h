/* SPDX-License-Identifier: ISC
 *
 * seek_table -- the table at the end of a seekable zstd file (zstd,
 * contrib/seekable_format/zstd_seekable_compression_format.md): a skippable
 * frame that lists the lengths of all frames before it. The module reads and
 * writes bytes in memory only. The parser checks every value.
 */
#ifndef IO_SEEK_TABLE_H
#define IO_SEEK_TABLE_H

#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>

/* Limits for reading and writing. The table of the largest file has 8 MiB. */
#define SEEK_TABLE_MAX_FRAMES (1 << 20)
#define SEEK_TABLE_MAX_FRAME_BYTES (16 << 20)
/* A frame that holds no content may be this long. */
#define SEEK_TABLE_MAX_SKIPPABLE_BYTES (32 << 20)

#define SEEK_TABLE_FOOTER_BYTES 9
/* A skippable frame begins with a magic number and the length of its payload,
 * 4 bytes each, little-endian. */
#define SEEK_TABLE_HEADER_BYTES 8
#define SEEK_TABLE_SKIPPABLE_MAGIC 0x184D2A50u /* and the 15 that follow */

struct seek_frame {
	int64_t offset;            /* in the file */
	uint32_t compressed_bytes; /* in the file */
	uint32_t raw_bytes;        /* its content; 0 for a skippable frame */
};

/* Appends the header of a skippable frame whose payload has len bytes. */
void seek_table_print_header(struct buf *out, uint32_t magic, uint32_t len);
/* Reads the header of a skippable frame, SEEK_TABLE_HEADER_BYTES. Returns 0 and
 * the length of the payload, or -1 when it is none. */
MUST_USE int seek_table_parse_header(const void *header, uint32_t *payload_bytes);

/* Appends the whole table, with the header of its frame. */
void seek_table_print(struct buf *out, const struct seek_frame *frames,
    size_t count);

/* Reads the last SEEK_TABLE_FOOTER_BYTES of a file: sets where the table begins and
 * how long it is, up to the end of the file. Returns 0, or -1 with EXIT_DATA. */
MUST_USE int seek_table_parse_footer(const void *footer, int64_t file_bytes,
    int64_t *table_offset, size_t *table_bytes, struct err *err);

/* Reads the table that the footer describes. The caller frees *out. The frames follow
 * each other without gaps up to table_offset; any other table is EXIT_DATA. */
MUST_USE int seek_table_parse(const void *table, size_t table_bytes,
    int64_t table_offset, struct seek_frame **out, size_t *count,
    struct err *err);

#endif
