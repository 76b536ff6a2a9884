/* SPDX-License-Identifier: ISC
 *
 * count_file -- the counts file of a database: finds, makes and opens it.
 */
#ifndef COUNT_COUNT_FILE_H
#define COUNT_COUNT_FILE_H

#include "count/base.h"

#include <sys/types.h>

/* PRAGMA application_id of a counts file: "telc" in ASCII. */
#define COUNT_APPLICATION_ID 0x74656c63
/* PRAGMA user_version: another version is made afresh. */
#define COUNT_VERSION 2

struct count_file {
	struct db *db;
	bool is_writable;
	dev_t device; /* of the file that was opened */
	ino_t inode;
};

/* Opens the counts file of a database, or the file of that path when it is not NULL, for
 * writing if this user may; a missing one is made with the owner and mode of the
 * database. Returns 1; 0 when there is none and none can be made, or another program
 * begins it now; -1 when the file is something else. A file of another database is made
 * afresh; one with a path given is EXIT_CONFIG. The caller closes *out with
 * count_file_close in every case. */
MUST_USE int count_file_open(struct count_file *out, struct db *store, const char *path,
    struct err *err);
void count_file_close(struct count_file *file);

/* Returns 0 when the file is still at its path; EXIT_AGAIN when it was deleted or
 * replaced, so that what is written now would be lost. */
MUST_USE int count_file_check(const struct count_file *file, struct err *err);

/* Appends the path of the counts file of a database. */
void count_file_path(struct buf *out, const struct db *store);

#endif
