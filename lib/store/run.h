/* SPDX-License-Identifier: ISC
 *
 * run -- the runs in a store. The newest is the one that ended last, by ts_ms and then
 * id of its run_summary; when no run has ended, it is the run of the newest event of
 * any type. All programs use this one definition.
 */
#ifndef STORE_RUN_H
#define STORE_RUN_H

#include "base/buf.h"
#include "db/db.h"

/* SQL around the name of a table in FROM, for a statement about the run :run_id. It reads
 * only the rows between the places that run_sources lists; others of them may belong to
 * other runs, so run_id = :run_id stays a condition of the statement. */
struct run_from {
	const char *before, *after; /* static */
};

/* Sets *out to that text. Both are "" when run_sources does not list every run, as in a
 * file that is older or has rows that were put in by hand alone, and no event of the run is
 * in its places. */
MUST_USE int run_from(struct db *db, const char *run_id, struct run_from *out,
    struct err *err);

/* Events after at_ms are ignored; with this value no event is. */
#define RUN_ANY_TIME INT64_MAX

/* Returns 1 and sets *run_id to the name of the newest run, which the caller frees; 0
 * and NULL when no event belongs to a run; -1 on an error. */
MUST_USE int run_newest(struct db *db, int64_t at_ms, char **run_id,
    struct err *err);

/* Returns 1 when an event belongs to the run, or did before all of them left; 0 when none
 * does; -1 on an error. */
MUST_USE int run_is_known(struct db *db, const char *run_id, struct err *err);

/* Returns 1 and sets the times of the first and the last event of the run; 0 when the
 * run has no event; -1 on an error. */
MUST_USE int run_span(struct db *db, const char *run_id, int64_t at_ms,
    int64_t *first_ms, int64_t *last_ms, struct err *err);

struct run_names {
	char **items; /* owned */
	size_t count;
};

/* Sets *out to the names of the newest runs, at most so many, newest first. The caller
 * releases it, after errors too. */
MUST_USE int run_names(struct db *db, int64_t at_ms, size_t most, struct run_names *out,
    struct err *err);
void run_names_release(struct run_names *names);

/* Appends the names of the newest runs, newest first: "a, b, c". Appends nothing when
 * there is no run. */
MUST_USE int run_list(struct db *db, int64_t at_ms, struct buf *out,
    struct err *err);

#endif
