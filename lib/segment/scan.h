/* SPDX-License-Identifier: ISC
 *
 * archive_scan -- the files that are in an archive, whatever its catalog says.
 */
#ifndef SEGMENT_SCAN_H
#define SEGMENT_SCAN_H

#include "segment/part_name.h"

struct archive_scan {
	struct part_name *parts; /* files with the name of a partition, ordered */
	size_t part_count;
	char **leftovers; /* paths of unfinished files of a pack that was killed */
	size_t leftover_count;
	char **strangers; /* paths of anything else below warm and cold */
	size_t stranger_count;
};

/* Lists the files below root; release it also after an error. Names that begin
 * with a dot are skipped. */
MUST_USE int archive_scan(struct archive_scan *scan, const char *root,
    struct err *err);
void archive_scan_release(struct archive_scan *scan);

#endif
