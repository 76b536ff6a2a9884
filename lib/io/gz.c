/* SPDX-License-Identifier: ISC */
#include "io/gz.h"
#include "base/mem.h"
#include "base/require.h"

#include <inttypes.h>
#include <stdlib.h>
#define ZLIB_CONST /* z_stream.next_in points to const */
#include <zlib.h>

/* The largest window of deflate; + 16 asks zlib for gzip's header and trailer. */
#define WINDOW_BITS (15 + 16)
/* z_stream counts in unsigned int. */
#define MAX_STEP_BYTES ((size_t)1 << 30)

static const unsigned char magic[] = { 0x1f, 0x8b };

struct gz {
	z_stream stream;
	int64_t offset;        /* in the file, of the next byte */
	int64_t member_offset; /* of the current member, or of the next one */
	bool is_padding;       /* the last member has ended */
	bool has_more;
};

/* Allocates for zlib, and ends the program when memory is exhausted. */
static voidpf
allocate_zeroed(voidpf context, uInt count, uInt size)
{
	(void)context;
	return mem_new(count, size);
}

static void
free_memory(voidpf context, voidpf memory)
{
	(void)context;
	free(memory);
}

struct gz *
gz_open(void)
{
	struct gz *gz = mem_new(1, sizeof(*gz));

	gz->stream.zalloc = allocate_zeroed;
	gz->stream.zfree = free_memory;
	if (inflateInit2(&gz->stream, WINDOW_BITS) != Z_OK)
		mem_exhausted();
	return gz;
}

void
gz_close(struct gz *gz)
{
	if (gz == NULL)
		return;
	inflateEnd(&gz->stream);
	free(gz);
}

bool
gz_has_more(const struct gz *gz)
{
	return gz->has_more;
}

/* Skips zero bytes; any other is an error. */
static int
skip_padding(struct gz *gz, const unsigned char **in, size_t *in_len,
    struct err *err)
{
	while (*in_len > 0 && **in == 0) {
		(*in)++;
		(*in_len)--;
		gz->offset++;
	}
	if (*in_len > 0)
		return err_set(err, EXIT_DATA, "byte %" PRId64 ": neither "
		    "padding nor the end of the input; the last gzip member "
		    "ends at byte %" PRId64, gz->offset,
		    gz->member_offset);
	return 0;
}

/* Checks the bytes of the magic number, which may arrive one by one. */
static int
check_magic(struct gz *gz, const unsigned char *in, size_t in_len,
    struct err *err)
{
	int64_t seen = gz->offset - gz->member_offset;

	if (seen == 0 && gz->member_offset > 0 && in[0] == 0) {
		gz->is_padding = true;
		return 0;
	}
	for (; seen < (int64_t)sizeof(magic) && in_len > 0; seen++, in_len--)
		if (*in++ != magic[seen])
			return err_set(err, EXIT_DATA, "byte %" PRId64
			    ": neither a gzip member nor the end of the input",
			    gz->member_offset);
	return 0;
}

static int
report_damage(const struct gz *gz, struct err *err)
{
	return err_set(err, EXIT_DATA, "byte %" PRId64 ": damaged gzip data (%s); "
	    "what was read from the member that begins at byte %" PRId64
	    " may be wrong", gz->offset,
	    gz->stream.msg != NULL ? gz->stream.msg : "no reason given",
	    gz->member_offset);
}

/* Calls zlib once, which stops at the end of the member. */
static int
inflate_some(struct gz *gz, const unsigned char **in, size_t *in_len,
    unsigned char **out, size_t *room, struct err *err)
{
	z_stream *stream = &gz->stream;
	size_t most_in = *in_len < MAX_STEP_BYTES ? *in_len : MAX_STEP_BYTES;
	size_t most_out = *room < MAX_STEP_BYTES ? *room : MAX_STEP_BYTES;
	size_t taken, given;
	int result;

	stream->next_in = *in;
	stream->avail_in = (uInt)most_in;
	stream->next_out = *out;
	stream->avail_out = (uInt)most_out;
	result = inflate(stream, Z_NO_FLUSH);
	taken = most_in - stream->avail_in;
	given = most_out - stream->avail_out;
	*in += taken;
	*in_len -= taken;
	*out += given;
	*room -= given;
	gz->offset += (int64_t)taken;
	gz->has_more = stream->avail_out == 0 && result != Z_STREAM_END;
	if (result == Z_STREAM_END) {
		gz->member_offset = gz->offset;
		result = inflateReset(stream);
	}
	/* Z_BUF_ERROR only means that zlib could do nothing in this call. */
	return result == Z_OK || result == Z_BUF_ERROR ? 0 : report_damage(gz, err);
}

int
gz_decode(struct gz *gz, const unsigned char **in, size_t *in_len,
    unsigned char **out, size_t *room, struct err *err)
{
	while (*room > 0 && (*in_len > 0 || gz->has_more)) {
		if (!gz->is_padding && *in_len > 0 &&
		    check_magic(gz, *in, *in_len, err) < 0)
			return -1;
		if (gz->is_padding)
			return skip_padding(gz, in, in_len, err);
		if (inflate_some(gz, in, in_len, out, room, err) < 0)
			return -1;
	}
	return 0;
}

int
gz_end(const struct gz *gz, struct err *err)
{
	if (gz->offset == gz->member_offset || gz->is_padding)
		return 0;
	return err_set(err, EXIT_DATA, "ends within a gzip member at byte %" PRId64
	    "; it was cut short there or is still being written (the "
	    "member begins at byte %" PRId64 ")", gz->offset, gz->member_offset);
}

void
gz_pack(const void *bytes, size_t len, struct buf *out)
{
	z_stream stream = { .zalloc = allocate_zeroed, .zfree = free_memory };
	size_t bound;
	int result;

	REQUIRE(len <= MAX_STEP_BYTES);
	if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_BITS,
	    MAX_MEM_LEVEL - 1, Z_DEFAULT_STRATEGY) != Z_OK)
		mem_exhausted();
	/* With room for all of it, one call packs the whole text. */
	bound = deflateBound(&stream, len);
	stream.next_in = bytes;
	stream.avail_in = (uInt)len;
	stream.next_out = (unsigned char *)buf_room(out, bound);
	stream.avail_out = (uInt)bound;
	result = deflate(&stream, Z_FINISH);
	REQUIRE(result == Z_STREAM_END);
	out->len += stream.total_out;
	out->data[out->len] = '\0';
	deflateEnd(&stream);
}
