/* SPDX-License-Identifier: ISC
 *
 * pack_private -- what pack.c (tables) and pack_part.c (the files of one table) share;
 * other modules do not include it.
 */
#ifndef ARCHIVE_PACK_PRIVATE_H
#define ARCHIVE_PACK_PRIVATE_H

#include "archive/leaving.h"
#include "archive/pack.h"
#include "archive/rows.h"
#include "archive/runs.h"
#include "segment/catalog.h"
#include "segment/scan.h"
#include "tel/event.h"

struct packer {
	struct archive_pack *pack;
	struct catalog catalog;
	struct segment_scan scan;
	struct db *reader;
	struct db *writer; /* NULL with must_keep and is_dry_run */
	char *root;        /* of the archive, absolute; owned, NULL without writer */
	bool is_head_known; /* the database knows the catalog as it is */
	struct archive_runs runs;
	const char *tables[EVENT_TABLE_COUNT]; /* of events, that the file has */
	const char *leaving_tables[EVENT_TABLE_COUNT]; /* those that are packed */
	/* of the table being packed */
	const char *table;
	struct archive_leaving *leaving;
	struct archive_rows *rows;
	/* of the partition being written, if there is one */
	struct part_writer *part;
	struct part_name name;
	int64_t row_count;
	int64_t start_ns;
};

/* Says what is being done, to whom watches. */
void archive_pack_tell(const struct packer *packer, const char *doing,
    const char *day, int64_t row_count);

/* Writes the rows that are listed as new into partitions, each of which is proved and in
 * the catalog; with is_dry_run only counts them. */
MUST_USE int archive_pack_rows(struct packer *packer, struct err *err);

#endif
