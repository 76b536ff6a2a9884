/* SPDX-License-Identifier: ISC
 *
 * input_sample -- for the tests of read/input: texts and their compressed bytes, which
 * are read in pieces of any size, and how reading ended.
 */
#ifndef TESTS_UNIT_READ_INPUT_SAMPLE_H
#define TESTS_UNIT_READ_INPUT_SAMPLE_H

#include "base/buf.h"
#include "read/input.h"
#include "tests/unit/random.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>
#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LINE_COUNT 40

/* Where a flush of the compressor ended: all bytes before it can be
 * decompressed. */
struct place {
	size_t packed, raw;
};

struct sample {
	struct buf raw, packed;
	struct place places[LINE_COUNT + 1];
	size_t place_count;
};

/* How reading ended. */
struct outcome {
	struct buf out;
	int64_t result; /* 0 or -1 */
	struct err err;
	enum input_format format;
	int64_t read_bytes;
};

static inline void
sample_release(struct sample *sample)
{
	buf_release(&sample->raw);
	buf_release(&sample->packed);
}

static inline void
outcome_release(struct outcome *outcome)
{
	buf_release(&outcome->out);
}

/* Adds a line that compresses, but not to almost nothing. */
static inline void
add_line(struct buf *out, int i)
{
	buf_printf(out, "{\"type\":\"http\",\"ts_ms\":%d,\"bytes\":%d,\"id\":\"%llx\"}\n",
	    1700000000 + i, i * i, (unsigned long long)random_next());
}

static inline void
add_place(struct sample *sample)
{
	assert_true(sample->place_count < COUNT(sample->places));
	sample->places[sample->place_count++] =
	    (struct place){ sample->packed.len, sample->raw.len };
}

/* Adds a gzip member of text, and a place for each flush. */
static inline void
add_gzip(struct sample *sample, const char *text, size_t len, int flush)
{
	z_stream stream = { 0 };
	struct buf *packed = &sample->packed;

	assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8,
	    Z_DEFAULT_STRATEGY), Z_OK);
	stream.next_in = (const unsigned char *)text;
	stream.avail_in = (uInt)len;
	stream.avail_out = (uInt)(deflateBound(&stream, len) + 100);
	stream.next_out = (unsigned char *)buf_room(packed, stream.avail_out);
	assert_int_equal(deflate(&stream, flush), Z_OK);
	if (flush != Z_NO_FLUSH) {
		packed->len += stream.total_out;
		buf_add(&sample->raw, text, len);
		add_place(sample);
		packed->len -= stream.total_out;
	}
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	packed->len += stream.total_out;
	if (flush == Z_NO_FLUSH)
		buf_add(&sample->raw, text, len);
	add_place(sample);
	deflateEnd(&stream);
}

/* Adds a frame of lines, with one block per line. */
static inline void
add_zstd_lines(struct sample *sample, int line_count, int checksum)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();
	struct buf *raw = &sample->raw, *packed = &sample->packed;

	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum);
	for (int i = 0; i < line_count; i++) {
		size_t before = raw->len;
		ZSTD_inBuffer in = { NULL, 0, 0 };
		ZSTD_outBuffer out = { NULL, 0, 0 };

		add_line(raw, i);
		in.src = raw->data + before;
		in.size = raw->len - before;
		out.dst = buf_room(packed, 1000);
		out.size = 1000;
		assert_int_equal(ZSTD_compressStream2(context, &out, &in,
		    i + 1 < line_count ? ZSTD_e_flush : ZSTD_e_end), 0);
		packed->len += out.pos;
		add_place(sample);
	}
	ZSTD_freeCCtx(context);
}

static inline void
add_zstd(struct sample *sample, const char *text, size_t len, int window_bits)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();
	struct buf *packed = &sample->packed;
	size_t room = ZSTD_compressBound(len);
	ZSTD_inBuffer in = { text, len, 0 };
	ZSTD_outBuffer out = { buf_room(packed, room), room, 0 };

	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	/* Without the content size, so that the window size is in the frame. */
	ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
	if (window_bits > 0)
		ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_bits);
	/* In two calls; in one, libzstd would use the size as the window size. */
	in.size = len / 2;
	assert_false(ZSTD_isError(ZSTD_compressStream2(context, &out, &in,
	    ZSTD_e_continue)));
	in.size = len;
	assert_int_equal(ZSTD_compressStream2(context, &out, &in, ZSTD_e_end), 0);
	packed->len += out.pos;
	ZSTD_freeCCtx(context);
	buf_add(&sample->raw, text, len);
	add_place(sample);
}

static inline void
add_skippable(struct sample *sample, size_t len)
{
	const char header[] = { 0x5a, 0x2a, 0x4d, 0x18, (char)len, (char)(len >> 8), 0, 0 };

	buf_add(&sample->packed, header, sizeof(header));
	for (size_t i = 0; i < len; i++)
		buf_add_char(&sample->packed, (char)i);
	add_place(sample);
}

/* Reads what is available without waiting. Returns the last result. */
static inline int64_t
drain(struct input *input, struct outcome *outcome, size_t most_room)
{
	int64_t got;

	do {
		size_t room = 1 + random_below(most_room);
		bool was_ready = input_is_ready(input);

		got = input_read(input, buf_room(&outcome->out, room), room,
		    &outcome->err);
		assert_true(got <= (int64_t)room);
		if (got > 0)
			outcome->out.len += (size_t)got;
		else
			assert_true(got < 0 || !was_ready);
	} while (got > 0);
	assert_false(got == INPUT_WAIT && input_is_ready(input));
	outcome->format = input_format(input);
	outcome->read_bytes = input_read_bytes(input);
	return got;
}

/* Writes the bytes to a pipe, in pieces of at most piece bytes, and reads them,
 * at most most_room bytes at a time. */
static inline void
read_pieces(const char *bytes, size_t len, size_t piece, size_t most_room,
    struct outcome *outcome)
{
	int fds[2];
	struct input *input;
	int64_t got = INPUT_WAIT;

	memset(outcome, 0, sizeof(*outcome));
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	input = input_open(fds[0]);
	while (len > 0 && got == INPUT_WAIT) {
		size_t some = len < piece ? len : piece;

		assert_int_equal(write(fds[1], bytes, some), some);
		bytes += some;
		len -= some;
		got = drain(input, outcome, most_room);
	}
	close(fds[1]);
	/* Once for the bytes left in the pipe, once for its end. */
	for (int i = 0; i < 2 && got == INPUT_WAIT; i++)
		got = drain(input, outcome, most_room);
	outcome->result = got;
	input_close(input);
	close(fds[0]);
}

static inline void
assert_text(const struct outcome *outcome, const struct buf *raw)
{
	if (outcome->result != 0)
		fail_msg("%s", outcome->err.text);
	assert_int_equal(outcome->out.len, raw->len);
	if (raw->len > 0)
		assert_memory_equal(outcome->out.data, raw->data, raw->len);
}

static inline void
assert_reads(const struct sample *sample, enum input_format format)
{
	static const size_t pieces[] = { 1, 2, 7, 4096 };
	static const size_t rooms[] = { 1, 100, 1 << 20 };

	for (size_t i = 0; i < COUNT(pieces) * COUNT(rooms); i++) {
		struct outcome outcome;

		read_pieces(buf_text(&sample->packed), sample->packed.len,
		    pieces[i % COUNT(pieces)], rooms[i / COUNT(pieces)],
		    &outcome);
		assert_text(&outcome, &sample->raw);
		assert_int_equal(outcome.format, format);
		assert_int_equal(outcome.read_bytes, sample->packed.len);
		outcome_release(&outcome);
	}
}

static inline void
assert_fails(const struct sample *sample, const char *words)
{
	struct outcome outcome;

	read_pieces(sample->packed.data, sample->packed.len, 4096, 1 << 16,
	    &outcome);
	assert_int_equal(outcome.result, -1);
	assert_int_equal(outcome.err.exit_code, EXIT_DATA);
	assert_string_equal(outcome.err.text, words);
	assert_int_equal(outcome.out.len, sample->raw.len);
	outcome_release(&outcome);
}

static inline void
make_lines(struct buf *out, int count)
{
	for (int i = 0; i < count; i++)
		add_line(out, i);
}

static inline void
make_gzip(struct sample *sample)
{
	struct buf text = BUF_EMPTY;

	for (int i = 0; i < 3; i++) {
		buf_reset(&text);
		make_lines(&text, 3 * i);
		add_gzip(sample, buf_text(&text), text.len, Z_SYNC_FLUSH);
	}
	buf_release(&text);
}

/* Returns how many bytes of text must come from the first len bytes of a
 * sample. */
static inline size_t
raw_before(const struct sample *sample, size_t len)
{
	size_t raw = 0;

	for (size_t i = 0; i < sample->place_count; i++)
		if (sample->places[i].packed <= len)
			raw = sample->places[i].raw;
	return raw;
}

static inline void
assert_beginning(const struct sample *sample, size_t good_bytes,
    const struct outcome *outcome)
{
	assert_true(outcome->out.len >= raw_before(sample, good_bytes));
	assert_true(outcome->out.len <= sample->raw.len);
	if (outcome->out.len > 0)
		assert_memory_equal(outcome->out.data, sample->raw.data,
		    outcome->out.len);
}

#endif
