/* SPDX-License-Identifier: ISC */
#include "json/object.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The elements of an array, each in < and >. */
static void
elements_are(const char *array, const char *expected)
{
	struct json_member member = { .type = JSON_NESTED, .raw = array,
		.raw_len = strlen(array) };
	struct json_elements elements = json_elements_of(&member);
	char found[256] = "";
	const char *raw;
	size_t len;

	while (json_elements_next(&elements, &raw, &len)) {
		assert_true(raw >= array && raw + len <= array + strlen(array));
		strcat(found, "<");
		strncat(found, raw, len);
		strcat(found, ">");
	}
	assert_string_equal(found, expected);
	/* It stays at the end. */
	assert_false(json_elements_next(&elements, &raw, &len));
}

static void
arrays_without_elements(void **state)
{
	(void)state;
	elements_are("[]", "");
	elements_are("[ \t\r\n]", "");
}

static void
scalars_come_without_their_blanks(void **state)
{
	(void)state;
	elements_are("[1]", "<1>");
	elements_are("[1,-2.5e3,true,null]", "<1><-2.5e3><true><null>");
	elements_are("[ 1 ,\n\"a b\" , false\t]", "<1><\"a b\"><false>");
}

static void
texts_hide_what_they_hold(void **state)
{
	(void)state;
	elements_are("[\"a,b\",\"]\",\"{\",\"\"]", "<\"a,b\"><\"]\"><\"{\"><\"\">");
	elements_are("[\"\\\",\",\"\\\\\",2]", "<\"\\\",\"><\"\\\\\"><2>");
}

static void
nested_values_are_whole(void **state)
{
	(void)state;
	elements_are("[{\"a\":[1,2]},[3,[4]],{}]", "<{\"a\":[1,2]}><[3,[4]]><{}>");
	elements_are("[{\"a\":\"}]\"} ,[]]", "<{\"a\":\"}]\"}><[]>");
}

static void
a_name_that_stands_twice_is_its_last(void **state)
{
	const struct json_member members[] = {
		{ .key = "a", .key_len = 1, .integer = 1 },
		{ .key = "ab", .key_len = 2, .integer = 2 },
		{ .key = "a", .key_len = 1, .integer = 3 },
	};
	struct json_object object = { .members = members, .count = 3 };

	(void)state;
	assert_int_equal(json_find(&object, "a")->integer, 3);
	assert_int_equal(json_find(&object, "ab")->integer, 2);
	assert_null(json_find(&object, "b"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrays_without_elements),
		cmocka_unit_test(scalars_come_without_their_blanks),
		cmocka_unit_test(texts_hide_what_they_hold),
		cmocka_unit_test(nested_values_are_whole),
		cmocka_unit_test(a_name_that_stands_twice_is_its_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
