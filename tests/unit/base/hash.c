/* SPDX-License-Identifier: ISC */
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Test vectors of draft-eastlake-fnv, appendix C. */
static void
published_values(void **state)
{
	(void)state;
	assert_int_equal(hash_fnv1a("", 0), UINT64_C(0xcbf29ce484222325));
	assert_int_equal(hash_fnv1a("a", 1), UINT64_C(0xaf63dc4c8601ec8c));
	assert_int_equal(hash_fnv1a("foobar", 6), UINT64_C(0x85944171f73967e8));
}

static void
every_byte_counts(void **state)
{
	(void)state;
	assert_int_not_equal(hash_fnv1a("a\0b", 3), hash_fnv1a("a\0c", 3));
	assert_int_not_equal(hash_fnv1a("\x80", 1), hash_fnv1a("\xff", 1));
	assert_int_not_equal(hash_fnv1a("", 0), hash_fnv1a("\0", 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_values),
		cmocka_unit_test(every_byte_counts),
	};

	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
