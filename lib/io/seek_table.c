/* SPDX-License-Identifier: ISC */
#include "io/seek_table.h"
#include "base/mem.h"
#include "base/require.h"

#include <inttypes.h>
#include <stdlib.h>

#define TABLE_MAGIC 0x184D2A5Eu
#define FOOTER_MAGIC 0x8F92EAB1u
#define ENTRY_BYTES 8
#define CHECKSUM_BYTES 4
/* Bits of the descriptor, a byte of the footer. */
#define HAS_CHECKSUMS 0x80
#define RESERVED_BITS 0x7c

static void
put_32(struct buf *out, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		buf_add_char(out, (char)(value >> (8 * i) & 0xff));
}

static uint32_t
get_32(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
	    (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

void
seek_table_print_header(struct buf *out, uint32_t magic, uint32_t len)
{
	put_32(out, magic);
	put_32(out, len);
}

int
seek_table_parse_header(const void *header, uint32_t *payload_bytes)
{
	const unsigned char *bytes = header;

	if ((get_32(bytes) & ~0xfu) != SEEK_TABLE_SKIPPABLE_MAGIC)
		return -1;
	*payload_bytes = get_32(bytes + 4);
	return 0;
}

void
seek_table_print(struct buf *out, const struct seek_frame *frames, size_t count)
{
	REQUIRE(count <= SEEK_TABLE_MAX_FRAMES);
	seek_table_print_header(out, TABLE_MAGIC,
	    (uint32_t)(count * ENTRY_BYTES + SEEK_TABLE_FOOTER_BYTES));
	for (size_t i = 0; i < count; i++) {
		put_32(out, frames[i].compressed_bytes);
		put_32(out, frames[i].raw_bytes);
	}
	put_32(out, (uint32_t)count);
	buf_add_char(out, 0);
	put_32(out, FOOTER_MAGIC);
}

static size_t
entry_bytes(unsigned char descriptor)
{
	return ENTRY_BYTES + (descriptor & HAS_CHECKSUMS ? CHECKSUM_BYTES : 0);
}

int
seek_table_parse_footer(const void *footer, int64_t file_bytes,
    int64_t *table_offset, size_t *table_bytes, struct err *err)
{
	const unsigned char *bytes = footer;
	uint32_t count = get_32(bytes);

	if (get_32(bytes + 5) != FOOTER_MAGIC || (bytes[4] & RESERVED_BITS))
		return err_set(err, EXIT_DATA, "offset %" PRId64
		    ": no seek table at the end: cut short, or not a seekable "
		    "zstd file", file_bytes - SEEK_TABLE_FOOTER_BYTES);
	if (count > SEEK_TABLE_MAX_FRAMES)
		return err_set(err, EXIT_DATA, "seek table: %" PRIu32
		    " frames, more than the %d allowed", count,
		    SEEK_TABLE_MAX_FRAMES);
	*table_bytes = SEEK_TABLE_HEADER_BYTES + count * entry_bytes(bytes[4]) +
	    SEEK_TABLE_FOOTER_BYTES;
	*table_offset = file_bytes - (int64_t)*table_bytes;
	if (*table_offset < 0)
		return err_set(err, EXIT_DATA, "seek table: %" PRIu32
		    " frames do not fit into a file of %" PRId64 " bytes",
		    count, file_bytes);
	return 0;
}

static int
read_entries(struct seek_frame *frames, size_t count,
    const unsigned char *entries, size_t step, int64_t table_offset,
    struct err *err)
{
	int64_t offset = 0;

	for (size_t i = 0; i < count; i++, entries += step) {
		struct seek_frame *frame = &frames[i];
		uint32_t most = SEEK_TABLE_MAX_SKIPPABLE_BYTES;

		frame->offset = offset;
		frame->compressed_bytes = get_32(entries);
		frame->raw_bytes = get_32(entries + 4);
		if (frame->raw_bytes > SEEK_TABLE_MAX_FRAME_BYTES ||
		    frame->compressed_bytes > most)
			return err_set(err, EXIT_DATA, "seek table: frame %zu "
			    "at offset %" PRId64 " claims %" PRIu32 " bytes "
			    "of content in %" PRIu32 ": too many", i, offset,
			    frame->raw_bytes, frame->compressed_bytes);
		offset += frame->compressed_bytes;
	}
	if (offset != table_offset)
		return err_set(err, EXIT_DATA, "seek table: its frames end at "
		    "offset %" PRId64 ", but it begins at %" PRId64, offset,
		    table_offset);
	return 0;
}

int
seek_table_parse(const void *table, size_t table_bytes, int64_t table_offset,
    struct seek_frame **out, size_t *count, struct err *err)
{
	const unsigned char *bytes = table;
	const unsigned char *footer = bytes + table_bytes -
	    SEEK_TABLE_FOOTER_BYTES;
	struct seek_frame *frames;

	if (get_32(bytes) != TABLE_MAGIC ||
	    get_32(bytes + 4) != table_bytes - SEEK_TABLE_HEADER_BYTES)
		return err_set(err, EXIT_DATA, "offset %" PRId64
		    ": no seek table, though the end of the file has its footer",
		    table_offset);
	*count = get_32(footer);
	frames = mem_new(*count, sizeof(*frames));
	if (read_entries(frames, *count, bytes + SEEK_TABLE_HEADER_BYTES,
	    entry_bytes(footer[4]), table_offset, err) < 0) {
		free(frames);
		return -1;
	}
	*out = frames;
	return 0;
}
