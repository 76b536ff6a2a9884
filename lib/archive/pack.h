/* SPDX-License-Identifier: ISC
 *
 * pack -- old events out of the database and into an archive.
 *
 * A row is deleted only after its partition has been renamed into place, synced,
 * read back from the disk with the digests that were written, and entered into
 * the catalog durably. Killed at any point, the next pack goes on from there:
 * rows that are already in the archive are recognised and only deleted. Rows of a short
 * run that has later events stay until all of the run can leave.
 */
#ifndef ARCHIVE_PACK_H
#define ARCHIVE_PACK_H

#include "archive/watch.h"

struct archive_pack {
	const char *root;
	const char *db_path;
	int64_t before_ms; /* rows with ts_ms < before_ms are packed */
	int64_t max_run_span_ms; /* of such a run, from first to last event */
	int64_t now_ms;
	const char *const *tables; /* none: all */
	size_t table_count;
	bool must_keep;  /* delete nothing */
	bool is_dry_run; /* change nothing */
	struct archive_watch watch;
	/* With is_dry_run: what would be packed. May be NULL. */
	void (*plan)(void *context, const char *table, const char *day,
	    int64_t row_count);
	/* Results. */
	int64_t part_count, row_count, file_bytes, raw_bytes;
	int64_t known_count;   /* rows that were in the archive already */
	int64_t refused_count; /* rows that no line can express; they stay */
	int64_t deleted_count;
	int64_t kept_run_count, kept_row_count; /* runs that stay whole, and their rows
	                                         * that are old enough to leave */
	int64_t cut_run_count; /* runs of which only a part remains */
};

/* Packs. A row that cannot be packed is counted, reported through watch.warning,
 * and stays where it is. */
MUST_USE int archive_pack(struct archive_pack *pack, struct err *err);

#endif
