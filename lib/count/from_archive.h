/* SPDX-License-Identifier: ISC
 *
 * from_archive -- counts what left for an archive, from the archive, for definitions that have
 * not counted it.
 */
#ifndef COUNT_FROM_ARCHIVE_H
#define COUNT_FROM_ARCHIVE_H

#include "count/catch_up.h"
#include "segment/catalog.h"

/* Where the archive is. All is borrowed. */
struct count_archive {
	const char *root;    /* its folder */
	const char *store;   /* id of the database */
	bool is_given;       /* by a user: then it must be there, and be that of the store */
};

/* Reads the catalog of the archive, which the caller releases in every case. Returns 1; 0
 * when nobody gave the archive and it cannot be read or is that of another database than
 * db; -1 when a given one cannot be used: EXIT_CONFIG when it is that of another. */
MUST_USE int count_archive_open(struct catalog *out, const struct count_archive *archive,
    const struct db *db, struct err *err);

/* Counts the days that definitions lack, each when the archive has all rows that left; the
 * others stay unknown. Call it in a transaction of base and a snapshot of db, when the
 * definitions are up to date. Returns 1 when definitions had to begin anew, so that
 * count_catch_up has to run again; 0 when it is done; -1 on an error. EXIT_CONFIG when a
 * given archive is that of another database. */
MUST_USE int count_archived(struct count_base *base, struct db *db,
    struct count_wanted *wanted, size_t count, const struct count_archive *archive,
    int64_t *row_count, struct err *err);

#endif
