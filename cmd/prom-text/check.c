/* SPDX-License-Identifier: ISC
 *
 * check: what is wrong with definitions, without a database.
 */
#include "base/log.h"
#include "cmd/prom-text/run.h"
#include "metric/check.h"
#include "store/store.h"

#include <stdio.h>

int
run_check(struct run *run, struct err *err)
{
	struct buf text = BUF_EMPTY;
	struct db *store;
	size_t count;

	if (store_open(&store, DB_TEMPORARY, DB_WRITE, DB_WAIT_MS, err) < 0)
		return -1;
	count = metric_check(run->packs, store, &text);
	fwrite(buf_text(&text), 1, text.len, stdout);
	log_info("%zu metrics, %zu complaint%s", run->packs->count +
	    run->packs->fault_count, count,
	    count == 1 ? "" : "s");
	buf_release(&text);
	db_close(store);
	return count == 0 ? EXIT_YES : EXIT_NO;
}
