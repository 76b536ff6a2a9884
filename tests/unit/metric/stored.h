/* SPDX-License-Identifier: ISC
 *
 * stored -- for the tests of lib/metric: observations that are stored as tel-ingest does.
 */
#ifndef TESTS_UNIT_METRIC_STORED_H
#define TESTS_UNIT_METRIC_STORED_H

#include "count/count.h"
#include "tests/unit/store/ledger_open.h"

#include <inttypes.h>

/* Stores an event that is the next of its producer; name, outcome and value are SQL. */
static inline void
store_observation(int64_t position, int64_t ts_ms, const char *name, const char *outcome,
    const char *value)
{
	struct ledger_source *from;
	struct buf sql = BUF_EMPTY;

	begin();
	from = producer("p");
	buf_printf(&sql, "INSERT INTO observations (id, ts_ms, name, outcome, value, labels)"
	    " VALUES (%" PRId64 ", %" PRId64 ", %s, %s, %s, '{\"job\":\"nightly\"}')",
	    ledger_id(from, position), ts_ms, name, outcome, value);
	done(db_run(db, buf_text(&sql), &err));
	buf_release(&sql);
	ledger_take(ledger, from, position, position + 1);
	ledger_count(ledger, from, position, position + 1, 1, LEDGER_INSERTED, 1);
	ledger_count_row(ledger, from, position, ts_ms, NULL, 0);
	commit();
}

/* Makes a copy of a file, in place of what was there. */
static inline void
copy_file(const char *from, const char *to)
{
	static char bytes[1 << 20];
	FILE *file = fopen(from, "re");
	size_t len;

	assert_non_null(file);
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	assert_true(len > 0 && len < sizeof(bytes));
	assert_int_equal(folder_put(to, bytes, len), 0);
}

#endif
