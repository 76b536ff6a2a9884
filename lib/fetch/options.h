/* SPDX-License-Identifier: ISC
 *
 * options -- what a run of dl-fetch is to do, and the figures of what it did.
 */
#ifndef FETCH_OPTIONS_H
#define FETCH_OPTIONS_H

#include "base/log.h"
#include "depot/manifest.h"
#include "fetch/admission.h"
#include "fetch/work_list.h"
#include "io/url_hash.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What has been done so far. */
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
	bool is_durable;
	const char *run_id;
	const char *cohort; /* or NULL */
	FILE *events;       /* or NULL */
	struct work_list *list;
	struct manifest_index *index; /* or NULL: nothing is skipped */
	struct fetch_admission *admission;
	const struct url_hash *hash;
	void *context; /* of message and progress */
	/* Called for things that a person should know. */
	void (*message)(void *context, enum log_level level, const char *text);
	/* Called about five times a second; or NULL. */
	void (*progress)(void *context, const struct fetch_totals *totals,
	    int64_t elapsed_ms);
};

#endif
