/* SPDX-License-Identifier: ISC
 *
 * rebuild -- removes the CHECK that an older program gave to columns with a closed
 * list of words, so that words can be added. The table is made again: rows, ids,
 * columns, indexes and triggers stay as they are.
 */
#ifndef STORE_REBUILD_H
#define STORE_REBUILD_H

#include "db/db.h"

/* Makes those tables again; call it in a transaction of db. */
MUST_USE int rebuild_tables(struct db *db, struct err *err);

#endif
