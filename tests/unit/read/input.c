/* SPDX-License-Identifier: ISC
 *
 * input: compressed bytes come out decompressed, whatever the size of the pieces
 * they come in. Damage, or an end that is too early, is reported after all bytes
 * before it.
 */
#include "base/buf.h"
#include "read/input.h"
#include "tests/unit/random.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <termios.h>
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

static void
sample_release(struct sample *sample)
{
	buf_release(&sample->raw);
	buf_release(&sample->packed);
}

static void
outcome_release(struct outcome *outcome)
{
	buf_release(&outcome->out);
}

/* Adds a line that compresses, but not to almost nothing. */
static void
add_line(struct buf *out, int i)
{
	buf_printf(out, "{\"type\":\"http\",\"ts_ms\":%d,\"bytes\":%d,\"id\":\"%llx\"}\n",
	    1700000000 + i, i * i, (unsigned long long)random_next());
}

static void
add_place(struct sample *sample)
{
	assert_true(sample->place_count < COUNT(sample->places));
	sample->places[sample->place_count++] =
	    (struct place){ sample->packed.len, sample->raw.len };
}

/* Adds a gzip member of text, and a place for each flush. */
static void
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
static void
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

static void
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

static void
add_skippable(struct sample *sample, size_t len)
{
	const char header[] = { 0x5a, 0x2a, 0x4d, 0x18, (char)len, (char)(len >> 8), 0, 0 };

	buf_add(&sample->packed, header, sizeof(header));
	for (size_t i = 0; i < len; i++)
		buf_add_char(&sample->packed, (char)i);
	add_place(sample);
}

/* Reads what is available without waiting. Returns the last result. */
static int64_t
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
static void
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

static void
assert_text(const struct outcome *outcome, const struct buf *raw)
{
	if (outcome->result != 0)
		fail_msg("%s", outcome->err.text);
	assert_int_equal(outcome->out.len, raw->len);
	if (raw->len > 0)
		assert_memory_equal(outcome->out.data, raw->data, raw->len);
}

static void
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

static void
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

static void
make_lines(struct buf *out, int count)
{
	for (int i = 0; i < count; i++)
		add_line(out, i);
}

static void
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

static void
plain_input_is_unchanged(void **state)
{
	static const char *const texts[] = { "", "{", "{}\n", "\x1f", "\x1f{", "(",
		"(\xb5", "(\xb5/", "(\xb5/\n", "[", "[*M", "[*M\n", "P*M\x19", "\n\n\n\n\n\n" };
	struct sample sample = { .place_count = 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		buf_reset(&sample.raw);
		buf_add_text(&sample.raw, texts[i]);
		buf_reset(&sample.packed);
		buf_add_text(&sample.packed, texts[i]);
		assert_reads(&sample, INPUT_PLAIN);
	}
	buf_reset(&sample.raw);
	make_lines(&sample.raw, 300);
	buf_reset(&sample.packed);
	buf_add(&sample.packed, sample.raw.data, sample.raw.len);
	assert_reads(&sample, INPUT_PLAIN);
	sample_release(&sample);
}

static void
a_format_is_recognized_from_few_bytes(void **state)
{
	struct input *input;
	struct err err;
	char out[16];
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	input = input_open(fds[0]);
	assert_int_equal(input_read(input, out, sizeof(out), &err), INPUT_WAIT);
	assert_int_equal(write(fds[1], "{", 1), 1);
	assert_int_equal(input_read(input, out, sizeof(out), &err), 1);
	assert_false(input_is_ready(input));
	assert_int_equal(input_read(input, out, sizeof(out), &err), INPUT_WAIT);
	/* Then straight from the pipe, and never more than fits. */
	assert_int_equal(write(fds[1], "\x1f\x8b", 2), 2);
	assert_int_equal(input_read(input, out, 1, &err), 1);
	assert_int_equal(input_read_bytes(input), 2);
	assert_int_equal(input_read(input, out, 1, &err), 1);
	input_close(input);

	input = input_open(fds[0]);
	assert_int_equal(write(fds[1], "\x28", 1), 1);
	assert_int_equal(input_read(input, out, sizeof(out), &err), INPUT_WAIT);
	assert_false(input_is_ready(input));
	assert_int_equal(write(fds[1], "\xb5\x2f", 2), 2);
	assert_int_equal(input_read(input, out, sizeof(out), &err), INPUT_WAIT);
	assert_int_equal(input_format(input), INPUT_PLAIN);
	assert_int_equal(write(fds[1], "\xfd", 1), 1);
	assert_int_equal(input_read(input, out, sizeof(out), &err), INPUT_WAIT);
	assert_int_equal(input_format(input), INPUT_ZSTD);
	input_close(input);
	input_close(NULL);
	close(fds[0]);
	close(fds[1]);
}

static void
a_blocking_pipe_is_read_once_per_call(void **state)
{
	struct sample sample = { .place_count = 0 };
	struct outcome outcome = { .result = 0 };
	struct input *input;
	int fds[2];

	(void)state;
	add_zstd_lines(&sample, 5, 1);
	assert_int_equal(pipe(fds), 0);
	input = input_open(fds[0]);
	/* The pipe is still open for writing: a second read would wait for
	 * ever. */
	assert_int_equal(write(fds[1], sample.packed.data, 5), 5);
	alarm(20);
	assert_int_equal(drain(input, &outcome, 100), INPUT_WAIT);
	assert_int_equal(outcome.read_bytes, 4);
	assert_int_equal(drain(input, &outcome, 100), INPUT_WAIT);
	assert_int_equal(outcome.read_bytes, 5);
	alarm(0);
	input_close(input);
	close(fds[0]);
	close(fds[1]);
	outcome_release(&outcome);
	sample_release(&sample);
}

static void
gzip_members_are_one_text(void **state)
{
	struct sample sample = { .place_count = 0 };

	(void)state;
	make_gzip(&sample);
	assert_reads(&sample, INPUT_GZIP);
	/* Padding, as on tapes. */
	for (int i = 0; i < 5000; i++)
		buf_add_char(&sample.packed, '\0');
	assert_reads(&sample, INPUT_GZIP);
	sample_release(&sample);
}

static void
zstd_frames_are_one_text(void **state)
{
	struct sample sample = { .place_count = 0 };

	(void)state;
	add_skippable(&sample, 3);
	add_zstd_lines(&sample, 10, 1);
	add_skippable(&sample, 0);
	add_zstd(&sample, "", 0, 0);
	add_zstd_lines(&sample, 10, 0);
	add_skippable(&sample, 300);
	assert_reads(&sample, INPUT_ZSTD);
	sample_release(&sample);
}

static void
compressed_empty_text_is_empty(void **state)
{
	struct sample sample = { .place_count = 0 };

	(void)state;
	add_gzip(&sample, "", 0, Z_NO_FLUSH);
	assert_reads(&sample, INPUT_GZIP);
	sample_release(&sample);
	memset(&sample, 0, sizeof(sample));
	add_skippable(&sample, 9);
	assert_reads(&sample, INPUT_ZSTD);
	sample_release(&sample);
}

/* Longer than every buffer: whole windows and many blocks. */
static void
long_texts_are_complete(void **state)
{
	struct buf text = BUF_EMPTY;

	(void)state;
	make_lines(&text, 20000);
	for (int is_gzip = 0; is_gzip < 2; is_gzip++) {
		struct sample sample = { .place_count = 0 };
		struct outcome outcome;

		if (is_gzip)
			add_gzip(&sample, text.data, text.len, Z_NO_FLUSH);
		else
			add_zstd(&sample, text.data, text.len, 17);
		read_pieces(sample.packed.data, sample.packed.len, 4096, 3000, &outcome);
		assert_text(&outcome, &text);
		outcome_release(&outcome);
		sample_release(&sample);
	}
	buf_release(&text);
}

/* Returns how many bytes of text must come from the first len bytes of a
 * sample. */
static size_t
raw_before(const struct sample *sample, size_t len)
{
	size_t raw = 0;

	for (size_t i = 0; i < sample->place_count; i++)
		if (sample->places[i].packed <= len)
			raw = sample->places[i].raw;
	return raw;
}

static void
assert_beginning(const struct sample *sample, size_t good_bytes,
    const struct outcome *outcome)
{
	assert_true(outcome->out.len >= raw_before(sample, good_bytes));
	assert_true(outcome->out.len <= sample->raw.len);
	if (outcome->out.len > 0)
		assert_memory_equal(outcome->out.data, sample->raw.data,
		    outcome->out.len);
}

/* Whether a member or frame ends at len. */
static bool
is_whole(const size_t *ends, size_t end_count, size_t len)
{
	for (size_t i = 0; i < end_count; i++)
		if (ends[i] == len)
			return true;
	return false;
}

/* The sizes of reads are small too, so that no byte may stay in a decoder. */
static void
assert_early_ends_are_reported(const struct sample *sample, const size_t *ends,
    size_t end_count, const char *what)
{
	static const struct {
		size_t piece, room;
	} ways[] = { { 4096, 1 << 16 }, { 1, 1 << 16 }, { 4096, 1 }, { 1, 1 } };
	char words[80];

	for (size_t cut = 4; cut <= sample->packed.len; cut++) {
		size_t given_bytes = 0;

		snprintf(words, sizeof(words), "ends within a %s at byte %zu; ", what,
		    cut);
		for (size_t i = 0; i < COUNT(ways); i++) {
			struct outcome outcome;

			read_pieces(sample->packed.data, cut, ways[i].piece,
			    ways[i].room, &outcome);
			assert_beginning(sample, cut, &outcome);
			if (i == 0)
				given_bytes = outcome.out.len;
			assert_int_equal(outcome.out.len, given_bytes);
			if (is_whole(ends, end_count, cut)) {
				assert_int_equal(outcome.result, 0);
			} else {
				assert_int_equal(outcome.result, -1);
				assert_int_equal(outcome.err.exit_code, EXIT_DATA);
				assert_memory_equal(outcome.err.text, words,
				    strlen(words));
			}
			outcome_release(&outcome);
		}
	}
}

static void
every_early_end_is_reported(void **state)
{
	struct sample sample = { .place_count = 0 };
	size_t ends[3];

	(void)state;
	make_gzip(&sample);
	/* Each member has two places: after its text and at its end. */
	for (size_t i = 0; i < 3; i++)
		ends[i] = sample.places[2 * i + 1].packed;
	assert_early_ends_are_reported(&sample, ends, 3, "gzip member");
	sample_release(&sample);
	memset(&sample, 0, sizeof(sample));
	for (size_t i = 0; i < 2; i++) {
		add_zstd_lines(&sample, 8, i == 0);
		ends[i] = sample.packed.len;
	}
	add_skippable(&sample, 20);
	ends[2] = sample.packed.len;
	assert_early_ends_are_reported(&sample, ends, 3, "zstd frame");
	sample_release(&sample);
}

/* Flips each bit, one at a time, after the magic number of a single member or
 * frame. */
static void
assert_flips_are_reported(struct sample *sample)
{
	int reported_count = 0, harmless_count = 0;

	for (size_t at = 4; at < sample->packed.len; at++) {
		for (int bit = 0; bit < 8; bit++) {
			struct outcome outcome;

			sample->packed.data[at] ^= (char)(1 << bit);
			read_pieces(sample->packed.data, sample->packed.len,
			    1 + random_below(4096), 1 << 16, &outcome);
			sample->packed.data[at] ^= (char)(1 << bit);
			if (outcome.result == 0) {
				assert_text(&outcome, &sample->raw);
				harmless_count++;
			} else {
				assert_int_equal(outcome.err.exit_code, EXIT_DATA);
				reported_count++;
			}
			outcome_release(&outcome);
		}
	}
	assert_true(reported_count > 8 * harmless_count);
}

static void
every_flipped_bit_is_reported(void **state)
{
	struct sample sample = { .place_count = 0 };
	struct buf text = BUF_EMPTY;

	(void)state;
	make_lines(&text, 10);
	add_gzip(&sample, text.data, text.len, Z_NO_FLUSH);
	assert_flips_are_reported(&sample);
	sample_release(&sample);
	memset(&sample, 0, sizeof(sample));
	add_zstd(&sample, text.data, text.len, 0);
	assert_flips_are_reported(&sample);
	sample_release(&sample);
	memset(&sample, 0, sizeof(sample));
	add_zstd_lines(&sample, 6, 1);
	assert_flips_are_reported(&sample);
	sample_release(&sample);
	buf_release(&text);
}

/* A block of an invalid type, read together with valid ones. */
static void
bytes_before_the_damage_are_read(void **state)
{
	struct sample sample = { .place_count = 0 };

	(void)state;
	add_zstd_lines(&sample, LINE_COUNT, 1);
	for (size_t i = 0; i + 1 < sample.place_count; i++) {
		size_t at = sample.places[i].packed;
		static const size_t rooms[] = { 1, 50, 1 << 16 };
		char was = sample.packed.data[at];

		sample.packed.data[at] |= 6;
		for (size_t k = 0; k < COUNT(rooms); k++) {
			struct outcome outcome;

			read_pieces(sample.packed.data, sample.packed.len, 4096,
			    rooms[k], &outcome);
			assert_int_equal(outcome.result, -1);
			assert_int_equal(outcome.out.len, sample.places[i].raw);
			assert_beginning(&sample, at, &outcome);
			outcome_release(&outcome);
		}
		sample.packed.data[at] = was;
	}
	sample_release(&sample);
}

static void
garbage_is_reported(void **state)
{
	struct sample sample = { .place_count = 0 };
	char words[200];
	size_t len;

	(void)state;
	add_gzip(&sample, "x\n", 2, Z_NO_FLUSH);
	len = sample.packed.len;
	buf_add_text(&sample.packed, "garbage");
	snprintf(words, sizeof(words),
	    "byte %zu: neither a gzip member nor the end of the input", len);
	assert_fails(&sample, words);
	sample.packed.len = len;
	buf_add(&sample.packed, "\0\0\0\x1f\x8b", 5);
	snprintf(words, sizeof(words), "byte %zu: neither padding nor the end of the "
	    "input; the last gzip member ends at byte %zu", len + 3, len);
	assert_fails(&sample, words);
	sample_release(&sample);
	memset(&sample, 0, sizeof(sample));
	add_zstd_lines(&sample, 2, 1);
	len = sample.packed.len;
	/* The magic number of zstd 0.7, which libzstd may accept. */
	buf_add(&sample.packed, "\x27\xb5\x2f\xfd 12345", 10);
	snprintf(words, sizeof(words),
	    "byte %zu: neither a zstd frame nor the end of the input", len);
	assert_fails(&sample, words);
	sample_release(&sample);
}

static void
a_wrong_checksum_is_reported(void **state)
{
	struct sample sample = { .place_count = 0 };

	(void)state;
	add_gzip(&sample, "x\n", 2, Z_NO_FLUSH);
	sample.packed.data[sample.packed.len - 8] ^= 1;
	assert_fails(&sample, "byte 18: damaged gzip data (incorrect data check); what "
	    "was read from the member that begins at byte 0 may be wrong");
	sample_release(&sample);
}

static void
large_windows_are_refused(void **state)
{
	struct buf text = BUF_EMPTY;
	struct sample sample = { .place_count = 0 };

	(void)state;
	make_lines(&text, 10);
	add_zstd(&sample, text.data, text.len, 24);
	assert_reads(&sample, INPUT_ZSTD);
	sample_release(&sample);
	memset(&sample, 0, sizeof(sample));
	add_zstd(&sample, text.data, text.len, 25);
	buf_reset(&sample.raw);
	assert_fails(&sample, "byte 0: a zstd frame that needs more than 16 MiB of memory; "
	    "unpack it outside: zstd -dc --long=31 FILE | tel-ingest");
	sample_release(&sample);
	buf_release(&text);
}

static void
dictionaries_are_refused(void **state)
{
	/* Flags: dictionary of 1 byte, one segment; dictionary 7; 1 byte raw. */
	static const char frame[] = "\x28\xb5\x2f\xfd\x21\x07\x01\x09\x00\x00x";
	struct sample sample = { .place_count = 0 };

	(void)state;
	buf_add(&sample.packed, frame, sizeof(frame) - 1);
	assert_fails(&sample, "byte 0: a zstd frame that needs a dictionary; unpack it "
	    "outside: zstd -dc -D DICTIONARY FILE | tel-ingest");
	sample_release(&sample);
}

/* A terminal whose other side is closed gives its remaining bytes, then EIO. */
static void
a_read_error_is_not_an_end(void **state)
{
	struct sample gzip = { .place_count = 0 };
	const struct {
		const char *bytes;
		size_t len;
		const char *out;
	} cases[] = { { "", 0, "" }, { "{}\n{}\n", 6, "{}\n{}\n" },
		{ NULL, 0, "abc\n" } };

	(void)state;
	add_gzip(&gzip, "abc\n", 4, Z_SYNC_FLUSH);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *bytes = cases[i].bytes != NULL ? cases[i].bytes
		    : gzip.packed.data;
		size_t len = cases[i].bytes != NULL ? cases[i].len
		    : gzip.places[0].packed;
		struct outcome outcome = { .result = 0 };
		int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK), other;
		struct termios modes;
		struct input *input = input_open(fd);
		char words[80];

		assert_true(fd >= 0);
		assert_int_equal(grantpt(fd), 0);
		assert_int_equal(unlockpt(fd), 0);
		other = open(ptsname(fd), O_RDWR | O_NOCTTY);
		assert_true(other >= 0);
		assert_int_equal(tcgetattr(other, &modes), 0);
		cfmakeraw(&modes);
		assert_int_equal(tcsetattr(other, TCSANOW, &modes), 0);
		assert_int_equal(write(other, bytes, len), len);
		/* The bytes arrive here some time after the write. */
		while (outcome.read_bytes < (int64_t)len)
			assert_int_equal(drain(input, &outcome, 100), INPUT_WAIT);
		close(other);
		assert_int_equal(drain(input, &outcome, 100), -1);
		assert_int_equal(outcome.err.exit_code, EXIT_IO);
		if (input_format(input) == INPUT_PLAIN)
			snprintf(words, sizeof(words), "read: %s",
			    strerror(EIO));
		else
			snprintf(words, sizeof(words), "read at compressed "
			    "byte %zu: %s", len, strerror(EIO));
		assert_string_equal(outcome.err.text, words);
		assert_int_equal(outcome.out.len, strlen(cases[i].out));
		if (outcome.out.len > 0)
			assert_memory_equal(outcome.out.data, cases[i].out,
			    outcome.out.len);
		input_close(input);
		close(fd);
		outcome_release(&outcome);
	}
	sample_release(&gzip);
}

static void
a_file_that_grows_is_read_further(void **state)
{
	struct sample sample = { .place_count = 0 };
	struct outcome outcome = { .result = 0 };
	FILE *file = tmpfile();
	struct input *input = input_open(fileno(file));

	(void)state;
	make_gzip(&sample);
	/* From two bytes on: one byte alone at the end would be plain. */
	for (size_t len = 2; len <= sample.packed.len; len++) {
		assert_int_equal(pwrite(fileno(file), sample.packed.data, len, 0), len);
		do
			outcome.result = drain(input, &outcome, 100);
		while (outcome.result == INPUT_WAIT);
		assert_true(outcome.read_bytes == (int64_t)len);
		assert_beginning(&sample, len, &outcome);
	}
	assert_text(&outcome, &sample.raw);
	input_close(input);
	fclose(file);
	outcome_release(&outcome);
	sample_release(&sample);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_input_is_unchanged),
		cmocka_unit_test(a_format_is_recognized_from_few_bytes),
		cmocka_unit_test(a_blocking_pipe_is_read_once_per_call),
		cmocka_unit_test(gzip_members_are_one_text),
		cmocka_unit_test(zstd_frames_are_one_text),
		cmocka_unit_test(compressed_empty_text_is_empty),
		cmocka_unit_test(long_texts_are_complete),
		cmocka_unit_test(every_early_end_is_reported),
		cmocka_unit_test(every_flipped_bit_is_reported),
		cmocka_unit_test(bytes_before_the_damage_are_read),
		cmocka_unit_test(garbage_is_reported),
		cmocka_unit_test(a_wrong_checksum_is_reported),
		cmocka_unit_test(large_windows_are_refused),
		cmocka_unit_test(dictionaries_are_refused),
		cmocka_unit_test(a_read_error_is_not_an_end),
		cmocka_unit_test(a_file_that_grows_is_read_further),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
