/* SPDX-License-Identifier: ISC
 *
 * hash_key -- the key of this deployment, with which hashes are made that stand
 * for URLs and persons. It is a file whose whole text is the key; one newline at
 * its end is not part of it.
 */
#ifndef IO_HASH_KEY_H
#define IO_HASH_KEY_H

#include "base/buf.h"

#define HASH_KEY_MAX_BYTES 4096

/* Reads the file into key, which the caller releases. A file that cannot be
 * read, is empty or larger than HASH_KEY_MAX_BYTES is EXIT_CONFIG. */
MUST_USE int hash_key_read(const char *path, struct buf *key, struct err *err);

/* The same with path, or when that is NULL with DATABASE.key, beside the file
 * that database is a name of. A missing DATABASE.key is made: 64 random
 * hexadecimal digits and a newline, for its owner only. Of several processes
 * that make it at once one wins and all read the same key. EXIT_CREATE when it
 * cannot be made. */
MUST_USE int hash_key_open(const char *path, const char *database,
    struct buf *key, struct err *err);

#endif
