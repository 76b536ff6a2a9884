/* SPDX-License-Identifier: ISC
 *
 * cat -- lines out of an archive, in order of time within each table.
 * Only frames that may hold a line that is wanted are read.
 */
#ifndef ARCHIVE_CAT_H
#define ARCHIVE_CAT_H

#include "segment/catalog.h"

struct archive_filter {
	const char *const *tables; /* none: all */
	size_t table_count;
	const char *const *types; /* none: all */
	size_t type_count;
	int64_t from_ms;  /* from_ms <= ts_ms < until_ms */
	int64_t until_ms;
	const char *run_id; /* NULL: all */
};

/* Receives whole lines, each with its newline. Returns 0, or -1 with err to stop. */
typedef int archive_line_sink(void *context, const char *lines, size_t len,
    struct err *err);

MUST_USE int archive_cat(const struct catalog *catalog,
    const struct archive_filter *filter, archive_line_sink *sink,
    void *context, struct err *err);

#endif
