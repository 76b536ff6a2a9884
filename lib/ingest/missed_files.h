/* SPDX-License-Identifier: ISC
 *
 * missed_files -- finds out from the tables followed_files and sources which rotated
 * siblings of a followed file have lines that were not stored.
 */
#ifndef INGEST_MISSED_FILES_H
#define INGEST_MISSED_FILES_H

#include "read/tail_rotated.h"
#include "store/followed_files.h"

struct missed_files;

/* Records in the database that the files are followed. db, followed and the paths
 * are borrowed. The caller owns *out and gives it to missed_files_close. */
MUST_USE int missed_files_open(struct missed_files **out, struct db *db,
    struct followed_files *followed, char *const *paths, size_t count,
    struct err *err);
void missed_files_close(struct missed_files *files); /* NULL is fine */

/* Returns the name, borrowed, under which the table followed_files has one of the
 * paths. */
const char *missed_files_path(const struct missed_files *files,
    const char *path);

/* Sets *out to whether a sibling of the path may have lines that were not stored. It
 * is decided by size and time, without reading the sibling. */
MUST_USE int missed_files_has(struct missed_files *files, const char *path,
    const struct tail_rotated *sibling, bool *out, struct err *err);

#endif
