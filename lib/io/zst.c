/* SPDX-License-Identifier: ISC */
#include "io/zst.h"
#include "base/mem.h"
#include "base/require.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

/* How many frames may be compressed while the caller fills the next. */
#define SLOT_COUNT 2
/* One job a frame: smaller jobs would compress less well. */
#define JOB_BYTES (4 << 20)

struct slot {
	ZSTD_CCtx *context;
	struct buf text;   /* being compressed when not empty */
	ZSTD_inBuffer in;
	struct buf packed;
};

struct zst_writer {
	struct slot slots[SLOT_COUNT];
	size_t next;       /* the slot for the next frame; also the oldest */
	struct seek_frame *frames; /* written so far */
	size_t frame_count;
	size_t frame_size;
	zst_sink *sink;
	void *context;
};

struct zst_writer *
zst_writer_open(int level, zst_sink *sink, void *context)
{
	struct zst_writer *writer = mem_new(1, sizeof(*writer));

	REQUIRE(level >= ZSTD_minCLevel() && level <= ZSTD_maxCLevel());
	writer->sink = sink;
	writer->context = context;
	for (size_t i = 0; i < SLOT_COUNT; i++) {
		ZSTD_CCtx *compressor = ZSTD_createCCtx();

		if (compressor == NULL)
			mem_exhausted();
		ZSTD_CCtx_setParameter(compressor, ZSTD_c_compressionLevel,
		    level);
		ZSTD_CCtx_setParameter(compressor, ZSTD_c_checksumFlag, 1);
		/* A libzstd without threads refuses this; it then compresses
		 * in the caller's thread. */
		ZSTD_CCtx_setParameter(compressor, ZSTD_c_nbWorkers, 1);
		ZSTD_CCtx_setParameter(compressor, ZSTD_c_jobSize, JOB_BYTES);
		writer->slots[i].context = compressor;
	}
	return writer;
}

void
zst_writer_close(struct zst_writer *writer)
{
	if (writer == NULL)
		return;
	for (size_t i = 0; i < SLOT_COUNT; i++) {
		ZSTD_freeCCtx(writer->slots[i].context);
		buf_release(&writer->slots[i].text);
		buf_release(&writer->slots[i].packed);
	}
	free(writer->frames);
	free(writer);
}

static int
add_entry(struct zst_writer *writer, size_t compressed, size_t raw,
    struct err *err)
{
	struct seek_frame *frame;

	if (writer->frame_count >= SEEK_TABLE_MAX_FRAMES)
		return err_set(err, EXIT_DATA, "a file holds at most %d frames",
		    SEEK_TABLE_MAX_FRAMES);
	if (writer->frame_count == writer->frame_size) {
		writer->frame_size = 2 * writer->frame_size + 64;
		writer->frames = mem_resize(writer->frames, writer->frame_size,
		    sizeof(writer->frames[0]));
	}
	frame = &writer->frames[writer->frame_count++];
	frame->compressed_bytes = (uint32_t)compressed;
	frame->raw_bytes = (uint32_t)raw;
	return 0;
}

/* Waits for the frame of a slot and passes it to the sink. */
static int
drain_slot(struct zst_writer *writer, struct slot *slot, struct err *err)
{
	ZSTD_outBuffer out = { .dst = slot->packed.data,
		.size = slot->packed.size };
	size_t left;

	if (slot->text.len == 0)
		return 0;
	do {
		left = ZSTD_compressStream2(slot->context, &out, &slot->in,
		    ZSTD_e_end);
		if (ZSTD_isError(left))
			return err_set(err, EXIT_BUG, "zstd: %s",
			    ZSTD_getErrorName(left));
	} while (left > 0);
	if (add_entry(writer, out.pos, slot->text.len, err) < 0)
		return -1;
	buf_reset(&slot->text);
	return writer->sink(writer->context, out.dst, out.pos, err);
}

/* Starts to compress slot->text. Without room for output, the call leaves the
 * work to libzstd's thread and returns. */
static int
start_slot(struct slot *slot, struct err *err)
{
	ZSTD_outBuffer nothing = { 0 };
	size_t result;

	buf_reset(&slot->packed);
	buf_room(&slot->packed, ZSTD_compressBound(slot->text.len));
	slot->in = (ZSTD_inBuffer){ slot->text.data, slot->text.len, 0 };
	result = ZSTD_CCtx_setPledgedSrcSize(slot->context, slot->text.len);
	if (!ZSTD_isError(result))
		result = ZSTD_compressStream2(slot->context, &nothing,
		    &slot->in, ZSTD_e_end);
	if (ZSTD_isError(result))
		return err_set(err, EXIT_BUG, "zstd: %s",
		    ZSTD_getErrorName(result));
	return 0;
}

int
zst_writer_frame(struct zst_writer *writer, struct buf *text, struct err *err)
{
	struct slot *slot = &writer->slots[writer->next];
	struct buf taken;

	REQUIRE(text->len > 0 && text->len <= ZST_MAX_FRAME_BYTES);
	if (drain_slot(writer, slot, err) < 0)
		return -1;
	taken = *text;
	*text = slot->text;
	slot->text = taken;
	writer->next = (writer->next + 1) % SLOT_COUNT;
	return start_slot(slot, err);
}

static int
drain_all(struct zst_writer *writer, struct err *err)
{
	for (size_t i = 0; i < SLOT_COUNT; i++) {
		if (drain_slot(writer, &writer->slots[writer->next], err) < 0)
			return -1;
		writer->next = (writer->next + 1) % SLOT_COUNT;
	}
	return 0;
}

int
zst_writer_skippable(struct zst_writer *writer, const void *bytes, size_t len,
    struct err *err)
{
	size_t frame_bytes = SEEK_TABLE_HEADER_BYTES + len;
	struct buf header = BUF_EMPTY;
	int result;

	REQUIRE(len <= SEEK_TABLE_MAX_SKIPPABLE_BYTES - SEEK_TABLE_HEADER_BYTES);
	if (drain_all(writer, err) < 0 ||
	    add_entry(writer, frame_bytes, 0, err) < 0)
		return -1;
	seek_table_print_header(&header, SEEK_TABLE_SKIPPABLE_MAGIC,
	    (uint32_t)len);
	result = writer->sink(writer->context, header.data, header.len, err);
	buf_release(&header);
	return result < 0 ? -1 : writer->sink(writer->context, bytes, len, err);
}

int
zst_writer_finish(struct zst_writer *writer, struct err *err)
{
	struct buf table = BUF_EMPTY;
	int result;

	if (drain_all(writer, err) < 0)
		return -1;
	seek_table_print(&table, writer->frames, writer->frame_count);
	result = writer->sink(writer->context, table.data, table.len, err);
	buf_release(&table);
	return result;
}

struct zst_reader {
	int fd;
	int64_t file_bytes;
	struct seek_frame *frames;
	size_t frame_count;
	ZSTD_DCtx *context;
	struct buf packed;
};

/* Calls pread(2) until len bytes have been read. */
static int
read_at(const struct zst_reader *reader, int64_t offset, void *out, size_t len,
    struct err *err)
{
	char *next = out;

	while (len > 0) {
		ssize_t got = pread(reader->fd, next, len, offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_system(err, EXIT_IO, "offset %" PRId64,
			    offset);
		if (got == 0)
			return err_set(err, EXIT_DATA,
			    "ends early, at offset %" PRId64, offset);
		next += got;
		len -= (size_t)got;
		offset += got;
	}
	return 0;
}

static int
read_table(struct zst_reader *reader, struct err *err)
{
	unsigned char footer[SEEK_TABLE_FOOTER_BYTES], *table;
	int64_t table_offset;
	size_t table_bytes;
	int result = -1;

	if (reader->file_bytes < SEEK_TABLE_HEADER_BYTES + (int)sizeof(footer))
		return err_set(err, EXIT_DATA, "%" PRId64 " bytes are too few "
		    "for a seekable zstd file", reader->file_bytes);
	if (read_at(reader, reader->file_bytes - (int)sizeof(footer), footer,
	    sizeof(footer), err) < 0 ||
	    seek_table_parse_footer(footer, reader->file_bytes, &table_offset,
	    &table_bytes, err) < 0)
		return -1;
	table = mem_new(table_bytes, 1);
	if (read_at(reader, table_offset, table, table_bytes, err) == 0)
		result = seek_table_parse(table, table_bytes, table_offset,
		    &reader->frames, &reader->frame_count, err);
	free(table);
	return result;
}

int
zst_reader_open(struct zst_reader **out, const char *path, struct err *err)
{
	struct zst_reader *reader = mem_new(1, sizeof(*reader));
	struct stat status;

	/* O_NONBLOCK: opening a FIFO would wait for its writer. */
	reader->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (reader->fd < 0 || fstat(reader->fd, &status) < 0) {
		err_system(err, EXIT_NO_INPUT, "%s", path);
		goto fail;
	}
	if (!S_ISREG(status.st_mode)) {
		err_set(err, EXIT_NO_INPUT, "%s: not a regular file", path);
		goto fail;
	}
	reader->file_bytes = status.st_size;
	if (read_table(reader, err) < 0) {
		err_in(err, "%s", path);
		goto fail;
	}
	reader->context = ZSTD_createDCtx();
	if (reader->context == NULL)
		mem_exhausted();
	*out = reader;
	return 0;
fail:
	zst_reader_close(reader);
	return -1;
}

void
zst_reader_close(struct zst_reader *reader)
{
	if (reader == NULL)
		return;
	if (reader->fd >= 0)
		close(reader->fd);
	ZSTD_freeDCtx(reader->context);
	buf_release(&reader->packed);
	free(reader->frames);
	free(reader);
}

size_t
zst_reader_frame_count(const struct zst_reader *reader)
{
	return reader->frame_count;
}

const struct seek_frame *
zst_reader_frame(const struct zst_reader *reader, size_t i)
{
	REQUIRE(i < reader->frame_count);
	return &reader->frames[i];
}

void
zst_reader_forget_cache(struct zst_reader *reader)
{
	posix_fadvise(reader->fd, 0, 0, POSIX_FADV_DONTNEED);
}

static int
read_frame(struct zst_reader *reader, const struct seek_frame *frame, struct err *err)
{
	buf_reset(&reader->packed);
	buf_room(&reader->packed, frame->compressed_bytes);
	reader->packed.len = frame->compressed_bytes;
	return read_at(reader, frame->offset, reader->packed.data,
	    frame->compressed_bytes, err);
}

int
zst_reader_read(struct zst_reader *reader, size_t i, struct buf *out,
    struct err *err)
{
	const struct seek_frame *frame = zst_reader_frame(reader, i);
	const void *packed;
	size_t result;

	if (read_frame(reader, frame, err) < 0)
		return -1;
	packed = reader->packed.data;
	/* Exactly one frame, exactly as long as the seek table says. */
	if (ZSTD_findFrameCompressedSize(packed, frame->compressed_bytes) !=
	    frame->compressed_bytes ||
	    ZSTD_getFrameContentSize(packed, frame->compressed_bytes) !=
	    frame->raw_bytes)
		return err_set(err, EXIT_DATA, "offset %" PRId64 ": frame %zu "
		    "is not what the seek table says", frame->offset, i);
	buf_reset(out);
	buf_room(out, frame->raw_bytes);
	result = ZSTD_decompressDCtx(reader->context, out->data,
	    frame->raw_bytes, packed, frame->compressed_bytes);
	if (ZSTD_isError(result) || result != frame->raw_bytes)
		return err_set(err, EXIT_DATA, "offset %" PRId64
		    ": frame %zu is damaged: %s", frame->offset, i,
		    ZSTD_isError(result) ? ZSTD_getErrorName(result)
		    : "it unpacks to another length");
	out->len = frame->raw_bytes;
	out->data[out->len] = '\0';
	return 0;
}

int
zst_reader_read_skippable(struct zst_reader *reader, size_t i, struct buf *out,
    struct err *err)
{
	const struct seek_frame *frame = zst_reader_frame(reader, i);
	uint32_t payload_bytes;

	if (frame->raw_bytes == 0 &&
	    frame->compressed_bytes >= SEEK_TABLE_HEADER_BYTES) {
		if (read_frame(reader, frame, err) < 0)
			return -1;
		if (seek_table_parse_header(reader->packed.data,
		    &payload_bytes) == 0 && payload_bytes ==
		    frame->compressed_bytes - SEEK_TABLE_HEADER_BYTES) {
			buf_reset(out);
			buf_add(out, reader->packed.data +
			    SEEK_TABLE_HEADER_BYTES, payload_bytes);
			return 0;
		}
	}
	return err_set(err, EXIT_DATA, "offset %" PRId64
	    ": frame %zu is not a skippable frame", frame->offset, i);
}
