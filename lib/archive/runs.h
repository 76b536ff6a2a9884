/* SPDX-License-Identifier: ISC
 *
 * runs -- runs that have events on both sides of the time before which rows leave. A
 * short one stays whole until all of it can leave; a long one is cut.
 */
#ifndef ARCHIVE_RUNS_H
#define ARCHIVE_RUNS_H

#include "archive/watch.h"
#include "db/db.h"

struct archive_runs {
	/* Set by the caller; borrowed. */
	struct db *reader; /* made ready by archive_leaving_prepare */
	const char *const *tables; /* of events, all that the file has */
	size_t table_count;
	const char *const *leaving; /* those of them whose rows leave */
	size_t leaving_count;
	int64_t before_ms;
	int64_t max_span_ms; /* from first to last event of a run that stays whole */
	/* Found. Only runs count that have rows which are old enough to leave. */
	int64_t kept_count, kept_row_count, cut_count;
	bool has_listing, has_unlisted; /* the table run_sources; runs without a name there */
};

/* Finds those runs, by what run_sources says of them and, where it does not list runs by
 * name, by their rows. Call it once, in a transaction of reader, which remembers them in a
 * temporary table. */
MUST_USE int archive_runs_find(struct archive_runs *runs, struct err *err);

/* Returns the condition, in SQL, which leaves out the rows of runs that stay whole: it
 * begins with AND, or is "". */
const char *archive_runs_condition(const struct archive_runs *runs);

/* Makes run_sources list the runs that are cut, each with its places, so that what remains
 * of them is known to be a part. Call it in the transaction of archive_runs_find, before
 * any row is deleted; writer is another connection. */
MUST_USE int archive_runs_list(const struct archive_runs *runs, struct db *writer,
    struct err *err);

/* Warns of runs that are cut: of each of the first ten, and of how many more. */
MUST_USE int archive_runs_warn(const struct archive_runs *runs, const char *db_path,
    const struct archive_watch *watch, struct err *err);

#endif
