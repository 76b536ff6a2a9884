/* SPDX-License-Identifier: ISC */
#include "fetch/flow.h"
#include "base/mem.h"
#include "base/tim.h"

#include <stdlib.h>
#include <string.h>

void
fetch_give_up(struct fetch *fetch, const struct err *err)
{
	if (!fetch->has_failed)
		*fetch->err = *err;
	fetch->has_failed = true;
}

static void PRINTF_LIKE(3, 4)
report_message(const struct fetch *fetch, enum log_level level, const char *format, ...)
{
	struct buf text = BUF_EMPTY;
	va_list arguments;

	va_start(arguments, format);
	buf_vprintf(&text, format, arguments);
	va_end(arguments);
	fetch->options->message(fetch->options->context, level, buf_text(&text));
	buf_release(&text);
}

static void
remove_item(struct fetch *fetch, const struct fetch_item *item)
{
	size_t i = 0;

	while (fetch->items[i] != item)
		i++;
	fetch->item_count--;
	memmove(&fetch->items[i], &fetch->items[i + 1],
	    (fetch->item_count - i) * sizeof(fetch->items[0]));
}

/* Writes the terminal event and frees the item, which must be in no list. */
static void
end_item(struct fetch *fetch, struct fetch_item *item,
    const struct fetch_end *end)
{
	struct err err;

	if (fetch_report_download(&fetch->report, item, end, &err) < 0)
		fetch_give_up(fetch, &err);
	fetch_item_close(item);
}

static void
end_without(struct fetch *fetch, struct fetch_item *item,
    enum download_outcome outcome, const char *reason)
{
	struct fetch_end end = { .outcome = outcome, .reason = reason,
		.content_length = -1, .sync_ms = -1 };

	end_item(fetch, item, &end);
}

static int64_t
candidate_elapsed_ms(const struct fetch_item *item)
{
	return item->candidate_ns == 0 ? 0
	    : (tim_monotonic_ns() - item->candidate_ns) / 1000000;
}

static void
aim_at_candidate(struct fetch_item *item)
{
	item->hop_count = 0;
	item->candidate_ns = 0;
	item->status = 0;
	fetch_item_aim(item, mem_text(fetch_item_candidate(item)->url),
	    tim_monotonic_ns());
}

/* Whether an earlier run has stored the item and the object is still there. */
static bool
is_stored(struct fetch *fetch, const struct work_item *work,
    struct manifest_hit *hit)
{
	struct err err;
	int found;

	if (fetch->options->index == NULL)
		return false;
	found = manifest_index_find(fetch->options->index, work->id, hit, &err);
	if (found < 0)
		fetch_give_up(fetch, &err);
	return found > 0 && object_store_has(fetch->options->out, hit->sha256,
	    hit->content_length);
}

void
fetch_begin(struct fetch *fetch, struct work_item *work)
{
	struct fetch_item *item = fetch_item_open(work, fetch->store,
	    tim_monotonic_ns());
	struct fetch_end end = { .outcome = DOWNLOAD_OUTCOME_skipped,
		.reason = item_reason_word(ITEM_REASON_already_downloaded),
		.sync_ms = -1 };
	struct manifest_hit hit;

	fetch->totals->item_count++;
	if (is_stored(fetch, work, &hit)) {
		end.sha256 = hit.sha256;
		end.content_length = hit.content_length;
		end_item(fetch, item, &end);
		return;
	}
	aim_at_candidate(item);
	fetch->items[fetch->item_count++] = item;
}

void
fetch_send(struct fetch *fetch, struct fetch_item *item, int64_t now_ns)
{
	const struct fetch_options *options = fetch->options;
	enum role role = fetch_item_candidate(item)->role;

	if (fetch_admission_applies(options->admission, item->host, role))
		item->rate_delay_ms = (now_ns - item->asked_ns) / 1000000;
	if (item->rate_delay_ms > 0)
		fetch_report_rate(&fetch->report, item);
	fetch_admission_take(options->admission, item->host, role);
	if (item->candidate_ns == 0)
		item->candidate_ns = now_ns;
	fetch_attempt_start(item, fetch->http, options->connect_timeout_ms,
	    options->timeout_ms);
}

void
fetch_note_sent(struct fetch *fetch, struct fetch_item *item)
{
	if (item->is_sent)
		return;
	item->is_sent = true;
	fetch_admission_sent(fetch->options->admission, item->host,
	    fetch_item_candidate(item)->role, tim_monotonic_ns());
}

static char *
copy_or_null(const char *text)
{
	return text != NULL ? mem_text(text) : NULL;
}

static void
store_item(struct fetch *fetch, struct fetch_item *item,
    const struct http_answer *answer)
{
	struct object_file *file = item->body.file;

	item->candidate_elapsed_ms = candidate_elapsed_ms(item);
	item->etag = copy_or_null(answer->etag);
	item->last_modified = copy_or_null(answer->last_modified);
	item->content_type = copy_or_null(answer->content_type);
	item->body.file = NULL;
	remove_item(fetch, item);
	fetch->commit_count++;
	object_file_submit(file, item);
}

static void
leave_candidate(struct fetch *fetch, struct fetch_item *item,
    const struct fetch_outcome *outcome)
{
	fetch_report_fallback(&fetch->report, item, outcome->outcome,
	    outcome->reason, candidate_elapsed_ms(item));
	if (outcome->next == FETCH_FAIL) {
		fetch_give_up(fetch, &item->body.err);
		remove_item(fetch, item);
		end_without(fetch, item, DOWNLOAD_OUTCOME_error, outcome->reason);
		return;
	}
	fetch_attempt_discard(item);
	if (item->candidate + 1 < item->work->candidate_count) {
		item->candidate++;
		aim_at_candidate(item);
		return;
	}
	remove_item(fetch, item);
	end_without(fetch, item, DOWNLOAD_OUTCOME_miss, outcome->reason);
}

static void
tell_attempt(const struct fetch *fetch, const struct fetch_item *item,
    const struct http_answer *answer, const struct fetch_outcome *outcome)
{
	if (outcome->reason == NULL || log_get_level() < LOG_INFO)
		return;
	/* Names the host only: with TEL_LOG=events this message is an event, and events
	 * hold no URLs. */
	report_message(fetch, LOG_INFO, "%s: %s: %s (status %d)%s%s", item->work->id,
	    item->host, outcome->reason, answer->status,
	    answer->words[0] != '\0' ? ": " : "", answer->words);
}

void
fetch_conclude(struct fetch *fetch, struct http_transfer *transfer)
{
	struct fetch_item *item = http_context(transfer);
	const struct http_answer *answer = http_answer(transfer);
	struct fetch_outcome outcome;

	fetch_note_sent(fetch, item);
	item->transfer = NULL;
	item->status = answer->status;
	outcome = fetch_judge(item, answer);
	fetch_report_http(&fetch->report, item, answer);
	tell_attempt(fetch, item, answer, &outcome);
	switch (outcome.next) {
	case FETCH_STORE:
		store_item(fetch, item, answer);
		break;
	case FETCH_FOLLOW:
		fetch_attempt_discard(item);
		item->hop_count++;
		fetch_item_aim(item, outcome.location, tim_monotonic_ns());
		break;
	case FETCH_NEXT:
	case FETCH_FAIL:
		leave_candidate(fetch, item, &outcome);
		break;
	}
	http_end(fetch->http, transfer);
}

void
fetch_end_commit(struct fetch *fetch, const struct object_end *commit)
{
	struct fetch_item *item = commit->context;
	bool is_present = commit->result == OBJECT_PRESENT;
	struct fetch_end end = {
		.outcome = DOWNLOAD_OUTCOME_success,
		.dedupe_action = is_present ? DEDUPE_ACTION_skipped
		    : DEDUPE_ACTION_download,
		.is_damaged = commit->result == OBJECT_HEALED ||
		    commit->result == OBJECT_CORRUPT,
		.sha256 = commit->sha256,
		.content_length = commit->bytes,
		.bytes_written = is_present ? 0 : commit->bytes,
		.saved_bytes = is_present ? commit->bytes : 0,
		.sync_ms = fetch->options->is_durable ? commit->sync_ms : -1,
	};

	fetch->commit_count--;
	if (commit->result == OBJECT_FAILED) {
		fetch_give_up(fetch, &commit->err);
		fetch_report_fallback(&fetch->report, item,
		    FALLBACK_OUTCOME_error, body_fault_word(BODY_FAULT_io_error),
		    item->candidate_elapsed_ms);
		end_without(fetch, item, DOWNLOAD_OUTCOME_error,
		    body_fault_word(BODY_FAULT_io_error));
		return;
	}
	if (end.is_damaged)
		end.reason = item_reason_word(ITEM_REASON_object_damaged);
	if (commit->result == OBJECT_HEALED) {
		report_message(fetch, LOG_WARNING, "%s: the object %s had another length "
		    "than it was stored with; it has been replaced",
		    item->work->id, commit->sha256);
	} else if (commit->result == OBJECT_CORRUPT) {
		end.outcome = DOWNLOAD_OUTCOME_corrupt;
		report_message(fetch, LOG_ERROR, "%s: the file of %s is not as long as "
		    "what was written and is not stored; check the disk",
		    item->work->id, commit->sha256);
	}
	fetch_report_fallback(&fetch->report, item,
	    commit->result == OBJECT_CORRUPT ? FALLBACK_OUTCOME_error
	    : FALLBACK_OUTCOME_success, end.reason, item->candidate_elapsed_ms);
	end_item(fetch, item, &end);
}

void
fetch_defer(struct fetch *fetch)
{
	const char *stopped = http_fault_word(HTTP_FAULT_stopped);

	while (fetch->item_count > 0) {
		struct fetch_item *item = fetch->items[fetch->item_count - 1];
		struct http_transfer *transfer = item->transfer;

		if (transfer != NULL) {
			http_stop(transfer);
			item->transfer = NULL;
			item->status = http_answer(transfer)->status;
			fetch_report_http(&fetch->report, item,
			    http_answer(transfer));
			http_end(fetch->http, transfer);
		}
		if (item->candidate_ns != 0)
			fetch_report_fallback(&fetch->report, item,
			    FALLBACK_OUTCOME_skipped, stopped,
			    candidate_elapsed_ms(item));
		remove_item(fetch, item);
		end_without(fetch, item, DOWNLOAD_OUTCOME_deferred, stopped);
	}
	if (!fetch->list_is_done)
		fetch->totals->has_work_left = true;
	fetch->list_is_done = true;
}

