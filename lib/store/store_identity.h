/* SPDX-License-Identifier: ISC
 *
 * store_identity -- who a database is: writes the table store_identity. Counts and
 * archives that were made from the database know it again by its id.
 */
#ifndef STORE_STORE_IDENTITY_H
#define STORE_STORE_IDENTITY_H

#include "db/db.h"

#define STORE_ID_SIZE 33 /* 32 digits and a NUL */

/* Sets id to that of the database, "" when an older version made it, and *archive to the
 * path of its archive, which the caller frees, NULL when it has none. */
MUST_USE int store_identity_read(struct db *db, char id[STORE_ID_SIZE],
    char **archive, struct err *err);

/* Remembers the archive, by its absolute path, and how much of its catalog the database
 * knows: bytes, and the digest of catalog.h. Makes a transaction of its own. */
MUST_USE int store_identity_set_archive(struct db *db, const char *path,
    int64_t bytes, const char *head, struct err *err);

/* Gives the database an id if it has none. An old database also gets what its batches
 * and ranges can still say: a departure of unknown table and time for the rows that it
 * packed, and the hull of each source as the place of all runs. Call it in the
 * transaction that makes the tables. */
MUST_USE int store_identity_make(struct db *db, int64_t now_ms, struct err *err);

#endif
