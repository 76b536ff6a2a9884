/* SPDX-License-Identifier: ISC
 *
 * file -- whole files: read one, replace one atomically (temporary name in the
 * same folder, fsync, rename, fsync of the folder), make folders.
 */
#ifndef IO_FILE_H
#define IO_FILE_H

#include "base/buf.h"

#include <stddef.h>
#include <stdio.h>

/* Appends the whole file ("-" is stdin) to out. EXIT_NO_INPUT when it cannot be
 * opened, EXIT_IO when reading fails, EXIT_DATA when it has more than max_bytes. */
MUST_USE int file_read(const char *path, size_t max_bytes, struct buf *out,
    struct err *err);

/* Returns the length of a path without the slashes at its end; "/" keeps its own. */
size_t file_folder_len(const char *path);

/* Sets *out to the absolute path without links of what path names; the caller frees it.
 * EXIT_NO_INPUT when there is no such thing. */
MUST_USE int file_real_path(const char *path, char **out, struct err *err);

/* Returns the folder part of a path, "." when it has none. The caller frees it. */
char *file_folder_of(const char *path);

/* Returns the path with the absolute name of its folder, so that a file has the
 * same name by whichever folders it is reached. A symbolic link as the last part is
 * kept, and so is the name of a folder that does not exist. The caller frees it. */
char *file_real_name(const char *path);

/* Makes a folder and its missing parents, and their names durable. EXIT_CREATE
 * when one cannot be made, EXIT_IO when a name cannot be made durable. */
MUST_USE int file_make_folders(const char *path, struct err *err);

/* Makes the names in the folder of path durable, by fsync. EXIT_IO on failure. */
MUST_USE int file_sync_folder_of(const char *path, struct err *err);

/* A file that is written under a temporary name and gets its own at
 * file_commit. All members are ours. */
struct file_new {
	char *path;
	char *temporary;
	int fd;
};

/* Creates the temporary file beside path; EXIT_CREATE on failure. */
MUST_USE int file_create(struct file_new *file, const char *path,
    struct err *err);
/* Writes all bytes; EXIT_IO on failure. */
MUST_USE int file_write(struct file_new *file, const void *bytes, size_t len,
    struct err *err);
/* fsync, rename onto path, fsync of the folder; releases file. When one of the
 * first two fails, the temporary file is removed and path is as it was. */
MUST_USE int file_commit(struct file_new *file, struct err *err);
/* Removes the temporary file and releases file; does nothing after
 * file_commit. */
void file_abandon(struct file_new *file);

/* Calls write(2) until all bytes are written. Returns 0, or -1 with errno. */
MUST_USE int file_write_all(int fd, const void *bytes, size_t len);

#endif
