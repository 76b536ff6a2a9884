/* SPDX-License-Identifier: ISC
 *
 * rebuild -- tables that an older program made with a CHECK of the words in a
 * column are made again without it, so that words may be added. Rows, ids, columns,
 * indexes and triggers stay as they are.
 */
#ifndef STORE_REBUILD_H
#define STORE_REBUILD_H

#include "db/db.h"

/* Makes those tables again, in a transaction of db that has begun. */
MUST_USE int rebuild_tables(struct db *db, struct err *err);

#endif
