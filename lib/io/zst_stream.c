/* SPDX-License-Identifier: ISC */
#include "io/zst_stream.h"
#include "base/mem.h"
#include "base/require.h"

#include <inttypes.h>
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define MAGIC_BYTES 4
#define BLOCK_HEADER_BYTES 3

struct zst_stream {
	ZSTD_DCtx *context;
	int64_t offset;       /* in the file, of the next byte */
	int64_t frame_offset; /* of the current frame, or of the next one */
	unsigned char first;  /* the first byte of its magic number */
	size_t wanted_bytes;  /* libzstd's hint, 0 at the start of a frame */
	bool has_more;
};

struct zst_stream *
zst_stream_open(void)
{
	struct zst_stream *stream = mem_new(1, sizeof(*stream));

	stream->context = ZSTD_createDCtx();
	if (stream->context == NULL)
		mem_exhausted();
	REQUIRE(!ZSTD_isError(ZSTD_DCtx_setParameter(stream->context,
	    ZSTD_d_windowLogMax, ZST_STREAM_WINDOW_BITS)));
	return stream;
}

void
zst_stream_close(struct zst_stream *stream)
{
	if (stream == NULL)
		return;
	ZSTD_freeDCtx(stream->context);
	free(stream);
}

bool
zst_stream_has_more(const struct zst_stream *stream)
{
	return stream->has_more;
}

/* Whether byte may be byte i of a magic number that begins with first: of a
 * frame or of one of the 16 kinds of skippable frames, little-endian. */
static bool
is_magic(int64_t i, unsigned char byte, unsigned char first)
{
	static const unsigned char frame[] = { 0x28, 0xb5, 0x2f, 0xfd };
	static const unsigned char skippable[] = { 0x50, 0x2a, 0x4d, 0x18 };

	if (i == 0)
		return byte == frame[0] || (byte & 0xf0) == skippable[0];
	return byte == (first == frame[0] ? frame : skippable)[i];
}

/* Checks the bytes of the magic number, which may arrive one by one, because
 * libzstd would also accept formats older than RFC 8878. */
static int
check_magic(struct zst_stream *stream, const unsigned char *in, size_t in_len,
    struct err *err)
{
	int64_t seen = stream->offset - stream->frame_offset;

	for (; seen < MAGIC_BYTES && in_len > 0; seen++, in_len--, in++) {
		if (seen == 0)
			stream->first = *in;
		if (!is_magic(seen, *in, stream->first))
			return err_set(err, EXIT_DATA, "byte %" PRId64
			    ": neither a zstd frame nor the end of the input",
			    stream->frame_offset);
	}
	return 0;
}

static int
report_damage(const struct zst_stream *stream, size_t result, struct err *err)
{
	switch (ZSTD_getErrorCode(result)) {
	case ZSTD_error_frameParameter_windowTooLarge:
		return err_set(err, EXIT_DATA, "byte %" PRId64 ": a zstd frame "
		    "that needs more than %d MiB of memory; decompress it first: "
		    "zstd -dc --long=31 FILE | tel-ingest",
		    stream->frame_offset, 1 << (ZST_STREAM_WINDOW_BITS - 20));
	case ZSTD_error_dictionary_wrong:
		return err_set(err, EXIT_DATA, "byte %" PRId64 ": a zstd frame "
		    "that needs a dictionary; decompress it first: "
		    "zstd -dc -D DICTIONARY FILE | tel-ingest",
		    stream->frame_offset);
	case ZSTD_error_memory_allocation:
		return err_set(err, EXIT_IO, "byte %" PRId64 ": out of memory "
		    "for a zstd frame, which may need %d MiB",
		    stream->frame_offset, 1 << (ZST_STREAM_WINDOW_BITS - 20));
	default:
		return err_set(err, EXIT_DATA, "byte %" PRId64 ": damaged zstd "
		    "data (%s); what was read from the frame that begins at "
		    "byte %" PRId64 " may be wrong", stream->offset,
		    ZSTD_getErrorName(result), stream->frame_offset);
	}
}

/* How many bytes to pass to libzstd in one call: at most the block that it
 * waits for. A call that fails does not say how much it had written before, so
 * a call must not have both a good block and a bad one. libzstd's hint is for a
 * block and the header of the next. */
static size_t
feed_bytes(const struct zst_stream *stream, size_t in_len)
{
	size_t most = stream->wanted_bytes;

	if (stream->has_more)
		return 0;
	if (most == 0)
		most = MAGIC_BYTES;
	else if (most > BLOCK_HEADER_BYTES)
		most -= BLOCK_HEADER_BYTES;
	return in_len < most ? in_len : most;
}

/* Calls libzstd once. */
static int
decompress_some(struct zst_stream *stream, ZSTD_inBuffer *from, ZSTD_outBuffer *to,
    struct err *err)
{
	size_t result = ZSTD_decompressStream(stream->context, to, from);

	if (ZSTD_isError(result))
		return report_damage(stream, result, err);
	stream->offset += (int64_t)from->pos;
	stream->wanted_bytes = result;
	stream->has_more = result > 0 && to->pos == to->size;
	if (result == 0)
		stream->frame_offset = stream->offset;
	return 0;
}

int
zst_stream_decode(struct zst_stream *stream, const unsigned char **in,
    size_t *in_len, unsigned char **out, size_t *room, struct err *err)
{
	ZSTD_outBuffer to = { .dst = *out, .size = *room };
	int result = 0;

	while (result == 0 && to.pos < to.size &&
	    (*in_len > 0 || stream->has_more)) {
		ZSTD_inBuffer from = { .src = *in,
			.size = feed_bytes(stream, *in_len) };

		result = check_magic(stream, *in, from.size, err);
		if (result == 0)
			result = decompress_some(stream, &from, &to, err);
		*in += from.pos;
		*in_len -= from.pos;
	}
	*out += to.pos;
	*room -= to.pos;
	return result;
}

int
zst_stream_end(const struct zst_stream *stream, struct err *err)
{
	if (stream->offset == stream->frame_offset)
		return 0;
	return err_set(err, EXIT_DATA, "ends within a zstd frame at byte %" PRId64
	    "; it was cut short there or is still being written (the "
	    "frame begins at byte %" PRId64 ")", stream->offset,
	    stream->frame_offset);
}
