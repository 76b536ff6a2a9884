/* SPDX-License-Identifier: ISC */
#include "fetch/fetch.h"
#include "base/mem.h"
#include "base/prog.h"
#include "base/tim.h"
#include "fetch/flow.h"

#include <stdlib.h>
#include <string.h>

/* The most files that wait for the disk, because each holds a descriptor. */
#define MAX_COMMITS 256
#define PROGRESS_NS 200000000
#define MAX_WAIT_MS 3600000

static bool
has_enough(const struct fetch *fetch)
{
	return fetch->options->max_items > 0 && fetch->totals->item_count -
	    fetch->totals->skipped_count >= fetch->options->max_items;
}

/* Takes items from the list while there are workers. */
static void
take_items(struct fetch *fetch)
{
	struct work_item *work;
	struct err err;

	fetch->wants_input = false;
	while (!fetch->list_is_done && !fetch->wants_input &&
	    !fetch->has_failed && prog_signal() == 0 &&
	    fetch->item_count < (size_t)fetch->options->workers &&
	    fetch->commit_count < MAX_COMMITS) {
		if (has_enough(fetch)) {
			fetch->list_is_done = true;
			break;
		}
		switch (work_list_next(fetch->options->list, &work, &err)) {
		case WORK_LIST_ITEM:
			fetch_begin(fetch, work);
			break;
		case WORK_LIST_BAD:
			fetch->totals->bad_line_count++;
			fetch->options->message(fetch->options->context, LOG_ERROR,
			    err.text);
			break;
		case WORK_LIST_WAIT:
			fetch->wants_input = true;
			break;
		case WORK_LIST_END:
			fetch->list_is_done = true;
			break;
		case WORK_LIST_FAILED:
			fetch_give_up(fetch, &err);
			fetch->list_is_done = true;
			break;
		}
	}
}

/* Starts the requests that are admitted, the oldest first. */
static void
start_requests(struct fetch *fetch)
{
	fetch->next_ns = RATE_UNKNOWN;
	for (size_t i = 0; i < fetch->item_count; i++) {
		struct fetch_item *item = fetch->items[i];
		int64_t now_ns, at_ns;

		if (item->transfer != NULL)
			continue;
		now_ns = tim_monotonic_ns();
		at_ns = fetch_admission_earliest(fetch->options->admission,
		    item->host, fetch_item_candidate(item)->role, now_ns);
		if (at_ns <= now_ns)
			fetch_send(fetch, item, now_ns);
		else if (at_ns < fetch->next_ns)
			fetch->next_ns = at_ns;
	}
}

/* Reports to admission the requests that have been sent since the last call. */
static void
note_all_sent(struct fetch *fetch)
{
	if (fetch->options->admission->rate_count == 0)
		return;
	for (size_t i = 0; i < fetch->item_count; i++)
		if (fetch->items[i]->transfer != NULL &&
		    !fetch->items[i]->is_sent &&
		    http_is_sent(fetch->items[i]->transfer))
			fetch_note_sent(fetch, fetch->items[i]);
}

static void
show_progress(struct fetch *fetch)
{
	int64_t now_ns = tim_monotonic_ns();

	if (fetch->options->progress == NULL ||
	    now_ns - fetch->shown_ns < PROGRESS_NS)
		return;
	fetch->shown_ns = now_ns;
	fetch->options->progress(fetch->options->context, fetch->totals,
	    (now_ns - fetch->start_ns) / 1000000);
}

static int
wait_for_work(struct fetch *fetch, struct err *err)
{
	int64_t timeout_ms = fetch->options->progress != NULL
	    ? PROGRESS_NS / 1000000 : MAX_WAIT_MS;
	int fds[2];
	size_t fd_count = 0;

	if (fetch_report_flush(&fetch->report, err) < 0)
		return -1;
	if (prog_signal() == 0)
		fds[fd_count++] = prog_signal_fd();
	if (fetch->wants_input)
		fds[fd_count++] = work_list_fd(fetch->options->list);
	if (fetch->next_ns != RATE_UNKNOWN) {
		int64_t left_ns = fetch->next_ns - tim_monotonic_ns();
		int64_t left_ms = left_ns <= 0 ? 0 : (left_ns + 999999) / 1000000;

		if (left_ms < timeout_ms)
			timeout_ms = left_ms;
	}
	return http_wait(fetch->http, fds, fd_count, timeout_ms, err);
}

/* Advances every item as far as it goes. Returns whether any came to its end, in
 * which case there may be more to do at once. */
static bool
move_on(struct fetch *fetch)
{
	struct http_transfer *transfer;
	struct object_end commit;
	bool had_failed = fetch->has_failed, has_ended = false;
	struct err err;

	if (prog_signal() != 0 || fetch->has_failed)
		fetch_defer(fetch);
	take_items(fetch);
	start_requests(fetch);
	if (http_perform(fetch->http, &err) < 0)
		fetch_give_up(fetch, &err);
	note_all_sent(fetch);
	while ((transfer = http_next_done(fetch->http)) != NULL) {
		fetch_conclude(fetch, transfer);
		has_ended = true;
	}
	while (object_store_next(fetch->store, &commit)) {
		fetch_end_commit(fetch, &commit);
		has_ended = true;
	}
	show_progress(fetch);
	return has_ended || fetch->has_failed != had_failed;
}

static void
work_off(struct fetch *fetch)
{
	struct err err;

	for (;;) {
		bool has_ended = move_on(fetch);

		if (fetch->list_is_done && fetch->item_count == 0 &&
		    fetch->commit_count == 0)
			break;
		if (!has_ended && wait_for_work(fetch, &err) < 0)
			fetch_give_up(fetch, &err);
	}
}

static void
wake_transfers(void *context)
{
	http_wake(context);
}

int
fetch_run(const struct fetch_options *options, struct fetch_totals *totals,
    struct err *err)
{
	struct fetch fetch = { .options = options, .totals = totals, .err = err };
	struct err end_err;
	int result = -1;

	memset(totals, 0, sizeof(*totals));
	fetch.start_ns = fetch.shown_ns = tim_monotonic_ns();
	fetch.items = mem_new((size_t)options->workers, sizeof(fetch.items[0]));
	if (http_open(&fetch.http, (size_t)options->workers, err) < 0 ||
	    object_store_open(&fetch.store, options->out, options->is_durable,
	    wake_transfers, fetch.http, err) < 0 || fetch_report_init(&fetch.report,
	    options, totals, err) < 0)
		goto end;
	work_off(&fetch);
	totals->has_work_left |= totals->deferred_count > 0;
	fetch_report_run(&fetch.report);
	if (fetch_report_flush(&fetch.report, &end_err) < 0)
		fetch_give_up(&fetch, &end_err);
	if (options->is_durable &&
	    manifest_sync(fetch.report.manifest, &end_err) < 0)
		fetch_give_up(&fetch, &end_err);
	result = fetch.has_failed ? -1 : 0;
	fetch_report_release(&fetch.report);
end:
	object_store_close(fetch.store);
	http_close(fetch.http);
	free(fetch.items);
	return result;
}
