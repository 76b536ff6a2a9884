/* SPDX-License-Identifier: ISC */
#include "io/basic_auth.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
test_read(void **state)
{
	static const struct {
		const char *header, *name, *password; /* NULL: refused */
	} cases[] = {
		{ "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame" },
		{ "basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame" },
		{ "BASIC   QWxhZGRpbjpvcGVuIHNlc2FtZQ", "Aladdin", "open sesame" },
		{ "Basic dGVzdDoxMjPCow==", "test", "123\xc2\xa3" },
		{ "Basic Og==", "", "" },
		{ "Basic YTo=", "a", "" },
		{ "Basic OmI=", "", "b" },
		{ "Basic YTpiOmM=", "a", "b:c" },
		{ NULL, NULL, NULL },
		{ "", NULL, NULL },
		{ "Basic", NULL, NULL },
		{ "Basic ", NULL, NULL },
		{ "BasicYTo=", NULL, NULL },
		{ "Bearer YTo=", NULL, NULL },
		{ "Basic YWI=", NULL, NULL },       /* no colon */
		{ "Basic YTo=x", NULL, NULL },
		{ "Basic YTo==", NULL, NULL },
		{ "Basic YTo===", NULL, NULL },
		{ "Basic YTp=", NULL, NULL },       /* a bit too many */
		{ "Basic Y", NULL, NULL },
		{ "Basic =", NULL, NULL },
		{ "Basic Y To=", NULL, NULL },
		{ "Basic YTo= ", NULL, NULL },
		{ "Basic YTo=, Basic YTo=", NULL, NULL },
		{ "Basic YToA", NULL, NULL },       /* NUL */
		{ "Basic YTo_", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct basic_auth got;
		int result = basic_auth_read(cases[i].header, &got);

		if (result != (cases[i].name != NULL ? 0 : -1))
			fail_msg("%s", cases[i].header);
		assert_string_equal(got.name, cases[i].name != NULL ? cases[i].name : "");
		assert_string_equal(got.password,
		    cases[i].name != NULL ? cases[i].password : "");
	}
}

static void
encode(const char *text, char *out)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i += 3) {
		unsigned bits = (unsigned)(unsigned char)text[i] << 16;

		if (i + 1 < len)
			bits |= (unsigned)(unsigned char)text[i + 1] << 8;
		if (i + 2 < len)
			bits |= (unsigned char)text[i + 2];
		*out++ = digits[bits >> 18];
		*out++ = digits[bits >> 12 & 63];
		*out++ = i + 1 < len ? digits[bits >> 6 & 63] : '=';
		*out++ = i + 2 < len ? digits[bits & 63] : '=';
	}
	*out = '\0';
}

/* What was encoded comes back, up to the longest name and password, and no longer. */
static void
test_any_text(void **state)
{
	(void)state;
	random_start();
	for (int i = 0; i < 5000; i++) {
		size_t name_len = random_below(300), password_len = random_below(100);
		char text[512], header[1024] = "Basic ";
		struct basic_auth got;
		bool fits = name_len <= BASIC_AUTH_MAX_NAME &&
		    password_len <= BASIC_AUTH_MAX_PASSWORD;

		for (size_t k = 0; k < name_len + 1 + password_len; k++)
			do
				text[k] = (char)(1 + random_below(255));
			while (k < name_len && text[k] == ':');
		text[name_len] = ':';
		text[name_len + 1 + password_len] = '\0';
		encode(text, header + strlen(header));
		assert_int_equal(basic_auth_read(header, &got), fits ? 0 : -1);
		text[name_len] = '\0';
		assert_string_equal(got.name, fits ? text : "");
		assert_string_equal(got.password, fits ? text + name_len + 1 : "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_any_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
