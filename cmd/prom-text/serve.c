/* SPDX-License-Identifier: ISC
 *
 * Serves the last evaluation over HTTP, and evaluates again and again. The thread of the
 * server never touches the database, so that no scrape waits for one.
 */
#include "base/json_writer.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/tim.h"
#include "cmd/prom-text/page.h"
#include "cmd/prom-text/run.h"
#include "io/listener.h"
#include "io/serve.h"
#include "io/systemd.h"
#include "store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What both threads see, under the lock. */
struct shown {
	pthread_mutex_t lock;
	struct page *page;
	bool is_up;
	char reason[sizeof(((struct err *)0)->text)]; /* why it is not */
	int64_t last_event_ms;      /* -1: none ever came */
	int64_t max_age_ms;         /* 0: events may be of any age */
};

static void
show(struct shown *shown, struct page *page, bool is_up, const char *reason)
{
	struct page *old;

	pthread_mutex_lock(&shown->lock);
	old = shown->page;
	shown->page = page;
	shown->is_up = is_up;
	snprintf(shown->reason, sizeof(shown->reason), "%s", reason);
	pthread_mutex_unlock(&shown->lock);
	page_leave(old);
}

static void
leave(void *context)
{
	page_leave(context);
}

static void
answer_metrics(struct shown *shown, const struct serve_request *request,
    struct serve_answer *answer)
{
	enum exposition_format format = request->format == ACCEPT_OPENMETRICS
	    ? EXPOSITION_OPENMETRICS : EXPOSITION_TEXT;
	struct page_text text;
	struct page *page;

	pthread_mutex_lock(&shown->lock);
	page = shown->page;
	page_keep(page);
	pthread_mutex_unlock(&shown->lock);
	text = page_text(page, format);
	answer->content_type = exposition_content_types[format];
	answer->body = text.text;
	answer->body_len = text.text_len;
	answer->gzip = text.gzip;
	answer->gzip_len = text.gzip_len;
	answer->release = leave;
	answer->release_context = page;
}

/* Sets *reason to why the service is not ready, or to "". */
static void
find_reason(struct shown *shown, struct buf *reason)
{
	int64_t age_ms;

	pthread_mutex_lock(&shown->lock);
	age_ms = tim_now_ms() - shown->last_event_ms;
	if (!shown->is_up)
		buf_add_text(reason, shown->reason);
	else if (shown->max_age_ms > 0 && shown->last_event_ms < 0)
		buf_add_text(reason, "no event ever came");
	else if (shown->max_age_ms > 0 && age_ms > shown->max_age_ms)
		buf_printf(reason, "the newest event is %" PRId64 " s old, and %" PRId64
		    " s are allowed", age_ms / 1000, shown->max_age_ms / 1000);
	pthread_mutex_unlock(&shown->lock);
}

/* Answers {"status": ...}; with a reason, 503. */
static void
answer_status(struct serve_answer *answer, const char *status, const char *reason,
    struct buf *body)
{
	struct json_writer json;

	json_writer_init(&json, body);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "status", status);
	if (reason[0] != '\0') {
		json_writer_key_text(&json, "reason", reason);
		answer->status = 503;
	}
	json_writer_close(&json, '}');
	buf_add_char(body, '\n');
	answer->content_type = "application/json";
	answer->body = body->data;
	answer->body_len = body->len;
}

static void
free_body(void *context)
{
	free(context);
}

static int
handle(void *context, const struct serve_request *request, struct serve_answer *answer)
{
	struct shown *shown = context;
	struct buf body = BUF_EMPTY, reason = BUF_EMPTY;

	if (strcmp(request->path, "/metrics") == 0) {
		answer_metrics(shown, request, answer);
		return 0;
	}
	if (strcmp(request->path, "/healthz") == 0 || strcmp(request->path, "/live") == 0)
		answer_status(answer, request->path[1] == 'h' ? "ok" : "alive", "", &body);
	else if (strcmp(request->path, "/ready") == 0) {
		find_reason(shown, &reason);
		answer_status(answer, reason.len == 0 ? "ready" : "not_ready",
		    buf_text(&reason), &body);
	} else {
		answer->status = 404;
		buf_add_text(&body, "There are /metrics, /healthz, /live and /ready.\n");
		answer->body = body.data;
		answer->body_len = body.len;
	}
	answer->release = free_body;
	answer->release_context = body.data;
	buf_release(&reason);
	return 0;
}

/* The thread that evaluates. */
struct evaluator {
	struct run *run;
	struct shown shown;
	struct page_body body; /* of the last evaluation that worked */
	struct self_facts facts; /* of the same */
	struct systemd systemd;
};

/* Evaluates the database, which is opened anew, as it may have been replaced. */
static int
evaluate(struct evaluator *evaluator, struct err *err)
{
	struct run *run = evaluator->run;
	struct metric_families families = { NULL, 0, 0 };
	struct metric_result result = { .run_id = NULL };
	struct self_facts facts = { .is_up = true, .at_ms = tim_now_ms() };
	const struct metric_request request = { .packs = run->packs,
		.slos = run->has_slos ? &run->slos : NULL, .run_id = run->run_id,
		.run_count = (size_t)run->run_count,
		.options = run->options, .now_ms = facts.at_ms };
	int64_t start_ns = tim_monotonic_ns();
	struct db *db = NULL;
	const char *path;
	int code = -1;

	if (store_path(run->db, &path, err) == 0 &&
	    store_open(&db, path, DB_READ, DB_WAIT_MS, err) == 0)
		code = metric_evaluate(&families, &request, db, &result, err);
	if (code == 0)
		code = page_body_print(&evaluator->body, &families, run->constants,
		    run->constant_count, err);
	if (code == 0) {
		facts.elapsed_ns = tim_monotonic_ns() - start_ns;
		facts.since_ms = result.since_ms;
		facts.pending_count = result.pending_count;
		evaluator->facts = facts;
		pthread_mutex_lock(&evaluator->shown.lock);
		evaluator->shown.last_event_ms = result.last_event_ms;
		pthread_mutex_unlock(&evaluator->shown.lock);
	}
	metric_result_release(&result);
	metric_families_release(&families);
	db_close(db);
	return code;
}

/* Evaluates, and shows what came of it: after a failure the numbers of before, with their
 * time, beside tel_up 0. */
static int
turn(struct evaluator *evaluator, struct err *err)
{
	struct run *run = evaluator->run;
	struct err failure = { .text = "" };
	bool is_up = evaluate(evaluator, &failure) == 0;
	struct page *page;

	evaluator->facts.is_up = is_up;
	if (page_make(&page, &evaluator->body, &evaluator->facts, run->constants,
	    run->constant_count, err) < 0)
		return -1;
	if (!is_up && strcmp(failure.text, evaluator->shown.reason) != 0)
		log_error("%s", failure.text);
	if (is_up && evaluator->shown.reason[0] != '\0')
		log_info("the database can be read");
	show(&evaluator->shown, page, is_up, failure.text);
	return 0;
}

/* Waits for a signal to end. Returns 1 when one came, 0 when the time is over. */
static int
wait_for_signal(const sigset_t *signals, int64_t wait_ms)
{
	struct timespec time = { .tv_sec = wait_ms / 1000,
		.tv_nsec = wait_ms % 1000 * 1000000 };

	while (sigtimedwait(signals, NULL, &time) < 0)
		if (errno == EAGAIN)
			return 0;
	return 1;
}

/* Evaluates every poll_ms until a signal comes. */
static int
poll_until_signal(struct evaluator *evaluator, const sigset_t *signals, struct err *err)
{
	int64_t watchdog_ms = evaluator->systemd.watchdog_ms;

	for (;;) {
		int64_t until_ns = tim_monotonic_ns() +
		    evaluator->run->poll_ms * INT64_C(1000000);
		int64_t left_ms = evaluator->run->poll_ms;

		for (; left_ms > 0; left_ms = (until_ns - tim_monotonic_ns()) / 1000000) {
			systemd_notify(&evaluator->systemd, "WATCHDOG=1");
			if (wait_for_signal(signals, watchdog_ms > 0 &&
			    watchdog_ms < left_ms ? watchdog_ms : left_ms))
				return 0;
		}
		if (turn(evaluator, err) < 0)
			return -1;
	}
}

/* Opens the socket that systemd passed, or the address of --listen. */
static int
listen_at(const struct evaluator *evaluator, struct listener *listener, struct err *err)
{
	struct run *run = evaluator->run;
	int result = evaluator->systemd.listen_fd >= 0
	    ? listener_take(listener, evaluator->systemd.listen_fd, err)
	    : listener_open(listener, run->listen, err);

	if (result < 0)
		return -1;
	if (!listener->is_loopback && run->web_config == NULL && !run->is_insecure)
		return err_set(err, EXIT_CONFIG, "--listen %s: others than this machine reach "
		    "it; --web-config FILE says who may read, --insecure lets everybody",
		    listener->name);
	return 0;
}

/* Serves until a signal comes. */
static int
serve(struct evaluator *evaluator, const sigset_t *signals, struct err *err)
{
	struct run *run = evaluator->run;
	struct serve_options options = { .handler = handle, .context = &evaluator->shown };
	struct listener listener;
	struct serve *server = NULL;
	int result;

	if (run->web_config != NULL &&
	    web_config_open(&options.config, run->web_config, err) < 0)
		return -1;
	result = listen_at(evaluator, &listener, err);
	options.listen_fd = listener.fd;
	if (result == 0)
		result = serve_open(&server, &options, err);
	if (result == 0) {
		log_info("serving on %s", listener.name);
		result = turn(evaluator, err);
		systemd_notify(&evaluator->systemd, "READY=1");
	}
	if (result == 0)
		result = poll_until_signal(evaluator, signals, err);
	systemd_notify(&evaluator->systemd, "STOPPING=1");
	serve_close(server);
	web_config_close(options.config);
	return result;
}

int
run_serve(struct run *run, struct err *err)
{
	struct evaluator evaluator = { .run = run, .facts = { .since_ms = -1 },
		.shown = { .lock = PTHREAD_MUTEX_INITIALIZER, .last_event_ms = -1,
		.max_age_ms = run->max_age_ms } };
	struct page *first;
	sigset_t signals;
	int result;

	/* Before any thread is started, so that this one gets them. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	if (systemd_open(&evaluator.systemd, err) < 0 || page_make(&first, &evaluator.body,
	    &evaluator.facts, run->constants, run->constant_count, err) < 0)
		return -1;
	show(&evaluator.shown, first, false, "the first evaluation is not over");
	result = serve(&evaluator, &signals, err);
	systemd_close(&evaluator.systemd);
	page_leave(evaluator.shown.page);
	page_body_release(&evaluator.body);
	return result < 0 ? -1 : EXIT_YES;
}
