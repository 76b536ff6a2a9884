/* SPDX-License-Identifier: ISC
 *
 * fetch -- the engine of dl-fetch. One thread moves all transfers, reads the
 * work list when a worker is free, and writes the events; a second one, of the
 * object store, waits for the disk. An item passes through admission (may its
 * request go now), attempt (one request on the wire) and outcome (what the
 * result means), each in a file of its own. Memory is that of the items under
 * way, however long the list is.
 */
#ifndef FETCH_FETCH_H
#define FETCH_FETCH_H

#include "base/log.h"
#include "fetch/admission.h"
#include "depot/manifest.h"
#include "io/url_hash.h"
#include "fetch/work_list.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Totals so far. */
struct fetch_totals {
	int64_t item_count;     /* taken from the list */
	int64_t success_count;
	int64_t skipped_count;
	int64_t deferred_count; /* stopped before their end */
	int64_t failed_count;   /* no candidate had them, or our side failed */
	int64_t bad_line_count;
	int64_t request_count;
	int64_t received_bytes;
	bool has_work_left;     /* the list was not read to its end, or items
	                         * are deferred */
};

struct fetch_options {
	const char *out; /* root of the store */
	int64_t workers; /* items under way at once */
	int64_t max_items; /* 0: all */
	int64_t connect_timeout_ms, timeout_ms; /* of one request */
	bool durable;
	const char *run_id;
	const char *cohort; /* or NULL */
	FILE *events;       /* or NULL */
	struct work_list *list;
	struct manifest_index *index; /* or NULL: nothing is skipped */
	struct fetch_admission *admission;
	const struct url_hash *hash;
	/* Called with warnings for people. */
	void (*say)(enum log_level level, const char *text);
	/* Called about five times a second; or NULL. */
	void (*progress)(const struct fetch_totals *totals, int64_t elapsed_ms);
};

/* Works the list off. Returns 0 when it came to its end, or was stopped by a
 * signal (see prog_signal); -1 when our own side failed: the disk is full, the
 * events cannot be written, the list cannot be read. Every item taken has its
 * terminal event in all cases, as long as events can be written at all. */
MUST_USE int fetch_run(const struct fetch_options *options,
    struct fetch_totals *totals, struct err *err);

#endif
