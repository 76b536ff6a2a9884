/* SPDX-License-Identifier: ISC */
#include "segment/part_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A copy that ends where a page ends after which none may be read. Valid until the
 * next call. */
static const char *
at_the_edge(const char *bytes, size_t len)
{
	static char *pages;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (pages == NULL) {
		pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		assert_ptr_not_equal(pages, MAP_FAILED);
		assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
	}
	assert_true(len <= page);
	return memcpy(pages + page - len, bytes, len);
}

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
the_parts_of_a_name(void **state)
{
	static const char path[] = "cold/http_events/dt=2024-02-29/part-0012.parquet and more";
	struct part_name name;

	(void)state;
	assert_int_equal(part_name_parse(path, strlen(path) - strlen(" and more"), &name), 0);
	assert_string_equal(name.tier, "cold");
	assert_string_equal(name.table, "http_events");
	assert_string_equal(name.day, "2024-02-29");
	assert_int_equal(name.day_ms, INT64_C(1709164800000)); /* date -u -d 2024-02-29 +%s */
	assert_int_equal(name.number, 12);
	assert_string_equal(name.format, "parquet");
}

static void
the_beginning_of_a_name_is_none(void **state)
{
	static const char path[] = "warm/x/dt=2026-11-01/part-0001.";
	struct part_name name;

	(void)state;
	for (size_t len = 0; len < sizeof(path); len++)
		assert_int_equal(part_name_parse(at_the_edge(path, len), len, &name), -1);
	assert_int_equal(part_name_parse(at_the_edge("warm/x/dt=2026-11-01/part-0001.a", 32), 32,
	    &name), 0);
}

/* By tier, table, day and number, never by format; a number is not text. */
static void
names_have_an_order(void **state)
{
	static const char *const ordered[] = {
		"cold/spans/dt=2026-11-02/part-0002.jsonl.zst",
		"warm/http_events/dt=2026-11-02/part-0002.jsonl.zst",
		"warm/spans/dt=2026-11-01/part-0003.jsonl.zst",
		"warm/spans/dt=2026-11-02/part-0001.jsonl.zst",
		"warm/spans/dt=2026-11-02/part-9999.jsonl.zst",
		"warm/spans/dt=2026-11-02/part-10000.jsonl.zst",
	};
	struct part_name names[COUNT(ordered)], other;

	(void)state;
	for (size_t i = 0; i < COUNT(ordered); i++)
		assert_int_equal(part_name_parse(ordered[i], strlen(ordered[i]), &names[i]), 0);
	for (size_t i = 0; i < COUNT(ordered); i++)
		for (size_t k = 0; k < COUNT(ordered); k++) {
			int order = part_name_compare(&names[i], &names[k]);

			assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
		}
	other = names[0];
	strcpy(other.format, "parquet");
	assert_int_equal(part_name_compare(&other, &names[0]), 0);
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
	struct part_name name;

	(void)state;
	for (int len = PART_TABLE_SIZE - 1; len <= PART_TABLE_SIZE; len++) {
		struct buf path = BUF_EMPTY;

		buf_add_text(&path, "warm/");
		for (int i = 0; i < len; i++)
			buf_add_char(&path, 'x');
		buf_add_text(&path, "/dt=2026-11-01/part-0001.jsonl.zst");
		assert_int_equal(part_name_parse(path.data, path.len, &name),
		    len < PART_TABLE_SIZE ? 0 : -1);
		buf_release(&path);
	}
}

/* The tag, then little-endian integers of 64 bits, as part_name.h says. */
static void
an_index_is_written_as_documented(void **state)
{
	static const struct part_frame frame = { 0x010203040506, 0x010203040507, 0x0fff };
	static const char expected[] = "telidx01" "\x06\x05\x04\x03\x02\x01\0\0"
	    "\x07\x05\x04\x03\x02\x01\0\0" "\xff\x0f\0\0\0\0\0\0";
	struct buf bytes = BUF_EMPTY;

	(void)state;
	part_index_print(&bytes, &frame, 1);
	assert_int_equal(bytes.len, sizeof(expected) - 1);
	assert_memory_equal(bytes.data, expected, sizeof(expected) - 1);
	buf_release(&bytes);
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
		assert_int_equal(part_index_parse(at_the_edge(bytes.data, len), len,
		    COUNT(frames), &again, &err), -1);
	buf_add_char(&bytes, 0);
	assert_int_equal(part_index_parse(bytes.data, bytes.len, COUNT(frames), &again, &err), -1);
	bytes.len--;
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
		cmocka_unit_test(the_parts_of_a_name),
		cmocka_unit_test(the_beginning_of_a_name_is_none),
		cmocka_unit_test(names_have_an_order),
		cmocka_unit_test(names_that_are_none),
		cmocka_unit_test(a_long_table_name_is_refused),
		cmocka_unit_test(an_index_is_written_as_documented),
		cmocka_unit_test(an_index_reads_back),
		cmocka_unit_test(an_index_that_cannot_be_is_refused),
	};

	return cmocka_run_group_tests_name("part_name", tests, NULL, NULL);
}
