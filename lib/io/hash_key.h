/* SPDX-License-Identifier: ISC
 *
 * hash_key -- the key of this deployment for the hashes that replace URLs and
 * personal data. The key is the whole text of a file, without one newline at
 * the end.
 */
#ifndef IO_HASH_KEY_H
#define IO_HASH_KEY_H

#include "base/buf.h"

#define HASH_KEY_MAX_BYTES 4096

/* Reads the file into key, which the caller releases. A file that cannot be
 * read, is empty or larger than HASH_KEY_MAX_BYTES is EXIT_CONFIG. */
MUST_USE int hash_key_read(const char *path, struct buf *key, struct err *err);

/* Reads the file at path as hash_key_read does. When path is NULL, reads
 * DATABASE.key beside the real file of the database; when that is missing,
 * makes it: 64 random hexadecimal digits and a newline, readable for its owner
 * only. When several processes make it at once, all read the same key.
 * EXIT_CREATE when it cannot be made. */
MUST_USE int hash_key_read_or_make(const char *path, const char *database,
    struct buf *key, struct err *err);

#endif
