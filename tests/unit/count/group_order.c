/* SPDX-License-Identifier: ISC
 *
 * The order of groups: that in which a definition first had events of them, whatever their
 * numbers are, and whatever comes later.
 */
#include "count/group_order.h"
#include "base/buf.h"
#include "tests/unit/count/bases.h"

#define NO 1
#define OTHER 2

static int
note(void *context, int64_t group_no, struct err *failure)
{
	(void)failure;
	buf_printf(context, "%d ", (int)group_no);
	return 0;
}

static int
stop(void *context, int64_t group_no, struct err *failure)
{
	(void)note(context, group_no, failure);
	return err_set(failure, EXIT_DATA, "enough");
}

static void
order_is(int64_t no, const char *expected)
{
	struct buf text = BUF_EMPTY;

	done(count_group_order_read(lower, no, note, &text, &err));
	assert_string_equal(buf_text(&text), expected);
	buf_release(&text);
}

static void
groups_stay_where_they_came(void **state)
{
	struct buf text = BUF_EMPTY;
	int64_t no = NO;

	(void)state;
	order_is(NO, "");
	add(lower, NO, 3, 60000, 1, 0);
	add(lower, NO, 1, 60000, 1, 0);
	add(lower, OTHER, 2, 60000, 1, 0);
	add(lower, NO, 2, 60000, 0, 1);
	add(lower, NO, 3, 86400000, 1, 0);
	done(count_base_finish(lower, &err));
	order_is(NO, "3 1 2 ");
	order_is(OTHER, "2 ");
	/* Also when all is counted again, in another order. */
	done(count_base_restart(lower, &no, &err));
	add(lower, NO, 2, 60000, 1, 0);
	add(lower, NO, 1, 60000, 1, 0);
	done(count_base_finish(lower, &err));
	order_is(NO, "3 1 2 ");
	assert_int_equal(count_group_order_read(lower, NO, stop, &text, &err), -1);
	assert_string_equal(buf_text(&text), "3 ");
	buf_release(&text);
	done(count_group_order_forget(lower, NO, &err));
	order_is(NO, "");
	order_is(OTHER, "2 ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(groups_stay_where_they_came),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
