/* SPDX-License-Identifier: ISC
 *
 * followed_files -- the table of that name: since when files are followed, and when
 * something of them was last taken. Only this module writes it. Paths are absolute,
 * times are those of the clock of files (tim_file_ms).
 */
#ifndef STORE_FOLLOWED_FILES_H
#define STORE_FOLLOWED_FILES_H

#include "db/db.h"

struct followed_files;

/* db is borrowed. *out is the caller's, for followed_files_close. */
MUST_USE int followed_files_open(struct followed_files **out, struct db *db,
    struct err *err);
void followed_files_close(struct followed_files *files); /* NULL is fine */

/* In a transaction: notes that the file is followed from now on, unless it was
 * before. */
MUST_USE int followed_files_add(struct followed_files *files, const char *path,
    int64_t now_ms, struct err *err);

/* In a transaction: notes that something of the file was taken. */
MUST_USE int followed_files_set_taken(struct followed_files *files,
    const char *path, int64_t now_ms, struct err *err);

/* When the file was first followed, and when something of it was last taken: 0 when
 * nothing was. Returns 1; 0 when it was never followed; -1 error. */
MUST_USE int followed_files_find(struct followed_files *files, const char *path,
    int64_t *first_ms, int64_t *taken_ms, struct err *err);

#endif
