/* SPDX-License-Identifier: ISC
 *
 * tel-archive pack: moves events that are old enough from the database into the
 * archive.
 */
#include "archive/pack.h"
#include "base/log.h"
#include "base/tim.h"
#include "cmd/tel-archive/run.h"
#include "store/store.h"

#include <inttypes.h>

static void
print_plan(void *context, const char *table, const char *day,
    int64_t row_count)
{
	struct buf line = BUF_EMPTY;

	(void)context;
	archive_plan_print(&line, table, day, row_count);
	run_print(&line);
	buf_release(&line);
}

int
pack_verb(struct run *run, struct err *err)
{
	struct archive_pack pack = { .root = run->archive,
		.now_ms = run->now_ms,
		.before_ms = run->before_ms,
		.max_run_span_ms = run->run_days * TIM_MS_PER_DAY,
		.tables = run->tables.items, .table_count = run->tables.count,
		.must_keep = run->keeps_rows, .is_dry_run = run->is_dry_run,
		.watch = run_watch(run), .plan = print_plan };
	int result;

	if (store_path(run->db, &pack.db_path, err) < 0)
		return -1;
	result = archive_pack(&pack, err);
	progress_end(&run->progress);
	if (result < 0)
		return -1;
	log_info("packed %" PRId64 " rows into %" PRId64 " partitions, %" PRId64
	    " bytes from %" PRId64 "; %" PRId64 " rows were there already; "
	    "deleted %" PRId64 " rows from %s", pack.row_count, pack.part_count,
	    pack.file_bytes, pack.raw_bytes, pack.known_count,
	    pack.deleted_count, pack.db_path);
	if (pack.kept_run_count + pack.cut_run_count > 0)
		log_info("runs with later events: %" PRId64 " kept whole, with %"
		    PRId64 " rows of before; %" PRId64 " cut", pack.kept_run_count,
		    pack.kept_row_count, pack.cut_run_count);
	if (pack.refused_count == 0)
		return EXIT_YES;
	log_error("%s: %" PRId64 " rows could not be packed and were kept",
	    pack.db_path, pack.refused_count);
	return EXIT_NO;
}
