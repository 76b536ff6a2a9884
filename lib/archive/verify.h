/* SPDX-License-Identifier: ISC
 *
 * verify -- whether an archive holds what its catalog says: every byte
 * of every partition is read.
 */
#ifndef ARCHIVE_VERIFY_H
#define ARCHIVE_VERIFY_H

#include "archive/watch.h"
#include "segment/catalog.h"

struct archive_verify {
	const char *const *paths; /* below root; none: all */
	size_t path_count;
	struct archive_watch watch;
	/* Results. */
	int64_t part_count, row_count, file_bytes, failure_count;
};

/* Verifies; watch.part is called for each partition and each file that should not
 * be there; its reason is a word of enum archive_fault. Returns -1 only when it
 * cannot verify: EXIT_NO_INPUT for a path that does not exist. */
MUST_USE int archive_verify(const struct catalog *catalog,
    struct archive_verify *verify, struct err *err);

#endif
