/* SPDX-License-Identifier: ISC
 *
 * known -- which rows of the database are in the archive already,
 * because a pack was killed before it deleted them, or kept them.
 */
#ifndef ARCHIVE_KNOWN_H
#define ARCHIVE_KNOWN_H

#include "archive/hot.h"
#include "archive/rows.h"
#include "segment/catalog.h"

/* Marks the rows of hot whose lines are in a partition of table. Only frames
 * whose times overlap with the list are read. A row counts as archived when its
 * line there is the same, byte for byte; the same identity with another text is
 * EXIT_DATA, since one of the two would be lost. */
MUST_USE int archive_known_mark(struct archive_hot *hot,
    struct archive_rows *rows, const struct catalog *catalog,
    const char *table, struct err *err);

#endif
