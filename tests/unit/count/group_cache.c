/* SPDX-License-Identifier: ISC
 *
 * The numbers of groups by their values: the same values have one number, also when there
 * are more than the cache keeps.
 */
#include "count/group_cache.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct db *db;
static struct count_base *base;
static struct group_cache *cache;
static struct err err;

static int
enter(void **state)
{
	(void)state;
	if (db_open(&db, DB_TEMPORARY, DB_WRITE, 0, &err) < 0 || db_begin(db, &err) < 0 ||
	    count_base_begin(db, "store", 1, &err) < 0 ||
	    count_base_open(&base, db, NULL, &err) < 0)
		return -1;
	cache = group_cache_open(base);
	return 0;
}

static int
leave(void **state)
{
	(void)state;
	group_cache_close(cache);
	count_base_close(base);
	db_close(db);
	return 0;
}

static int64_t
find(const char *const *values, size_t count)
{
	size_t lens[4];
	int64_t no;

	for (size_t i = 0; i < count; i++)
		lens[i] = values[i] != NULL ? strlen(values[i]) : 0;
	no = group_cache_find(cache, values, lens, count, &err);
	if (no < 0)
		fail_msg("%s", err.text);
	return no;
}

/* Values that look alike, side by side or one after the other. */
static void
groups_that_look_alike_stay_apart(void **state)
{
	static const struct {
		const char *values[4];
		size_t count;
	} groups[] = {
		{ { NULL }, 0 }, { { NULL }, 1 }, { { "" }, 1 }, { { "null" }, 1 },
		{ { "NULL" }, 1 }, { { "a" }, 1 }, { { "A" }, 1 }, { { "a " }, 1 },
		{ { NULL, NULL }, 2 }, { { "", NULL }, 2 }, { { NULL, "" }, 2 },
		{ { "", "" }, 2 }, { { "a", "b" }, 2 }, { { "ab", "" }, 2 }, { { "", "ab" }, 2 },
		{ { "b", "a" }, 2 }, { { "a\",\"b" }, 1 }, { { "a\n" }, 1 }, { { "a\\n" }, 1 },
		{ { "\xc3\xa9" }, 1 }, { { "e\xcc\x81" }, 1 },
		{ { "a", "b", "c", "d" }, 4 }, { { "1" }, 1 }, { { "1.0" }, 1 },
	};
	int64_t numbers[sizeof(groups) / sizeof(groups[0])];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
			int64_t no = find(groups[i].values, groups[i].count);

			if (round == 1)
				assert_int_equal(no, numbers[i]);
			numbers[i] = no;
			assert_int_equal(find(groups[i].values, groups[i].count), no);
			for (size_t k = 0; k < i; k++)
				assert_int_not_equal(numbers[k], no);
		}
		/* Another cache of the base finds the same. */
		group_cache_close(cache);
		cache = group_cache_open(base);
	}
}

static void
more_groups_than_are_kept(void **state)
{
	enum { COUNT = 70000 };
	static int64_t numbers[COUNT];
	char text[20];
	const char *const values[] = { text, NULL };

	(void)state;
	random_start();
	for (int i = 0; i < 3 * COUNT; i++) {
		int k = i < COUNT ? i : (int)random_below(COUNT);
		int64_t no;

		snprintf(text, sizeof(text), "host-%d", k);
		no = find(values, 2);
		if (i < COUNT)
			numbers[k] = no;
		assert_int_equal(no, numbers[k]);
	}
	/* Each was new once. */
	for (int i = 1; i < COUNT; i++)
		assert_int_equal(numbers[i], numbers[i - 1] + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(groups_that_look_alike_stay_apart, enter,
		    leave),
		cmocka_unit_test_setup_teardown(more_groups_than_are_kept, enter, leave),
	};

	return cmocka_run_group_tests_name("group_cache", tests, NULL, NULL);
}
