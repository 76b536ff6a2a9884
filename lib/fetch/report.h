/* SPDX-License-Identifier: ISC
 *
 * report -- the output of the engine: events, records of the manifest, and
 * the figures of the run.
 */
#ifndef FETCH_REPORT_H
#define FETCH_REPORT_H

#include "fetch/options.h"
#include "fetch/outcome.h"
#include "tel/event.h"
#include "fetch/tally.h"

struct fetch_report {
	const struct fetch_options *options; /* borrowed */
	struct fetch_totals *totals;         /* borrowed */
	struct manifest *manifest;
	struct event_writer writer;
	struct buf events; /* not written yet */
	bool is_broken;    /* writing events has failed */
	char request_prefix[9];
	int64_t started_ms;
	int64_t too_many_count, metadata_count; /* 429s; metadata requests */
	int64_t saved_bytes, corruption_count;
	struct tally ttfp_ms, metadata_delay_ms;
};

/* How an item ended. Texts are borrowed; NULL when absent. */
struct fetch_end {
	enum download_outcome outcome;
	const char *reason;     /* a word of word.def */
	enum dedupe_action dedupe_action;
	bool is_damaged;        /* the stored file did not have its length */
	const char *sha256;     /* NULL: nothing of it is in the store */
	int64_t content_length; /* with sha256; -1 unknown */
	int64_t bytes_written;
	int64_t saved_bytes;
	int64_t sync_ms;        /* -1: nothing was made durable */
};

MUST_USE int fetch_report_init(struct fetch_report *report,
    const struct fetch_options *options, struct fetch_totals *totals,
    struct err *err);
void fetch_report_release(struct fetch_report *report);

void fetch_report_rate(struct fetch_report *report,
    const struct fetch_item *item);
void fetch_report_http(struct fetch_report *report,
    const struct fetch_item *item, const struct http_answer *answer);
void fetch_report_fallback(struct fetch_report *report,
    const struct fetch_item *item, enum fallback_outcome outcome,
    const char *reason, int64_t elapsed_ms);

/* The terminal event of an item, and its record in the manifest. */
MUST_USE int fetch_report_download(struct fetch_report *report,
    const struct fetch_item *item, const struct fetch_end *end,
    struct err *err);

void fetch_report_run(struct fetch_report *report);

/* Writes the buffered events out; EXIT_IO. */
MUST_USE int fetch_report_flush(struct fetch_report *report, struct err *err);

#endif
