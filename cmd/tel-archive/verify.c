/* SPDX-License-Identifier: ISC
 *
 * tel-archive verify: reads every byte of the archive, or of the files given as
 * operands, and compares it with the catalog.
 */
#include "archive/verify.h"
#include "base/log.h"
#include "cmd/tel-archive/run.h"

#include <inttypes.h>

static int
verify_parts(struct run *run, const struct catalog *catalog, struct err *err)
{
	struct archive_verify verify = {
		.paths = (const char *const *)run->operands,
		.path_count = (size_t)run->operand_count,
		.watch = run_watch(run) };
	int result = archive_verify(catalog, &verify, err);

	progress_end(&run->progress);
	if (result < 0)
		return -1;
	log_info("verified %" PRId64 " partitions, %" PRId64 " rows, %" PRId64
	    " bytes; %" PRId64 " failures", verify.part_count, verify.row_count,
	    verify.file_bytes, verify.failure_count);
	return verify.failure_count == 0 ? EXIT_YES : EXIT_NO;
}

int
verify_verb(struct run *run, struct err *err)
{
	struct catalog catalog;
	int result = run_open_catalog(run, &catalog, err);

	/* A damaged catalog is a result of verify, not an error. */
	if (result < 0 && err->exit_code == EXIT_DATA)
		err->exit_code = EXIT_NO;
	if (result == 0)
		result = verify_parts(run, &catalog, err);
	catalog_release(&catalog);
	return result;
}
