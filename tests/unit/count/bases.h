/* SPDX-License-Identifier: ISC
 *
 * bases -- for the tests of count/base: two bases for each test, one over the other.
 */
#ifndef TESTS_UNIT_COUNT_BASES_H
#define TESTS_UNIT_COUNT_BASES_H

#include "count/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW_MS INT64_C(1793491200000)
#define FROM_MS (INT64_C(20000) * COUNT_DAY_MS)

static struct db *lower_db, *upper_db;
static struct count_base *lower, *upper;
static struct err err;

static inline void
done(int result)
{
	if (result < 0)
		fail_msg("%s", err.text);
}

static inline void
open_base(struct db **db, struct count_base **base, struct count_base *under)
{
	done(db_open(db, DB_TEMPORARY, DB_WRITE, 0, &err));
	done(count_base_begin(*db, "store", NOW_MS, &err));
	done(count_base_open(base, *db, under, &err));
}

static inline int
enter(void **state)
{
	(void)state;
	open_base(&lower_db, &lower, NULL);
	open_base(&upper_db, &upper, lower);
	return 0;
}

static inline int
leave(void **state)
{
	(void)state;
	count_base_close(upper);
	count_base_close(lower);
	db_close(upper_db);
	db_close(lower_db);
	return 0;
}

static inline struct count_row
minute(int64_t at_ms, int64_t good, int64_t bad)
{
	struct count_row row;

	count_row_init_hour(&row, at_ms - at_ms % COUNT_HOUR_MS);
	row.cells[at_ms % COUNT_HOUR_MS / COUNT_MINUTE_MS] = (struct count_cell){
		.good = good, .bad = bad, .bad_minutes = bad > 0,
		.first_ms = at_ms, .newest_ms = at_ms };
	return row;
}

static inline void
add(struct count_base *base, int64_t no, int64_t group_no, int64_t at_ms, int64_t good,
    int64_t bad)
{
	struct count_row row = minute(at_ms, good, bad);

	done(count_base_add_hour(base, no, group_no, &row, &err));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter, leave)

#endif
