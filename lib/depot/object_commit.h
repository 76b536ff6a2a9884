/* SPDX-License-Identifier: ISC
 *
 * object_commit -- moves a group of files from staging to their names: makes
 * their contents durable, links each below objects, and then makes the names
 * durable. By this order a name always has its content, even after a power
 * failure.
 */
#ifndef DEPOT_OBJECT_COMMIT_H
#define DEPOT_OBJECT_COMMIT_H

#include "base/err.h"
#include "io/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "objects/ab/cd/", 64 digits and NUL. */
#define OBJECT_PATH_SIZE (14 + DIGEST_HEX_SIZE)
#define OBJECT_FOLDER_COUNT 65536

enum object_result {
	OBJECT_STORED,  /* new bytes are in the store */
	OBJECT_PRESENT, /* the object existed with the same length */
	OBJECT_HEALED,  /* the object had another length and was replaced */
	OBJECT_CORRUPT, /* the file lacks bytes that were written; not stored */
	OBJECT_FAILED   /* not stored; see err */
};

struct object_tree {
	const char *root; /* for messages; borrowed */
	int staging_fd, objects_fd;
	bool is_durable;
	/* A bit for each folder objects/ab/cd that is known to be durable. */
	unsigned char known[OBJECT_FOLDER_COUNT / 8];
};

/* A complete file in staging, and the result of its commit. */
struct object_work {
	int fd;
	char name[48]; /* in staging */
	char sha256[DIGEST_HEX_SIZE];
	int64_t bytes;
	/* Set by object_commit: */
	enum object_result result;
	int64_t sync_ms; /* spent on making the whole group durable */
	struct err err;  /* for OBJECT_FAILED */
};

/* Writes the path of an object, "objects/ab/cd/SHA256". */
void object_path(char out[OBJECT_PATH_SIZE], const char *sha256);

/* Commits a group: sets the result of each file, closes its fd and removes it
 * from staging. */
void object_commit(struct object_tree *tree, struct object_work **group,
    size_t count);

#endif
