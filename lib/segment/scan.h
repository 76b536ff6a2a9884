/* SPDX-License-Identifier: ISC
 *
 * scan -- the files that lie in an archive, whatever its catalog says.
 */
#ifndef SEGMENT_SCAN_H
#define SEGMENT_SCAN_H

#include "segment/part_name.h"

struct segment_scan {
	struct part_name *parts; /* files with the name of a partition, ordered */
	size_t part_count;
	char **leftovers; /* paths of unfinished files of a pack that was killed */
	size_t leftover_count;
	char **strangers; /* paths of anything else below warm and cold */
	size_t stranger_count;
};

/* Lists the files below root; release it also after an error. Names that begin
 * with a dot are passed over. */
MUST_USE int segment_scan(struct segment_scan *scan, const char *root,
    struct err *err);
void segment_scan_release(struct segment_scan *scan);

#endif
