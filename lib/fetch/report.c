/* SPDX-License-Identifier: ISC */
#include "fetch/report.h"
#include "base/prog.h"
#include "base/tim.h"

#include <inttypes.h>
#include <string.h>

#define MAX_PENDING_BYTES 65536

int
fetch_report_init(struct fetch_report *report,
    const struct fetch_options *options, struct fetch_totals *totals,
    struct err *err)
{
	char hex[DIGEST_HEX_SIZE], instance[PROG_INSTANCE_SIZE];

	memset(report, 0, sizeof(*report));
	report->options = options;
	report->totals = totals;
	report->started_ms = tim_now_ms();
	prog_instance(instance);
	event_writer_init(&report->writer, instance);
	report->writer.run_id = options->run_id;
	report->writer.cohort = options->cohort;
	digest_of(report->writer.producer, strlen(report->writer.producer), hex);
	memcpy(report->request_prefix, hex, sizeof(report->request_prefix) - 1);
	return manifest_open(&report->manifest, options->out, err);
}

void
fetch_report_release(struct fetch_report *report)
{
	manifest_close(report->manifest);
	buf_release(&report->events);
	tally_release(&report->ttfp_ms);
	tally_release(&report->metadata_delay_ms);
}

static void
write_event(struct fetch_report *report, enum event_kind kind, const void *body)
{
	if (report->options->events != NULL)
		event_write(&report->writer, &report->events, kind,
		    tim_now_ms(), body);
}

int
fetch_report_flush(struct fetch_report *report, struct err *err)
{
	FILE *out = report->options->events;
	size_t len = report->events.len;

	report->events.len = 0;
	if (len == 0 || report->is_broken)
		return 0;
	if (fwrite(report->events.data, 1, len, out) == len && fflush(out) == 0)
		return 0;
	report->is_broken = true;
	return err_system(err, EXIT_IO, "standard output");
}

void
fetch_report_rate(struct fetch_report *report, const struct fetch_item *item)
{
	struct event_rate event = {
		.host = item->host,
		.role = role_word(fetch_item_candidate(item)->role),
		.action = rate_action_word(RATE_ACTION_acquire),
	};

	event_set(&event, delay_ms, item->rate_delay_ms);
	write_event(report, EVENT_rate, &event);
}

/* The short code of a fault on the wire. */
static const char *
error_of(const struct fetch_item *item, const struct http_answer *answer)
{
	if (answer->fault == HTTP_FAULT_stopped &&
	    item->body.fault != BODY_FAULT_ABSENT)
		return body_fault_word(item->body.fault);
	return http_fault_word(answer->fault);
}

static void
count_request(struct fetch_report *report, const struct fetch_item *item,
    const struct http_answer *answer)
{
	report->totals->request_count++;
	report->totals->received_bytes += answer->body_bytes;
	report->too_many_count += answer->status == 429;
	if (fetch_item_candidate(item)->role == ROLE_metadata) {
		report->metadata_count++;
		tally_add(&report->metadata_delay_ms, item->rate_delay_ms);
	}
}

void
fetch_report_http(struct fetch_report *report, const struct fetch_item *item,
    const struct http_answer *answer)
{
	struct event_http event = {
		.host = item->host,
		.role = role_word(fetch_item_candidate(item)->role),
		.method = "GET",
		.error = error_of(item, answer),
		.waited_for = waited_for_word(item->rate_delay_ms > 0
		    ? WAITED_FOR_rate : WAITED_FOR_none),
	};
	char hash[DIGEST_HEX_SIZE], request_id[40];

	count_request(report, item, answer);
	if (report->options->events == NULL)
		return;
	url_hash_make(report->options->hash, item->url, hash);
	event.url_hash = hash;
	snprintf(request_id, sizeof(request_id), "%s-%" PRId64,
	    report->request_prefix, report->totals->request_count);
	event.request_id = request_id;
	if (answer->status != 0)
		event_set(&event, status, answer->status);
	if (answer->retry_after_s >= 0)
		event_set(&event, retry_after_s, answer->retry_after_s);
	if (answer->ttfb_ms >= 0)
		event_set(&event, ttfb_ms, answer->ttfb_ms);
	event_set(&event, retry_count, 0);
	event_set(&event, attempt, 1);
	event_set(&event, rate_delay_ms, item->rate_delay_ms);
	event_set(&event, elapsed_ms, answer->elapsed_ms);
	event_set(&event, bytes, answer->body_bytes);
	write_event(report, EVENT_http, &event);
}

void
fetch_report_fallback(struct fetch_report *report,
    const struct fetch_item *item, enum fallback_outcome outcome,
    const char *reason, int64_t elapsed_ms)
{
	const struct work_candidate *candidate = fetch_item_candidate(item);
	struct event_fallback event = {
		.work_id = item->work->work_id,
		.artifact_id = item->work->id,
		.tier = candidate->tier,
		.source = candidate->resolver,
		.host = item->host,
		.outcome = fallback_outcome_word(outcome),
		.reason = reason,
	};

	if (item->status != 0)
		event_set(&event, status, item->status);
	event_set(&event, elapsed_ms, elapsed_ms);
	write_event(report, EVENT_fallback, &event);
}

/* An item that was never stored has an infinite time to its payload: without it
 * the percentiles would speak only of successes. */
static void
count_item(struct fetch_report *report, const struct fetch_end *end,
    int64_t elapsed_ms)
{
	struct fetch_totals *totals = report->totals;

	switch (end->outcome) {
	case DOWNLOAD_OUTCOME_success:
		totals->success_count++;
		tally_add(&report->ttfp_ms, elapsed_ms);
		break;
	case DOWNLOAD_OUTCOME_skipped:
		totals->skipped_count++;
		break;
	case DOWNLOAD_OUTCOME_deferred:
		totals->deferred_count++;
		tally_add_endless(&report->ttfp_ms);
		break;
	case DOWNLOAD_OUTCOME_ABSENT:
	case DOWNLOAD_OUTCOME_miss:
	case DOWNLOAD_OUTCOME_corrupt:
	case DOWNLOAD_OUTCOME_error:
		totals->failed_count++;
		tally_add_endless(&report->ttfp_ms);
		break;
	}
	report->saved_bytes += end->saved_bytes;
	report->corruption_count += end->is_damaged;
}

static int
add_to_manifest(struct fetch_report *report, const struct fetch_item *item,
    const struct fetch_end *end, const char *path, struct err *err)
{
	const struct work_candidate *candidate = fetch_item_candidate(item);
	struct manifest_record record = {
		.at_ms = tim_now_ms(),
		.run_id = report->options->run_id,
		.work_id = item->work->work_id,
		.artifact_id = item->work->id,
		.outcome = download_outcome_word(end->outcome),
		.sha256 = end->sha256,
		.path = path,
		.content_length = end->sha256 != NULL ? end->content_length : -1,
		.etag = item->etag,
		.last_modified = item->last_modified,
		.content_type = item->content_type,
		.url = candidate->url,
		.resolver = candidate->resolver,
		.tier = candidate->tier,
		.reason = end->reason,
	};

	return manifest_add(report->manifest, &record, err);
}

/* Adds the fields that describe the stored object. */
static void
set_object(struct event_download *event, const struct fetch_end *end,
    const char *path)
{
	event->sha256 = end->sha256;
	event->final_path = path;
	event->dedupe_action = dedupe_action_word(end->dedupe_action);
	if (end->content_length >= 0)
		event_set(event, content_length, end->content_length);
	if (end->dedupe_action != DEDUPE_ACTION_ABSENT) {
		event_set(event, bytes_written, end->bytes_written);
		event_set(event, saved_bytes, end->saved_bytes);
	}
	if (end->sync_ms >= 0)
		event_set(event, fsync_ms, end->sync_ms);
}

int
fetch_report_download(struct fetch_report *report,
    const struct fetch_item *item, const struct fetch_end *end, struct err *err)
{
	const struct work_candidate *candidate = fetch_item_candidate(item);
	int64_t elapsed_ms = (tim_monotonic_ns() - item->start_ns) / 1000000;
	char path[OBJECT_PATH_SIZE] = "", hash[DIGEST_HEX_SIZE], shard[5] = "";
	struct event_download event = {
		.artifact_id = item->work->id,
		.outcome = download_outcome_word(end->outcome),
		.work_id = item->work->work_id,
		.content_type = item->content_type,
		.etag = item->etag,
		.last_modified = item->last_modified,
		.reason = end->reason,
	};

	if (end->sha256 != NULL) {
		object_path(path, end->sha256);
		memcpy(shard, end->sha256, 4);
		event.shard_prefix = shard;
		set_object(&event, end, path);
	}
	if (item->request_count > 0) {
		event.tier = candidate->tier;
		event.resolver = candidate->resolver;
		url_hash_make(report->options->hash, candidate->url, hash);
		event.url_hash = hash;
	}
	if (item->status != 0)
		event_set(&event, status, item->status);
	event_set(&event, attempt_count, item->request_count);
	event_set(&event, elapsed_ms, elapsed_ms);
	if (end->outcome == DOWNLOAD_OUTCOME_success)
		event_set(&event, ttfp_ms, elapsed_ms);
	count_item(report, end, elapsed_ms);
	write_event(report, EVENT_download, &event);
	if (add_to_manifest(report, item, end, end->sha256 != NULL ? path : NULL,
	    err) < 0)
		return -1;
	return report->events.len > MAX_PENDING_BYTES
	    ? fetch_report_flush(report, err) : 0;
}

void
fetch_report_run(struct fetch_report *report)
{
	const struct fetch_totals *totals = report->totals;
	int64_t wanted_count = totals->item_count - totals->skipped_count;
	int64_t p50_ms = tally_percentile(&report->ttfp_ms, 50);
	int64_t p95_ms = tally_percentile(&report->ttfp_ms, 95);
	struct event_run event = { .has_started_at = false };

	event_set(&event, started_at, (double)report->started_ms / 1000);
	event_set(&event, finished_at, (double)tim_now_ms() / 1000);
	event_set(&event, artifacts_total, totals->item_count);
	event_set(&event, artifacts_success, totals->success_count);
	/* Skipped items were not attempted, so they do not count. */
	if (wanted_count > 0)
		event_set(&event, yield_pct, 100.0 *
		    (double)totals->success_count / (double)wanted_count);
	if (p50_ms >= 0)
		event_set(&event, ttfp_p50_ms, p50_ms);
	if (p95_ms >= 0)
		event_set(&event, ttfp_p95_ms, p95_ms);
	if (report->metadata_count > 0) {
		event_set(&event, cache_hit_pct, 0);
		event_set(&event, rate_delay_p95_ms,
		    tally_percentile(&report->metadata_delay_ms, 95));
	}
	if (totals->request_count > 0)
		event_set(&event, http_429_ratio, (double)report->too_many_count
		    / (double)totals->request_count);
	event_set(&event, dedupe_saved_mb, (double)report->saved_bytes /
	    (1024 * 1024));
	event_set(&event, corruption_count, report->corruption_count);
	event_set(&event, invalid_item_count, totals->bad_line_count);
	write_event(report, EVENT_run, &event);
}
