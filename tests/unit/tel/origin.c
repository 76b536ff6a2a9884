/* SPDX-License-Identifier: ISC */
#include "tel/origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Reads a text, checks that it is printed unchanged, and returns the name in it. */
static const char *
name_in(const char *text, size_t len)
{
	static struct buf name, again;
	struct origin origin;

	assert_int_equal(origin_parse(text, len, &origin), 0);
	buf_reset(&again);
	assert_int_equal(origin_print(&again, &origin), 0);
	assert_int_equal(again.len, len);
	assert_memory_equal(again.data, text, len);
	buf_reset(&name);
	buf_add(&name, origin.name, origin.name_len);
	return buf_text(&name);
}

#define NAME_IN(text) name_in(text, sizeof(text) - 1)

static void
names_may_have_any_characters(void **state)
{
	(void)state;
	assert_string_equal(NAME_IN("file:a.jsonl:1-2-3-ff"), "a.jsonl");
	assert_string_equal(NAME_IN("stream:-:0-e3b0"), "-");
	assert_string_equal(NAME_IN("file:C:/a:b:1-2"), "C:/a:b");
	assert_string_equal(NAME_IN("stream:file:x:y:f"), "file:x:y");
	assert_string_equal(NAME_IN("stream:::f"), ":");
	assert_string_equal(NAME_IN("stream::f"), "");
	assert_memory_equal(NAME_IN("file:a\0:b:f"), "a\0:b", 5);
}

static void
points_into_the_text(void **state)
{
	static const char text[] = "stream:a:b:5-cd and more";
	struct origin origin;

	(void)state;
	assert_int_equal(origin_parse(text, 15, &origin), 0);
	assert_ptr_equal(origin.kind, text);
	assert_int_equal(origin.kind_len, 6);
	assert_ptr_equal(origin.name, text + 7);
	assert_int_equal(origin.name_len, 3);
	assert_ptr_equal(origin.fingerprint, text + 11);
	assert_int_equal(origin.fingerprint_len, 4);
}

static void
refuses_other_texts(void **state)
{
	static const char *const texts[] = { "", ":", "::", "file", "file:a", "fil:a:f",
		"files:a:f", "producer:p:", "FILE:a:f", "streams:a:f", ":file:a:f" };
	struct origin colon = { "file", 4, "a", 1, "f:g", 3 };
	struct origin kind = { "producer", 8, "a", 1, "", 0 };
	struct buf out = BUF_EMPTY;
	struct origin origin;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(origin_parse(texts[i], strlen(texts[i]), &origin), -1);
	assert_int_equal(origin_print(&out, &colon), -1);
	assert_int_equal(origin_print(&out, &kind), -1);
	assert_int_equal(out.len, 0);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_may_have_any_characters),
		cmocka_unit_test(points_into_the_text),
		cmocka_unit_test(refuses_other_texts),
	};

	return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}
