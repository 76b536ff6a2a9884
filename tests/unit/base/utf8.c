/* SPDX-License-Identifier: ISC */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
columns(void **state)
{
	static const struct {
		const char *text;
		size_t width;
	} cases[] = {
		{ "", 0 }, { "host", 4 }, { "\xC3\xA9", 1 }, { "e\xCC\x81", 1 },
		{ "\xE6\x97\xA5\xE6\x9C\xAC", 4 },         /* two ideographs */
		{ "\xED\x95\x9C", 2 }, { "\xEF\xBC\xA1", 2 }, /* hangul, fullwidth A */
		{ "\xF0\x9F\x98\x80", 2 },                 /* a face */
		{ "a\xE2\x80\x8D" "b", 2 },                /* ZERO WIDTH JOINER */
		{ "\xE2\x80\xA6", 1 },                     /* the ellipsis */
		{ "a\xFFz", 3 }, { "\xE6\x97", 2 },        /* not well-formed */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(utf8_width(cases[i].text), cases[i].width);
}

static void
fitting(void **state)
{
	static const char text[] = "a\xE6\x97\xA5\xE6\x9C\xAC" "e\xCC\x81z";
	static const struct {
		size_t width, len, taken;
	} cases[] = {
		{ 0, 0, 0 }, { 1, 1, 1 }, { 2, 1, 1 }, { 3, 4, 3 }, { 4, 4, 3 },
		{ 5, 7, 5 }, { 6, 10, 6 }, { 7, 11, 7 }, { 99, 11, 7 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t width = cases[i].width;

		assert_int_equal(utf8_fit(text, &width), cases[i].len);
		assert_int_equal(width, cases[i].taken);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns),
		cmocka_unit_test(fitting),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
