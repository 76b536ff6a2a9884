/* SPDX-License-Identifier: ISC
 *
 * archiving -- for the tests of count/from_archive: a store and a base in a folder with an
 * archive, from which definitions are completed.
 */
#ifndef TESTS_UNIT_COUNT_ARCHIVING_H
#define TESTS_UNIT_COUNT_ARCHIVING_H

#include "count/from_archive.h"
#include "tests/unit/count/archived.h"
#include "tests/unit/count/steps.h"

static const struct count_archive given = { .root = ARCHIVED_ROOT,
	.store = archived_store, .is_given = true };

static inline int
enter_archive(void **state)
{
	return folder_enter(state) < 0 || enter_stores(state) < 0 ? -1 : 0;
}

static inline int
leave_archive(void **state)
{
	return leave_stores(state) < 0 ? -1 : folder_leave(state);
}

/* Counts what is in the archive, in one transaction and one snapshot. */
static inline int
archive_step(const struct count_archive *archive, struct count_wanted *some, size_t count,
    int64_t *row_count)
{
	int result;

	done(db_begin(counts, &err));
	done(db_run(db, "BEGIN", &err));
	result = count_archived(base, db, some, count, archive, row_count, &err);
	done(db_run(db, "ROLLBACK", &(struct err){ .text = "" }));
	done(db_commit(counts, &(struct err){ .text = "" }));
	return result;
}

/* Brings definitions up to date from the database and the archive. Returns how many rows
 * were read. */
static inline int64_t
bring(struct count_wanted *some, size_t count)
{
	int64_t row_count = 0;
	int result;

	do {
		row_count += catch_up(some, count, 50);
		result = archive_step(&given, some, count, &row_count);
		done(result);
	} while (result == 1);
	return row_count;
}

/* Begins a definition anew. */
static inline void
restart(size_t which)
{
	done(count_base_restart(base, &wanted[which].no, &err));
	memset(&wanted[which].mark, 0, sizeof(wanted[which].mark));
}

static inline void
restart_all(void)
{
	for (size_t i = 0; i < DEFINITIONS; i++)
		restart(i);
}

/* So many departures are missing of each of the definitions. */
static inline void
expect_missing(size_t first, size_t end, int64_t count)
{
	char sql[100];

	for (size_t i = first; i < end; i++) {
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM count_missing"
		    " WHERE definition_no = %lld", (long long)wanted[i].no);
		assert_int_equal(integer(counts, sql), count);
	}
}

#define TEST_ARCHIVE(function) \
	cmocka_unit_test_setup_teardown(function, enter_archive, leave_archive)

#endif
