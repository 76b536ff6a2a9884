/* SPDX-License-Identifier: ISC
 *
 * run -- the runs that a store knows, and which of them is the newest: the last
 * that ended, by ts_ms and then id of its run_summary; when none has ended, the
 * run of the newest event of any type. One answer for every program.
 */
#ifndef STORE_RUN_H
#define STORE_RUN_H

#include "base/buf.h"
#include "db/db.h"

/* Events after at_ms do not count; this is for all of them. */
#define RUN_ANY_TIME INT64_MAX

/* 1 and the name of the newest run, the caller's to free; 0 and NULL when no
 * event belongs to a run; -1 on errors. */
MUST_USE int run_newest(struct db *db, int64_t at_ms, char **run_id,
    struct err *err);

/* Whether any event belongs to the run: 1, 0, or -1 on errors. */
MUST_USE int run_is_known(struct db *db, const char *run_id, struct err *err);

/* 1 and the times of the first and the last event of the run; 0 when there is
 * none; -1 on errors. */
MUST_USE int run_span(struct db *db, const char *run_id, int64_t at_ms,
    int64_t *first_ms, int64_t *last_ms, struct err *err);

/* Appends the names of the newest runs, the newest first: "a, b, c". Nothing
 * when there is none. */
MUST_USE int run_list(struct db *db, int64_t at_ms, struct buf *out,
    struct err *err);

#endif
