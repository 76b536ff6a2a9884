/* SPDX-License-Identifier: ISC
 *
 * input: compressed bytes come out decompressed, whatever the size of the pieces
 * they come in.
 */
#include "read/input.h"
#include "tests/unit/read/input_sample.h"

#include <errno.h>
#include <termios.h>

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
a_format_is_recognised_from_few_bytes(void **state)
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
		cmocka_unit_test(a_format_is_recognised_from_few_bytes),
		cmocka_unit_test(a_blocking_pipe_is_read_once_per_call),
		cmocka_unit_test(gzip_members_are_one_text),
		cmocka_unit_test(zstd_frames_are_one_text),
		cmocka_unit_test(compressed_empty_text_is_empty),
		cmocka_unit_test(long_texts_are_complete),
		cmocka_unit_test(a_read_error_is_not_an_end),
		cmocka_unit_test(a_file_that_grows_is_read_further),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
