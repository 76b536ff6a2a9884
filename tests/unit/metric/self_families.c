/* SPDX-License-Identifier: ISC
 *
 * What is said about an evaluation, before and after there was one.
 */
#include "metric/self_families.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

/* Prints the families; the caller releases the text. */
static struct buf
printed(const struct self_facts *facts)
{
	struct metric_families families = { NULL, 0, 0 };
	struct buf text = BUF_EMPTY;
	struct err err;

	self_families_add(&families, facts);
	assert_int_equal(metric_families_settle(&families, &err), 0);
	assert_int_equal(metric_families_print(&families, EXPOSITION_TEXT, NULL, 0, &text,
	    &err), 0);
	metric_families_release(&families);
	return text;
}

static void
nothing_is_said_of_what_is_not_known(void **state)
{
	const struct self_facts none = { .since_ms = -1 };
	const struct self_facts fileless = { .is_up = true, .at_ms = 1500, .since_ms = -1,
		.pending_count = 2, .elapsed_ns = 250000000 };
	struct buf text = printed(&none);

	(void)state;
	assert_non_null(strstr(buf_text(&text), "\ntel_up 0\n"));
	assert_non_null(strstr(buf_text(&text), "\ntel_build_info{version="));
	assert_null(strstr(buf_text(&text), "timestamp"));
	assert_null(strstr(buf_text(&text), "duration"));
	assert_null(strstr(buf_text(&text), "pending"));
	buf_release(&text);
	text = printed(&fileless);
	assert_non_null(strstr(buf_text(&text), "\ntel_up 1\n"));
	assert_non_null(strstr(buf_text(&text), "\ntel_evaluation_timestamp_seconds 1.5\n"));
	assert_non_null(strstr(buf_text(&text), "\ntel_evaluation_duration_seconds 0.25\n"));
	assert_non_null(strstr(buf_text(&text), "\ntel_store_pending_files 2\n"));
	assert_null(strstr(buf_text(&text), "counts_since"));
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_said_of_what_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
