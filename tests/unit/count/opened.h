/* SPDX-License-Identifier: ISC
 *
 * opened -- for the tests of count/count: a database in a folder, definitions, and counts
 * of them that are compared with the events.
 */
#ifndef TESTS_UNIT_COUNT_OPENED_H
#define TESTS_UNIT_COUNT_OPENED_H

#include "tests/unit/count/reading.h"

#define DEFINITIONS 8

static struct model_definition made[DEFINITIONS];
static struct slo_definition definitions[DEFINITIONS];

/* Some may be the same. */
static inline void
make_definitions(void)
{
	for (size_t i = 0; i < DEFINITIONS; i++) {
		made[i] = i == 5 ? made[2] : model_any_definition();
		definitions[i] = made[i].definition;
	}
}

static inline int
enter_counts(void **state)
{
	if (enter(state) < 0)
		return -1;
	random_start();
	traffic_start();
	make_definitions();
	return 0;
}

static inline int
leave_counts(void **state)
{
	traffic_stop();
	return leave(state);
}

static inline struct count *
open_counts(const struct count_options *options)
{
	struct count *count;

	done(count_open(&count, db, definitions, DEFINITIONS, options, &err));
	for (size_t i = 0; i < DEFINITIONS; i++)
		reading_expect(count, i, &made[i]);
	return count;
}

/* Opens, compares and closes; the file is used, or written, or not. */
static inline void
expect(bool has_file, bool is_written)
{
	const struct count_options options = { .path = NULL };
	struct count *count = open_counts(&options);

	assert_int_equal(count_report(count)->has_file, has_file);
	assert_int_equal(count_report(count)->is_file_written, is_written);
	count_close(count);
}

/* Opens the file of counts as another program does; the caller closes it. */
static inline struct db *
open_counts_file(void)
{
	struct db *file;

	done(db_open(&file, "t.db.counts", DB_SHARE, 1000, &err));
	return file;
}

static inline void
change_counts_file(const char *sql)
{
	struct db *file = open_counts_file();

	done(db_run(file, sql, &err));
	db_close(file);
}

#define TEST_COUNTS(function) \
	cmocka_unit_test_setup_teardown(function, enter_counts, leave_counts)

#endif
