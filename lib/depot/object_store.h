/* SPDX-License-Identifier: ISC
 *
 * object_store -- files named by their content: ROOT/objects/ab/cd/SHA256. A
 * file is written and hashed in ROOT/staging, made durable, and then linked to
 * its name, so that a name below objects always has its whole content, even
 * after a power failure.
 *
 * A thread of the store commits all waiting files together, because a commit
 * mostly waits for the disk, and one wait serves many files. The thread uses
 * only files between object_file_submit and object_store_next.
 */
#ifndef DEPOT_OBJECT_STORE_H
#define DEPOT_OBJECT_STORE_H

#include "base/err.h"
#include "depot/object_commit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct object_store;
struct object_file;

/* Opens a store; the caller closes *out. Makes missing folders, and clears staging
 * when no other process uses the store. The thread of the store calls wake(context)
 * when files are done. Unless durable, nothing is synced. EXIT_CREATE when the root
 * cannot be written to, EXIT_AGAIN when no thread can be started. */
MUST_USE int object_store_open(struct object_store **out, const char *root,
    bool is_durable, void (*wake)(void *), void *context, struct err *err);

/* Commits the submitted files, then closes the store. NULL is fine. */
void object_store_close(struct object_store *store);

/* Whether the store has an object of that digest (64 lower-case digits) and
 * length. A negative length is not compared. */
bool object_store_has(const char *root, const char *sha256, int64_t bytes);

/* Creates a file in staging. The caller ends it by object_file_submit or
 * object_file_abandon. EXIT_CREATE, or EXIT_IO when the disk is full. */
MUST_USE int object_file_create(struct object_file **out,
    struct object_store *store, struct err *err);
/* Appends bytes; EXIT_IO on failure. */
MUST_USE int object_file_write(struct object_file *file, const void *bytes,
    size_t len, struct err *err);
/* Removes the file from staging. NULL is fine. */
void object_file_abandon(struct object_file *file);

/* How many bytes have been written. */
int64_t object_file_bytes(const struct object_file *file);
/* Returns the digest of all bytes, borrowed from the file. No bytes may follow. */
const char *object_file_sha256(struct object_file *file);

/* Gives a complete file to the thread. object_store_next returns it with context. */
void object_file_submit(struct object_file *file, void *context);

/* The result of committing a file. */
struct object_end {
	void *context;
	char sha256[DIGEST_HEX_SIZE];
	int64_t bytes;
	enum object_result result;
	int64_t sync_ms; /* spent on making it and its group durable */
	struct err err;  /* for OBJECT_FAILED */
};

/* Sets *out to the result of the next file that is done; false when there is none. */
bool object_store_next(struct object_store *store, struct object_end *out);

#endif
