/* SPDX-License-Identifier: ISC
 *
 * work_item -- one artifact to fetch, and where it may be found. On a line
 * of the work list it is a JSON object {"id", "urls":[{"url","resolver","tier",
 * "role"}], "sha256"?, "kind"?, "size_max_bytes"?, "work_id"?}, or a plain URL.
 */
#ifndef FETCH_WORK_ITEM_H
#define FETCH_WORK_ITEM_H

#include "base/err.h"
#include "io/digest.h"
#include "io/url_hash.h"
#include "json/json.h"
#include "tel/word.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORK_ITEM_MAX_TEXT_BYTES 1024
#define WORK_ITEM_MAX_CANDIDATES 100

/* One place where an item may be found. */
struct work_candidate {
	char *url;
	char *resolver;   /* its source; "direct" when the list has none */
	char *tier;       /* group of candidates; "direct" when the list has none */
	enum role role;
};

struct work_item {
	char *id;
	char *work_id; /* or NULL */
	char sha256[DIGEST_HEX_SIZE]; /* expected; "" when unknown */
	bool is_pdf;                  /* its kind is "pdf" */
	int64_t size_max_bytes;       /* 0: no limit */
	struct work_candidate *candidates; /* in the order to be tried */
	size_t candidate_count;
	int64_t line; /* in the list, from 1 */
};

/* Reads line[0..len), after which JSON_PADDING bytes must be readable. The id of
 * an item that is a plain URL is its hash by `hash`. *out is the caller's;
 * EXIT_DATA says what is wrong with the line. */
MUST_USE int work_item_read(struct work_item **out, struct json_parser *parser,
    const struct url_hash *hash, const char *line, size_t len, struct err *err);
void work_item_close(struct work_item *item); /* NULL is fine */

#endif
