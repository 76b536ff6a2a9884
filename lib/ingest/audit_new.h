/* SPDX-License-Identifier: ISC
 *
 * audit_new -- what the ledger says of new rows, for the audit: in which batch a position
 * was new (batches, batch_pieces), and where the events of a run are and how many there
 * were (run_sources).
 */
#ifndef INGEST_AUDIT_NEW_H
#define INGEST_AUDIT_NEW_H

#include "db/db.h"
#include "store/ranges.h"

struct audit_new;

/* Begins to read, in a transaction of db. Sets *out to NULL when the file is older than
 * these tables. db is borrowed, and the caller gives *out to audit_new_close. */
MUST_USE int audit_new_open(struct audit_new **out, struct db *db, struct err *err);
void audit_new_close(struct audit_new *news); /* NULL is fine */

/* Reads the pieces of a source; sources are asked in ascending order. Sets *bad_count to
 * how many of its pieces overlap another. */
MUST_USE int audit_new_read(struct audit_new *news, int64_t source_no,
    int64_t *bad_count, struct err *err);

/* Whether a batch of that source says that this position was new. Also true when the
 * source has batches from before pieces were kept. */
bool audit_new_has(const struct audit_new *news, int64_t position);

/* Returns 1 when run_sources says that an event of this run may be at this position and
 * time of the source, 0 when it does not, -1 on an error. */
MUST_USE int audit_new_has_run(struct audit_new *news, int64_t source_no,
    int64_t position, int64_t ts_ms, const char *run_id, struct err *err);

/* Compares the rows of runs that audit_new_has_run was asked for with those that
 * run_sources counts in this source; call it once for each source, after its last row.
 * Sets *missing to how many rows fewer there are, *extra to how many more, summed over
 * the runs. */
MUST_USE int audit_new_compare_runs(struct audit_new *news, int64_t source_no,
    int64_t *missing, int64_t *extra, struct err *err);

#endif
