/* SPDX-License-Identifier: ISC */
#include "io/seek_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Reads the table at the end of bytes, which are a whole file. */
static int
parse(const struct buf *bytes, struct seek_frame **frames, size_t *count,
    struct err *err)
{
	int64_t offset;
	size_t len;

	if (seek_table_parse_footer(bytes->data + bytes->len - SEEK_TABLE_FOOTER_BYTES,
	    (int64_t)bytes->len, &offset, &len, err) < 0)
		return -1;
	return seek_table_parse(bytes->data + offset, len, offset, frames, count, err);
}

/* Writes a file of two frames, 30 and 12 bytes long. */
static void
make_file(struct buf *bytes)
{
	static const struct seek_frame frames[] = { { 0, 30, 100 }, { 30, 12, 0 } };

	for (int i = 0; i < 42; i++)
		buf_add_char(bytes, 'x');
	seek_table_print(bytes, frames, COUNT(frames));
}

static void
reads_what_it_wrote(void **state)
{
	struct buf bytes = BUF_EMPTY;
	struct seek_frame *frames = NULL;
	struct err err;
	size_t count;

	(void)state;
	make_file(&bytes);
	/* By the format: a header of 8 bytes, 8 an entry, a footer of 9. */
	assert_int_equal(bytes.len, 42 + 8 + 2 * 8 + 9);
	assert_int_equal(parse(&bytes, &frames, &count, &err), 0);
	assert_int_equal(count, 2);
	assert_int_equal(frames[1].offset, 30);
	assert_int_equal(frames[0].raw_bytes, 100);
	assert_int_equal(frames[1].compressed_bytes, 12);
	free(frames);
	buf_release(&bytes);
}

/* Other writers make entries with checksums. */
static void
skips_checksums(void **state)
{
	static const unsigned char file[] = { 'a', 'b', 'c', 0x5e, 0x2a, 0x4d, 0x18, 21, 0, 0, 0,
		3, 0, 0, 0, 9, 0, 0, 0, 1, 2, 3, 4, 1, 0, 0, 0, 0x80, 0xb1, 0xea, 0x92, 0x8f };
	struct buf bytes = BUF_EMPTY;
	struct seek_frame *frames = NULL;
	struct err err;
	size_t count;

	(void)state;
	buf_add(&bytes, file, sizeof(file));
	assert_int_equal(parse(&bytes, &frames, &count, &err), 0);
	assert_int_equal(count, 1);
	assert_int_equal(frames[0].raw_bytes, 9);
	free(frames);
	buf_release(&bytes);
}

/* A change of any byte is noticed, except in a raw length, which can only be
 * compared with the frame itself. */
static void
refuses_a_changed_table(void **state)
{
	struct buf good = BUF_EMPTY, bytes = BUF_EMPTY;
	struct seek_frame *frames = NULL;
	struct err err;
	size_t count, entry = 42 + 8;

	(void)state;
	make_file(&good);
	for (size_t at = 42; at < good.len; at++) {
		if (at >= entry && at < entry + 16 && (at - entry) % 8 >= 4)
			continue;
		buf_reset(&bytes);
		buf_add(&bytes, good.data, good.len);
		bytes.data[at] ^= 1;
		/* The lowest bit of the descriptor has no meaning. */
		if (at == good.len - 5)
			bytes.data[at] ^= 0x41;
		assert_int_equal(parse(&bytes, &frames, &count, &err), -1);
		assert_int_equal(err.exit_code, EXIT_DATA);
	}
	buf_release(&good);
	buf_release(&bytes);
}

static void
refuses_sizes_beyond_the_limits(void **state)
{
	static const struct seek_frame bad[] = {
		{ 0, 10, SEEK_TABLE_MAX_FRAME_BYTES + 1 },
		{ 0, SEEK_TABLE_MAX_SKIPPABLE_BYTES + 1, 0 },
		{ 0, UINT32_MAX, UINT32_MAX },
	};
	unsigned char footer[] = { 0xff, 0xff, 0xff, 0xff, 0, 0xb1, 0xea, 0x92, 0x8f };
	struct err err;
	int64_t offset;
	size_t len;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct buf bytes = BUF_EMPTY;
		struct seek_frame *frames;
		size_t count;

		seek_table_print(&bytes, &bad[i], 1);
		assert_int_equal(parse(&bytes, &frames, &count, &err), -1);
		buf_release(&bytes);
	}
	assert_int_equal(seek_table_parse_footer(footer, INT64_MAX, &offset, &len, &err), -1);
	footer[3] = footer[2] = 0;
	assert_int_equal(seek_table_parse_footer(footer, 100, &offset, &len, &err), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_wrote),
		cmocka_unit_test(skips_checksums),
		cmocka_unit_test(refuses_a_changed_table),
		cmocka_unit_test(refuses_sizes_beyond_the_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
