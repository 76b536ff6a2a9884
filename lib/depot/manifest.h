/* SPDX-License-Identifier: ISC
 *
 * manifest -- DIR/manifest.jsonl: what became of each item, one JSON object a
 * line, appended. It names URLs, which may hold secrets, so the file is for its
 * owner only (mode 0600); events do not name them.
 */
#ifndef DEPOT_MANIFEST_H
#define DEPOT_MANIFEST_H

#include "base/err.h"
#include "io/digest.h"

#include <stdbool.h>
#include <stdint.h>

#define MANIFEST_SCHEMA_VERSION 1

/* Texts are borrowed; NULL and -1 are written as null. Every record has every
 * key. */
struct manifest_record {
	int64_t at_ms;
	const char *run_id, *work_id, *artifact_id, *outcome, *sha256;
	const char *path; /* below DIR */
	int64_t content_length;
	const char *etag, *last_modified, *content_type, *url, *resolver, *tier,
	    *reason;
};

struct manifest;

/* Opens for appending; makes the file when it is missing. *out is the
 * caller's. */
MUST_USE int manifest_open(struct manifest **out, const char *folder,
    struct err *err);
MUST_USE int manifest_add(struct manifest *manifest,
    const struct manifest_record *record, struct err *err);
/* Makes it durable. */
MUST_USE int manifest_sync(struct manifest *manifest, struct err *err);
void manifest_close(struct manifest *manifest); /* NULL is fine */

/* What an earlier run stored, by item. The file is read once; some 32 bytes of
 * memory an item are kept and the rest is looked up in the file. */
struct manifest_index;

/* A file without any record of a manifest, or of a newer program, is EXIT_DATA.
 * *broken_count is the number of lines that are not JSON objects, such as the last
 * one after a crash. *out is the caller's. */
MUST_USE int manifest_index_open(struct manifest_index **out, const char *path,
    int64_t *broken_count, struct err *err);
void manifest_index_close(struct manifest_index *index); /* NULL is fine */

struct manifest_hit {
	char sha256[DIGEST_HEX_SIZE];
	int64_t content_length; /* -1 when the record does not say */
};

/* The latest record that says the item is stored. Returns 1, or 0 when there is
 * none, or -1. */
MUST_USE int manifest_index_find(struct manifest_index *index,
    const char *artifact_id, struct manifest_hit *out, struct err *err);

#endif
