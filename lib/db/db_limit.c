/* SPDX-License-Identifier: ISC
 *
 * Statements that take too long are given up.
 */
#include "base/tim.h"
#include "db/db_private.h"

/* Steps of SQLite's machine between two looks at the clock: some tenths of a ms. */
#define STEPS 20000
#define NS_PER_MS 1000000

static int
is_over(void *context)
{
	const struct db *db = context;

	return tim_monotonic_ns() > db->deadline_ns;
}

void
db_limit(struct db *db, int64_t most_ms)
{
	db->limit_ms = most_ms;
	db->deadline_ns = tim_monotonic_ns() + most_ms * NS_PER_MS;
	sqlite3_progress_handler(db->handle, STEPS, most_ms > 0 ? is_over : NULL, db);
}
