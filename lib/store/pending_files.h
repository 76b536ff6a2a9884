/* SPDX-License-Identifier: ISC
 *
 * pending_files -- followed files that have more than was taken from them.
 */
#ifndef STORE_PENDING_FILES_H
#define STORE_PENDING_FILES_H

#include "db/db.h"

/* Sets *count to how many of the files that were ever followed are there with bytes that the
 * ledger has not accounted for. A file that is gone, or that may not be looked at, does not
 * count. */
MUST_USE int pending_files_count(struct db *db, int64_t *count, struct err *err);

#endif
