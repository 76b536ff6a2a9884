/* SPDX-License-Identifier: ISC
 *
 * object_commit -- from staging to its name: the content of a group of files is
 * made durable, each is linked below objects, and then the names are made
 * durable. In this order, so that no name is ever seen without its content.
 */
#ifndef DEPOT_OBJECT_COMMIT_H
#define DEPOT_OBJECT_COMMIT_H

#include "base/err.h"
#include "io/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "objects/ab/cd/" and 64 digits. */
#define OBJECT_PATH_SIZE (14 + DIGEST_HEX_SIZE)
#define OBJECT_FOLDER_COUNT 65536

enum object_result {
	OBJECT_STORED,  /* new bytes are in the store */
	OBJECT_PRESENT, /* the same content was there already */
	OBJECT_HEALED,  /* the object had another length and was replaced */
	OBJECT_CORRUPT, /* the file is not as long as what was written; not stored */
	OBJECT_FAILED   /* see err */
};

struct object_tree {
	const char *root; /* for messages; borrowed */
	int staging_fd, objects_fd;
	bool is_durable;
	/* Folders objects/ab/cd that are known to exist durably. */
	unsigned char known[OBJECT_FOLDER_COUNT / 8];
};

/* A file in staging that is complete. */
struct object_work {
	int fd;
	char name[48]; /* in staging */
	char sha256[DIGEST_HEX_SIZE];
	int64_t bytes;
	/* The result: */
	enum object_result result;
	int64_t sync_ms; /* spent making the group durable */
	struct err err;  /* for OBJECT_FAILED */
};

/* "objects/ab/cd/SHA256". */
void object_path(char out[OBJECT_PATH_SIZE], const char *sha256);

/* Commits a group; closes each fd and removes each file from staging. */
void object_commit(struct object_tree *tree, struct object_work **group,
    size_t count);

#endif
