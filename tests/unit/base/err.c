/* SPDX-License-Identifier: ISC */
#include "base/err.h"
#include "tests/unit/aborts.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
sets(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(err_set(&err, EXIT_DATA, "line %d: %s", 7, "no"), -1);
	assert_int_equal(err.exit_code, 65);
	assert_string_equal(err.text, "line 7: no");
}

static void
system_errors(void **state)
{
	struct err err;

	(void)state;
	errno = ENOSPC;
	assert_int_equal(err_system(&err, EXIT_IO, "%s", "out"), -1);
	assert_int_equal(err.exit_code, 74);
	assert_string_equal(err.text, "out: No space left on device");
	assert_int_equal(errno, ENOSPC);
}

static void
says_where(void **state)
{
	struct err err;

	(void)state;
	err_set(&err, EXIT_DATA, "bad");
	assert_int_equal(err_in(&err, "file %d", 1), -1);
	assert_int_equal(err_in(&err, "%s", "%s %n"), -1);
	assert_string_equal(err.text, "%s %n: file 1: bad");
	assert_int_equal(err.exit_code, 65);
}

/* A long text is cut and ends in NUL; err_in keeps the beginning of both texts. */
static void
cuts(void **state)
{
	struct err err;
	char text[2000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&err, EXIT_DATA, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	errno = EIO;
	err_system(&err, EXIT_IO, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	memset(text, 'y', sizeof(text) - 1);
	err_in(&err, "%s", text);
	assert_true(strlen(err.text) < sizeof(err.text));
	assert_int_equal(err.text[0], 'y');
	assert_non_null(strstr(err.text, ": xxx"));
}

static void
set_success(void)
{
	struct err err;

	err_set(&err, 0, "no error");
}

static void
an_error_is_no_success(void **state)
{
	(void)state;
	assert_true(aborts(set_success));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets),
		cmocka_unit_test(system_errors),
		cmocka_unit_test(says_where),
		cmocka_unit_test(cuts),
		cmocka_unit_test(an_error_is_no_success),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
