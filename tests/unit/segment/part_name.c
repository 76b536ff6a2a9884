/* SPDX-License-Identifier: ISC */
#include "segment/part_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
names_read_back(void **state)
{
	static const char *const good[] = {
		"warm/http_events/dt=2026-11-01/part-0001.jsonl.zst",
		"cold/spans/dt=1970-01-01/part-9999.parquet",
		"warm/x/dt=2024-02-29/part-999999.jsonl.zst",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct buf out = BUF_EMPTY;
		struct part_name name;

		assert_int_equal(part_name_parse(good[i], strlen(good[i]), &name), 0);
		part_name_print(&out, &name);
		assert_string_equal(buf_text(&out), good[i]);
		buf_release(&out);
	}
}

static void
names_that_are_none(void **state)
{
	static const char *const bad[] = {
		"", "warm", "/warm/x/dt=2026-11-01/part-0001.jsonl.zst",
		"../warm/x/dt=2026-11-01/part-0001.jsonl.zst",
		"warm/../dt=2026-11-01/part-0001.jsonl.zst",
		"warm//dt=2026-11-01/part-0001.jsonl.zst",
		"warm/x/dt=2026-11-01/../part-0001.jsonl.zst",
		"hot/x/dt=2026-11-01/part-0001.jsonl.zst",
		"warm/X/dt=2026-11-01/part-0001.jsonl.zst",
		"warm/x/dt=2026-02-30/part-0001.jsonl.zst",
		"warm/x/dt=2026-11-1/part-0001.jsonl.zst",
		"warm/x/dt=2026-11-01/part-1.jsonl.zst",
		"warm/x/dt=2026-11-01/part-00001.jsonl.zst",
		"warm/x/dt=2026-11-01/part-0000.jsonl.zst",
		"warm/x/dt=2026-11-01/part-1000000.jsonl.zst",
		"warm/x/dt=2026-11-01/part-0001", "warm/x/dt=2026-11-01/part-0001.",
		"warm/x/dt=2026-11-01/part-0001.jsonl.zst/",
		"warm/x/dt=2026-11-01/part-0001.jsonl.zst.12.tmp",
		"warm/x/dt=2026-11-01/part-0001.a-format-that-is-too-long",
	};
	struct part_name name;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(part_name_parse(bad[i], strlen(bad[i]), &name), -1);
	assert_int_equal(part_name_parse(
	    "warm/x\0/dt=2026-11-01/part-0001.jsonl.zst", 42, &name), -1);
}

static void
a_long_table_name_is_refused(void **state)
{
	struct buf path = BUF_EMPTY;
	struct part_name name;

	(void)state;
	buf_add_text(&path, "warm/");
	for (int i = 0; i < PART_TABLE_SIZE; i++)
		buf_add_char(&path, 'x');
	buf_add_text(&path, "/dt=2026-11-01/part-0001.jsonl.zst");
	assert_int_equal(part_name_parse(path.data, path.len, &name), -1);
	buf_release(&path);
}

static void
an_index_reads_back(void **state)
{
	static const struct part_frame frames[] = {
		{ 0, 5, 3 }, { 5, 5, 1 }, { 6, TIM_MAX_MS, INT64_MAX },
	};
	struct buf bytes = BUF_EMPTY;
	struct part_frame *again;
	struct err err;

	(void)state;
	part_index_print(&bytes, frames, COUNT(frames));
	assert_int_equal(bytes.len, 8 + 24 * COUNT(frames));
	assert_int_equal(part_index_parse(bytes.data, bytes.len, COUNT(frames), &again, &err), 0);
	assert_memory_equal(again, frames, sizeof(frames));
	free(again);
	for (size_t len = 0; len < bytes.len; len++)
		assert_int_equal(part_index_parse(bytes.data, len, COUNT(frames), &again, &err),
		    -1);
	assert_int_equal(part_index_parse(bytes.data, bytes.len, 2, &again, &err), -1);
	bytes.data[0] ^= 1;
	assert_int_equal(part_index_parse(bytes.data, bytes.len, COUNT(frames), &again, &err), -1);
	buf_release(&bytes);
}

static void
an_index_that_cannot_be_is_refused(void **state)
{
	static const struct part_frame bad[][2] = {
		{ { 5, 4, 1 }, { 6, 7, 1 } }, { { -1, 4, 1 }, { 6, 7, 1 } },
		{ { 1, 4, 1 }, { 3, 7, 1 } }, { { 1, 4, 0 }, { 4, 7, 1 } },
		{ { 1, 4, 1 }, { 4, TIM_MAX_MS + 1, 1 } }, { { 1, 4, -1 }, { 4, 7, 1 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct buf bytes = BUF_EMPTY;
		struct part_frame *again;
		struct err err;

		part_index_print(&bytes, bad[i], 2);
		assert_int_equal(part_index_parse(bytes.data, bytes.len, 2, &again, &err), -1);
		assert_int_equal(err.exit_code, EXIT_DATA);
		buf_release(&bytes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_read_back),
		cmocka_unit_test(names_that_are_none),
		cmocka_unit_test(a_long_table_name_is_refused),
		cmocka_unit_test(an_index_reads_back),
		cmocka_unit_test(an_index_that_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
