/* SPDX-License-Identifier: ISC
 *
 * catch_up -- brings definitions of a base up to date with the database.
 */
#ifndef COUNT_CATCH_UP_H
#define COUNT_CATCH_UP_H

#include "count/base.h"
#include "count/count_rows.h"
#include "slo/selection.h"

/* A definition that is wanted. */
struct count_wanted {
	struct slo_definition definition; /* texts borrowed */
	char *text;                       /* slo_definition_text; owned by who made it */
	int64_t no;                       /* in the base; 0: not there yet */
	struct count_mark mark;
};

/* Rows of one step: so long the snapshot of the database is held, and so much is counted
 * again when the program is killed. */
#define COUNT_STEP_ROWS 200000

/* Adds definitions that the base does not have, begins anew those whose counts are of
 * another state of the database or lack rows that left, and counts what is new for those
 * that are furthest behind: at most max_rows rows and one transaction. Call it in one
 * transaction of base and one snapshot of db. Returns 1 when more is left, 0 when all are
 * up to date, -1 on an error; *row_count grows by the rows read. */
MUST_USE int count_catch_up(struct count_base *base, struct db *db,
    struct count_wanted *wanted, size_t count, int64_t max_rows, int64_t *row_count,
    struct err *err);

/* Whether the base has counted all rows of the database and seen all departures, which are
 * given, and with `whole` misses none of them. Returns 1; 0 when it has not; -1 on an
 * error. Sets the numbers and marks of the definitions. */
MUST_USE int count_is_current(struct count_base *base, struct db *db,
    struct count_wanted *wanted, size_t count, const struct departures *departures,
    bool whole, struct err *err);

/* Counts all rows of the tables, in a base that has nothing of the definitions: of events
 * that no ledger tells apart, as those of a database of an older version. */
MUST_USE int count_all_rows(struct count_base *base, struct db *db,
    struct count_wanted *wanted, size_t count, int64_t *row_count, struct err *err);

/* Counts the rows with these times, both included, in another base; the numbers that the
 * definitions have in their own stay. */
MUST_USE int count_rows_between(struct count_base *base, struct db *db,
    const struct count_wanted *wanted, size_t count, int64_t from_ms, int64_t last_ms,
    int64_t *row_count, struct err *err);

/* Counts chosen rows in a base that has nothing of the definitions. */
MUST_USE int count_rows_of(struct count_base *base, struct db *db,
    struct count_wanted *wanted, size_t count, const struct count_rows *rows,
    int64_t *row_count, struct err *err);

#endif
