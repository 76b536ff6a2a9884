/* SPDX-License-Identifier: ISC
 *
 * tel-ingest dead drop: deletes the selected dead letters, and prints their number.
 */
#include "base/tim.h"
#include "cmd/tel-ingest/dead.h"

#include <inttypes.h>
#include <stdio.h>

int
dead_drop_verb(struct run *run, struct err *err)
{
	struct dead_selection selection = { 0 };
	struct db *db = NULL;
	int64_t dropped = 0;
	int result;

	if (dead_select(run, false, &selection, err) < 0)
		return -1;
	result = dead_open_writer(run, &db, err);
	if (result == 0)
		result = dead_drop(db, &selection, tim_now_ms(), &dropped, err);
	if (result == 0)
		printf("{\"dropped\":%" PRId64 "}\n", dropped);
	db_close(db);
	dead_select_release(&selection);
	return result;
}
