/* SPDX-License-Identifier: ISC
 *
 * claim -- whose archive it is. An archive is that of one database: two would give
 * their counts to each other.
 */
#ifndef ARCHIVE_CLAIM_H
#define ARCHIVE_CLAIM_H

#include "db/db.h"
#include "segment/catalog.h"

/* Claims the archive for the database with this path, for messages. EXIT_CONFIG when it
 * is that of another one. A database without an id claims nothing. */
MUST_USE int archive_claim(struct catalog *catalog, struct db *db,
    const char *db_path, struct err *err);

#endif
