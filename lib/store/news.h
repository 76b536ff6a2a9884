/* SPDX-License-Identifier: ISC
 *
 * news -- what the ledger says of rows that arrived and left since a reader last looked.
 */
#ifndef STORE_NEWS_H
#define STORE_NEWS_H

#include "db/db.h"
#include "store/ranges.h"

/* Rows that came in one transaction or several. */
struct news {
	struct ranges ids;       /* of rows: each is in one range of one transaction; owned */
	int64_t row_count;       /* that were inserted there */
	int64_t batch_no;        /* the last batch; a reader goes on after it */
	int64_t transaction_no;  /* of that batch, */
	int64_t committed_ms;    /* and when */
};

/* Sets *out to what came after a batch (0: from the beginning) and until another, in
 * whole transactions: those before the last one have at most max_rows rows. What an older
 * version took, without noting its pieces, comes all at once; a database that only older
 * versions have written has no news. Returns 1; 0 when nothing came; -1 on an error. The
 * caller releases *out in every case. */
MUST_USE int news_read(struct db *db, int64_t after_batch_no, int64_t last_batch_no,
    int64_t max_rows, struct news *out, struct err *err);
void news_release(struct news *news);

/* Sets the last batch, its transaction and time in *out, all 0 without one; the rest of it
 * is empty. */
MUST_USE int news_last(struct db *db, struct news *out, struct err *err);

/* Sets *ids to where the rows with times from from_ms to last_ms are, among others; the
 * caller releases it in every case. */
MUST_USE int news_between(struct db *db, int64_t from_ms, int64_t last_ms,
    struct ranges *ids, struct err *err);

/* Returns 1 when the database has a batch of that number, transaction and time, 0 when it
 * does not: it is another database, or was put back to an earlier state; -1 on an error.
 * Every database has batch 0. */
MUST_USE int news_is_known(struct db *db, int64_t batch_no, int64_t transaction_no,
    int64_t committed_ms, struct err *err);

/* Rows of one table and day that left for an archive. */
struct departure {
	int64_t no, transaction_no;
	int64_t listed_batch_no; /* rows of later batches are not among them; -1: not known */
	char *table;             /* owned; "": of several tables */
	int64_t row_count;
	bool has_times;
	int64_t from_ms, until_ms; /* of the rows, until is the last one plus 1 */
	char *archive;             /* absolute path, owned; "": not known */
	int64_t committed_ms;
};

struct departures {
	struct departure *items; /* by no */
	size_t count;
};

/* Sets *out to the departures after one (0: to all); the caller releases it in every
 * case. A database of an older version has none. */
MUST_USE int departures_read(struct db *db, int64_t after_no, struct departures *out,
    struct err *err);
void departures_release(struct departures *departures);

#endif
