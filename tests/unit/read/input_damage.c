/* SPDX-License-Identifier: ISC
 *
 * input: damage, or an end that is too early, is reported after all bytes before it.
 */
#include "tests/unit/read/input_sample.h"

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
	    "decompress it first: zstd -dc --long=31 FILE | tel-ingest");
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
	assert_fails(&sample, "byte 0: a zstd frame that needs a dictionary; decompress "
	    "it first: zstd -dc -D DICTIONARY FILE | tel-ingest");
	sample_release(&sample);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_early_end_is_reported),
		cmocka_unit_test(every_flipped_bit_is_reported),
		cmocka_unit_test(bytes_before_the_damage_are_read),
		cmocka_unit_test(garbage_is_reported),
		cmocka_unit_test(a_wrong_checksum_is_reported),
		cmocka_unit_test(large_windows_are_refused),
		cmocka_unit_test(dictionaries_are_refused),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
