/* SPDX-License-Identifier: ISC
 *
 * reopened -- for the tests of counts of which rows have left for an archive: a count that
 * is open between the changes of the database, because its snapshot is that of the
 * connection that writes.
 */
#ifndef TESTS_UNIT_COUNT_REOPENED_H
#define TESTS_UNIT_COUNT_REOPENED_H

#include "tests/unit/count/archived.h"
#include "tests/unit/count/opened.h"

static const struct count_options with_archive = { .archive = ARCHIVED_ROOT };
static struct count *count;

static inline void
close_count(void)
{
	count_close(count);
	count = NULL;
}

static inline void
open_again(const struct count_options *options)
{
	close_count();
	done(count_open(&count, db, definitions, DEFINITIONS, options, &err));
}

/* Packs events that the definitions have counted by now. */
static inline void
count_and_pack(int64_t from_ms, int64_t until_ms)
{
	open_again(&with_archive);
	close_count();
	archived_pack(from_ms, until_ms);
	open_again(&with_archive);
}

static inline int
leave_reopened(void **state)
{
	close_count();
	return leave_counts(state);
}

#endif
