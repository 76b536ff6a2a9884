/* SPDX-License-Identifier: ISC
 *
 * Texts as SQL writes them.
 */
#include "tel/event_sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
is_written(const char *text, size_t len, const char *want)
{
	struct buf out = BUF_EMPTY;

	buf_add_text(&out, "= ");
	event_sql_text(&out, text, len);
	assert_string_equal(buf_text(&out) + 2, want);
	buf_release(&out);
}

static void
texts(void **state)
{
	(void)state;
	is_written("", 0, "''");
	is_written("abc", 2, "'ab'");
	is_written("it's ''", 7, "'it''s '''''");
	is_written("\xc3\xa9 \"\\%", 6, "'\xc3\xa9 \"\\%'");
	is_written("a\n\x1b", 3, "'a' || char(10) || '' || char(27) || ''");
	is_written("\xc2\x9b", 2, "'' || char(155) || ''");
	is_written("\xc3", 1, "'\xc3'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(texts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
