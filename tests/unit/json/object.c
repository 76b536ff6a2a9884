/* SPDX-License-Identifier: ISC */
#include "json/object.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Expects the elements of array to be those in expected, each in < and >. */
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
	/* A walk that has ended does not begin again. */
	assert_false(json_elements_next(&elements, &raw, &len));
}

static void
empty_arrays_have_no_elements(void **state)
{
	(void)state;
	elements_are("[]", "");
	elements_are("[ \t\r\n]", "");
}

static void
scalars_have_no_blanks_around_them(void **state)
{
	(void)state;
	elements_are("[1]", "<1>");
	elements_are("[1,-2.5e3,true,null]", "<1><-2.5e3><true><null>");
	elements_are("[ 1 ,\n\"a b\" , false\t]", "<1><\"a b\"><false>");
}

static void
strings_may_hold_commas_and_brackets(void **state)
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
finds_the_last_of_two_members(void **state)
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
		cmocka_unit_test(empty_arrays_have_no_elements),
		cmocka_unit_test(scalars_have_no_blanks_around_them),
		cmocka_unit_test(strings_may_hold_commas_and_brackets),
		cmocka_unit_test(nested_values_are_whole),
		cmocka_unit_test(finds_the_last_of_two_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
