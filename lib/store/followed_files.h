/* SPDX-License-Identifier: ISC
 *
 * followed_files -- writes the table followed_files: when each file was first
 * followed, and when a line of it was last stored. No other module writes it. Paths
 * are absolute; times are in ms by the clock of files (tim_file_ms).
 */
#ifndef STORE_FOLLOWED_FILES_H
#define STORE_FOLLOWED_FILES_H

#include "db/db.h"

struct followed_files;

/* Prepares the statements for db, which is borrowed. The caller owns *out and gives
 * it to followed_files_close. */
MUST_USE int followed_files_open(struct followed_files **out, struct db *db,
    struct err *err);
void followed_files_close(struct followed_files *files); /* NULL is fine */

/* Notes that the file is followed from now on, unless it was followed before. Call it
 * in a transaction. */
MUST_USE int followed_files_add(struct followed_files *files, const char *path,
    int64_t now_ms, struct err *err);

/* Notes that a line of the file was stored now. Call it in a transaction. */
MUST_USE int followed_files_set_taken(struct followed_files *files,
    const char *path, int64_t now_ms, struct err *err);

/* Sets *first_ms to when the file was first followed, and *taken_ms to when a line of
 * it was last stored, 0 for never. Returns 1; 0 when the file was never followed; -1
 * on an error. */
MUST_USE int followed_files_find(struct followed_files *files, const char *path,
    int64_t *first_ms, int64_t *taken_ms, struct err *err);

#endif
