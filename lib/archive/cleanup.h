/* SPDX-License-Identifier: ISC
 *
 * cleanup -- cleans up after a pack that was killed. Its unfinished
 * file is removed. A complete file that is not in the catalog is read line by
 * line and entered: then its rows count as archived, wherever the pack was
 * interrupted. Nothing that could be the only copy is ever removed.
 */
#ifndef ARCHIVE_CLEANUP_H
#define ARCHIVE_CLEANUP_H

#include "segment/scan.h"
#include "archive/watch.h"
#include "segment/catalog.h"

/* Brings catalog and files together. The caller holds the lock; *scan is what
 * lies in the archive, to be released by the caller, also after an error. */
MUST_USE int archive_clean_up(struct catalog *catalog, struct segment_scan *scan,
    int64_t now_ms, const struct archive_watch *watch, struct err *err);

/* The value of `program` in entries that this program makes. */
void archive_program(char out[CATALOG_PROGRAM_SIZE]);

#endif
