/* SPDX-License-Identifier: ISC
 *
 * tel-archive cat: prints events of the archive, chosen by table, type, time and
 * run.
 */
#include "archive/cat.h"
#include "cmd/tel-archive/run.h"
#include "segment/table.h"

#include <stdio.h>

static int
put_lines(void *context, const char *lines, size_t len, struct err *err)
{
	(void)context;
	/* prog_exit reports the reason, unless the reader of a pipe has closed it. */
	if (fwrite(lines, 1, len, stdout) != len)
		return err_set(err, EXIT_IO, "standard output");
	return 0;
}

static int
print_events(const struct run *run, const struct catalog *catalog,
    struct err *err)
{
	struct archive_filter filter = { .tables = run->tables.items,
		.table_count = run->tables.count, .types = run->types.items,
		.type_count = run->types.count, .from_ms = run->from_ms,
		.until_ms = run->until_ms, .run_id = run->run_id };

	if (segment_tables_check(filter.tables, filter.table_count, err) < 0)
		return -1;
	if (archive_cat(catalog, &filter, put_lines, NULL, err) == 0 ||
	    ferror(stdout))
		return EXIT_YES;
	return -1;
}

int
cat_verb(struct run *run, struct err *err)
{
	struct catalog catalog;
	int result = run_open_catalog(run, &catalog, err);

	if (result == 0)
		result = print_events(run, &catalog, err);
	catalog_release(&catalog);
	return result;
}
