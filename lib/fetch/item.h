/* SPDX-License-Identifier: ISC
 *
 * item -- an item under way: what admission, attempt, outcome and report
 * know of it.
 */
#ifndef FETCH_ITEM_H
#define FETCH_ITEM_H

#include "base/err.h"
#include "depot/object_store.h"
#include "fetch/work_item.h"
#include "io/http.h"
#include "tel/word.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A PDF says so within its first bytes. */
#define FETCH_SNIFF_BYTES 1024

struct fetch_body {
	struct object_store *store;
	struct object_file *file; /* NULL until the first byte is there */
	const struct work_item *work;
	char head[FETCH_SNIFF_BYTES];
	size_t head_len;
	enum body_fault fault;  /* why it was refused */
	bool is_unwanted;       /* of an answer that is not the artifact, and too long */
	int64_t unwanted_bytes;
	struct err err;         /* for BODY_FAULT_io_error */
};

struct fetch_item {
	struct work_item *work;
	size_t candidate; /* index in work->candidates of the one being tried */
	char *url;        /* being requested, after redirects */
	char host[256];
	int hop_count;
	int64_t start_ns;     /* of the work on the item */
	int64_t candidate_ns; /* of the first request for the candidate, or 0 */
	int64_t asked_ns;     /* when the request asked to be admitted */
	int64_t rate_delay_ms;
	struct http_transfer *transfer; /* NULL when none is on the wire */
	bool is_sent;
	struct fetch_body body;
	int64_t request_count;
	int status; /* of the last answer; 0 none */
	/* Of the answer that was stored: */
	int64_t candidate_elapsed_ms;
	char *etag, *last_modified, *content_type;
};

/* Opens an item, which owns work from then on. now_ns, of the monotonic clock,
 * is the start of the work on it. */
struct fetch_item *fetch_item_open(struct work_item *work,
    struct object_store *store, int64_t now_ns);
void fetch_item_close(struct fetch_item *item);

const struct work_candidate *fetch_item_candidate(const struct fetch_item *item);

/* Sets the URL to request next, which has been checked; the item owns it from
 * then on. */
void fetch_item_aim(struct fetch_item *item, char *url, int64_t now_ns);

#endif
