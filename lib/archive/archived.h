/* SPDX-License-Identifier: ISC
 *
 * archived -- which rows of the database are in the archive already, because
 * a pack was killed before deleting them, or ran with --keep.
 */
#ifndef ARCHIVE_ARCHIVED_H
#define ARCHIVE_ARCHIVED_H

#include "archive/leaving.h"
#include "archive/rows.h"
#include "segment/catalog.h"

/* Marks the rows of leaving whose lines are in a partition of table. Only frames
 * whose times overlap with the list are read. A row counts as archived when its
 * line there is the same, byte for byte; the same identity with another text is
 * EXIT_DATA, since one of the two would be lost. */
MUST_USE int archive_mark_archived(struct archive_leaving *leaving,
    struct archive_rows *rows, const struct catalog *catalog,
    const char *table, struct err *err);

#endif
