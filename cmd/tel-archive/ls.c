/* SPDX-License-Identifier: ISC
 *
 * tel-archive ls: prints the catalog of the archive, as a table or as JSON lines.
 */
#include "archive/list.h"
#include "cmd/tel-archive/run.h"
#include "segment/table.h"

static int
print_list(const struct run *run, const struct catalog *catalog,
    struct err *err)
{
	const struct opt_list *tables = &run->tables;
	struct buf out = BUF_EMPTY;

	if (segment_tables_check(tables->items, tables->count, err) < 0)
		return -1;
	if (run->format == FORMAT_TABLE)
		archive_list_table(&out, catalog, tables->items, tables->count);
	else
		archive_list_jsonl(&out, catalog, tables->items, tables->count);
	run_print(&out);
	buf_release(&out);
	return EXIT_YES;
}

int
ls_verb(struct run *run, struct err *err)
{
	struct catalog catalog;
	int result = run_open_catalog(run, &catalog, err);

	if (result == 0)
		result = print_list(run, &catalog, err);
	catalog_release(&catalog);
	return result;
}
