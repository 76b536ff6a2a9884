/* SPDX-License-Identifier: ISC
 *
 * object_store -- files named by their content: ROOT/objects/ab/cd/SHA256. A
 * file is written in ROOT/staging, hashed on the way, made durable, and then
 * linked to its name, so that a name under objects always has its whole content,
 * even after a power failure.
 *
 * A thread of the store commits all waiting files at once, because the time goes
 * into waiting for the disk, and one wait serves many files. The thread touches
 * only files that were submitted and not yet handed back.
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

/* Makes the folders when they are missing, and clears staging when no other
 * process uses the store. wake is called by the thread of the store when it has
 * handed something back. *out is the caller's. EXIT_CREATE when the root cannot
 * be written to. */
MUST_USE int object_store_open(struct object_store **out, const char *root,
    bool is_durable, void (*wake)(void *), void *context, struct err *err);

/* Waits for the submitted files, then frees the store. NULL is fine. */
void object_store_close(struct object_store *store);

/* Whether the store holds an object of that digest (64 lower-case digits) and
 * length; a length below 0 is not compared. */
bool object_store_has(const char *root, const char *sha256, int64_t bytes);

/* A new file in staging. *out is the caller's, for object_file_submit or
 * object_file_abandon. */
MUST_USE int object_file_create(struct object_file **out,
    struct object_store *store, struct err *err);
MUST_USE int object_file_write(struct object_file *file, const void *bytes,
    size_t len, struct err *err);
void object_file_abandon(struct object_file *file); /* NULL is fine */

int64_t object_file_bytes(const struct object_file *file);
/* The digest of all that was written; ends the writing. Borrowed. */
const char *object_file_sha256(struct object_file *file);

/* Gives the file, finished, to the thread. context comes back with it. */
void object_file_submit(struct object_file *file, void *context);

/* The result of committing a file. */
struct object_end {
	void *context;
	char sha256[DIGEST_HEX_SIZE];
	int64_t bytes;
	enum object_result result;
	int64_t sync_ms; /* time spent making it durable, together with others */
	struct err err;  /* for OBJECT_FAILED */
};

/* The next file that is done; false when there is none yet. */
bool object_store_next(struct object_store *store, struct object_end *out);

#endif
