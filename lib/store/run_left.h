/* SPDX-License-Identifier: ISC
 *
 * run_left -- which events of a run have left the database for an archive, so that what
 * remains is not taken for the whole run.
 */
#ifndef STORE_RUN_LEFT_H
#define STORE_RUN_LEFT_H

#include "db/db.h"

#include <stdbool.h>

struct run_left {
	int64_t rows;  /* events that left; 0: the run is whole */
	bool is_exact; /* false: run_sources does not know how many there were; rows is
	                * then the most that can have left */
	int64_t from_ts_ms, until_ts_ms; /* of its events, those that left too; until is
	                                  * the last of them, plus 1. Both 0: none */
	char *archive; /* the folder where the last of them went; NULL: not known. Owned;
	                * the caller frees it. */
};

/* Sets *out, also for a run that is not known. Its count is exact when run_sources counts
 * the rows of all its places. Else the rows that left are looked for by position: those
 * of its sources that left from between its events, or from right beside them. */
MUST_USE int run_left(struct db *db, const char *run_id, struct run_left *out,
    struct err *err);

/* Sets *rows to the most events of this table that can be among left->rows: no more than
 * the table lost in the time of the run. */
MUST_USE int run_left_from(struct db *db, const struct run_left *left,
    const char *table, int64_t *rows, struct err *err);

#endif
