/* SPDX-License-Identifier: ISC */
#include "io/gz.h"
#include "base/mem.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Unpacks the whole of a packed text; len must be its length. */
static void
check_unpacked(const struct buf *packed, const char *text, size_t len)
{
	const unsigned char *in = (const unsigned char *)packed->data;
	size_t in_len = packed->len, room = len + 1;
	unsigned char *start = mem_new(room, 1), *out = start;
	struct gz *gz = gz_open();
	struct err err;

	assert_int_equal(gz_decode(gz, &in, &in_len, &out, &room, &err), 0);
	assert_int_equal(gz_end(gz, &err), 0);
	assert_int_equal(out - start, len);
	assert_memory_equal(start, text, len);
	gz_close(gz);
	free(start);
}

/* What was packed is the same when it is unpacked; it is appended. */
static void
test_pack(void **state)
{
	(void)state;
	random_start();
	for (int i = 0; i < 300; i++) {
		size_t len = random_below(i % 10 == 0 ? 200000 : 300);
		uint64_t kinds = 1 + random_below(256);
		char *text = mem_new(len + 1, 1);
		struct buf packed = BUF_EMPTY, two = BUF_EMPTY;

		for (size_t k = 0; k < len; k++)
			text[k] = (char)random_below(kinds);
		gz_pack(text, len, &packed);
		check_unpacked(&packed, text, len);
		buf_add_text(&two, "before");
		gz_pack(text, len, &two);
		assert_int_equal(two.len, packed.len + 6);
		assert_memory_equal(two.data + 6, packed.data, packed.len);
		buf_release(&packed);
		buf_release(&two);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
