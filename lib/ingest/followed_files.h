/* SPDX-License-Identifier: ISC
 *
 * followed_files -- the table of that name: since when files are followed, and
 * so which of the files that rotation made of one hold what was not taken.
 */
#ifndef INGEST_FOLLOWED_FILES_H
#define INGEST_FOLLOWED_FILES_H

#include "db/db.h"
#include "read/tail_rotated.h"

struct followed_files;

/* Notes in the database that the files are followed. *out is the caller's, for
 * followed_files_close; the paths are borrowed. */
MUST_USE int followed_files_open(struct followed_files **out, struct db *db,
    char *const *paths, size_t count, struct err *err);
void followed_files_close(struct followed_files *files); /* NULL is fine */

/* The name of one of the paths in the table. Borrowed. */
const char *followed_files_path(const struct followed_files *files,
    const char *path);

/* Whether a sibling of the path may hold what was not taken, as far as can be
 * told without reading it. */
MUST_USE int followed_files_misses(struct followed_files *files,
    const char *path, const struct tail_rotated *sibling, bool *out,
    struct err *err);

#endif
