/* SPDX-License-Identifier: ISC
 *
 * archive_tidy -- what a pack that was killed has left behind. Its unfinished
 * file is removed. A file that is whole but not in the catalog is read line by
 * line and put there: then its rows are known to be archived, wherever the
 * pack was interrupted. Nothing that could be the only copy is ever removed.
 */
#ifndef ARCHIVE_TIDY_H
#define ARCHIVE_TIDY_H

#include "segment/scan.h"
#include "archive/watch.h"
#include "segment/catalog.h"

/* Brings catalog and files together. The caller holds the lock; *scan is what
 * lies in the archive, to be released by the caller, also after an error. */
MUST_USE int archive_tidy(struct catalog *catalog, struct segment_scan *scan,
    int64_t now_ms, const struct archive_watch *watch, struct err *err);

/* What stands in program of the entries that this program makes. */
void archive_program(char out[CATALOG_PROGRAM_SIZE]);

#endif
