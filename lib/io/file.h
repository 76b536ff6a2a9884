/* SPDX-License-Identifier: ISC
 *
 * file -- files as a whole: read one, replace one atomically (temporary name
 * in the same folder, fsync, rename, fsync of the folder), make folders.
 */
#ifndef IO_FILE_H
#define IO_FILE_H

#include "base/buf.h"

#include <stddef.h>
#include <stdio.h>

/* Appends the whole file ("-" is stdin) to out; refuses more than max bytes
 * with EXIT_DATA. */
MUST_USE int file_read(const char *path, size_t max_bytes, struct buf *out,
    struct err *err);

/* The length of a path without the slashes at its end; "/" keeps its own. */
size_t file_folder_len(const char *path);

/* The folder that a path lies in, "." where it names none. The caller frees it. */
char *file_folder_of(const char *path);

/* The path by the absolute name of its folder: one name for each file that is
 * reached through other folders, but a link as its last part stays a link. A
 * folder that is not there keeps the name it has. The caller frees it. */
char *file_real_name(const char *path);

/* Makes a folder and those above it, and the name of each that was missing
 * durable. */
MUST_USE int file_make_folders(const char *path, struct err *err);

/* Makes the names in the folder of path durable. */
MUST_USE int file_sync_folder_of(const char *path, struct err *err);

/* A file that is written under a temporary name and takes its place at
 * file_commit. */
struct file_new {
	char *path;
	char *temporary;
	int fd;
};

/* Opens the temporary file beside path. */
MUST_USE int file_create(struct file_new *file, const char *path,
    struct err *err);
/* Writes all of it. */
MUST_USE int file_write(struct file_new *file, const void *bytes, size_t len,
    struct err *err);
/* fsync, rename onto path, fsync of the folder; releases file. After an error
 * the temporary file is gone and path is as it was. */
MUST_USE int file_commit(struct file_new *file, struct err *err);
/* Throws the temporary file away; does nothing after file_commit. */
void file_abandon(struct file_new *file);

/* write(2) until all is out. Returns 0, or -1 with errno. */
MUST_USE int file_write_all(int fd, const void *bytes, size_t len);

#endif
