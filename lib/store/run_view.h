/* SPDX-License-Identifier: ISC
 *
 * run_view -- event tables that show little more than the rows of one run: temporary views
 * of their names, so that a statement that a person wrote for the tables reads a run without
 * reading all events.
 */
#ifndef STORE_RUN_VIEW_H
#define STORE_RUN_VIEW_H

#include "db/db.h"

/* Makes the views of the places that run_sources lists for the run; there may be rows of
 * other runs between its own. Makes none where the list is not complete. */
MUST_USE int run_view_open(struct db *db, const char *run_id, struct err *err);

/* Takes the views away. */
MUST_USE int run_view_close(struct db *db, struct err *err);

#endif
