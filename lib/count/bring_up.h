/* SPDX-License-Identifier: ISC
 *
 * bring_up -- brings the counts file beside a database up to date before rows leave it.
 */
#ifndef COUNT_BRING_UP_H
#define COUNT_BRING_UP_H

#include "db/db.h"

/* Counts all that is new for every definition of the counts file, if there is one; db has
 * no transaction. Returns 0; or -1 when the file cannot be brought up to date, so that
 * its definitions will take what leaves from the archive. */
MUST_USE int count_bring_up_to_date(struct db *db, struct err *err);

#endif
