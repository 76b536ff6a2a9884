/* SPDX-License-Identifier: ISC
 *
 * manifest -- DIR/manifest.jsonl: the outcome of each item, appended as one
 * JSON object a line. Unlike events, it has URLs, which may hold secrets, so
 * only its owner may read the file (mode 0600).
 */
#ifndef DEPOT_MANIFEST_H
#define DEPOT_MANIFEST_H

#include "base/err.h"
#include "io/digest.h"

#include <stdbool.h>
#include <stdint.h>

#define MANIFEST_SCHEMA_VERSION 1

/* Texts are borrowed. Every record has every key; a NULL text and a negative
 * content_length are written as null. */
struct manifest_record {
	int64_t at_ms;
	const char *run_id, *work_id, *artifact_id, *outcome, *sha256;
	const char *path; /* below DIR */
	int64_t content_length;
	const char *etag, *last_modified, *content_type, *url, *resolver, *tier,
	    *reason;
};

struct manifest;

/* Opens the manifest of a folder for appending, and makes a missing one. The
 * caller closes *out. EXIT_CREATE when it cannot be opened, EXIT_IO when it
 * cannot be written. */
MUST_USE int manifest_open(struct manifest **out, const char *folder,
    struct err *err);
/* Appends a record; EXIT_IO on failure. */
MUST_USE int manifest_add(struct manifest *manifest,
    const struct manifest_record *record, struct err *err);
/* Makes all records durable; EXIT_IO on failure. */
MUST_USE int manifest_sync(struct manifest *manifest, struct err *err);
void manifest_close(struct manifest *manifest); /* NULL is fine */

/* The items that earlier runs stored. Opening reads the whole file once and keeps
 * about 32 bytes of memory an item; each hit is read from the file again. */
struct manifest_index;

/* Opens the index of the manifest at path; the caller closes *out.
 * *broken_count is the number of lines that are not JSON objects, such as the
 * last line after a crash. EXIT_NO_INPUT when the file cannot be opened;
 * EXIT_DATA when it has lines but no record of a manifest, or a record of a
 * newer program. */
MUST_USE int manifest_index_open(struct manifest_index **out, const char *path,
    int64_t *broken_count, struct err *err);
void manifest_index_close(struct manifest_index *index); /* NULL is fine */

struct manifest_hit {
	char sha256[DIGEST_HEX_SIZE];
	int64_t content_length; /* -1 when the record has none */
};

/* Reads the latest record which says that the item was stored. Returns 1; 0
 * when there is none; -1 with EXIT_IO when reading fails. */
MUST_USE int manifest_index_find(struct manifest_index *index,
    const char *artifact_id, struct manifest_hit *out, struct err *err);

#endif
