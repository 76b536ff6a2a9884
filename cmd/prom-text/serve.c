/* SPDX-License-Identifier: ISC
 *
 * Serves the last evaluation over HTTP, and evaluates again and again. The thread of the
 * server never touches the database, so that no scrape waits for one.
 */
#include "base/log.h"
#include "base/tim.h"
#include "cmd/prom-text/run.h"
#include "cmd/prom-text/shown.h"
#include "io/listener.h"
#include "io/systemd.h"
#include "store/store.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

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
	shown_replace(&evaluator->shown, page, is_up, failure.text);
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

/* An address that others reach is one that somebody has to allow. */
static int
check_others(const struct run *run, const char *address, struct err *err)
{
	if (run->web_config != NULL || run->is_insecure)
		return 0;
	return err_set(err, EXIT_CONFIG, "--listen %s: others than this machine reach it; "
	    "--web-config FILE says who may read, --insecure lets everybody", address);
}

/* Opens the socket that systemd passed, or the address of --listen. */
static int
listen_at(const struct evaluator *evaluator, struct listener *listener, struct err *err)
{
	struct run *run = evaluator->run;
	int result = evaluator->systemd.listen_fd >= 0
	    ? listener_take(listener, evaluator->systemd.listen_fd, err)
	    : listener_open(listener, run->listen, err);

	if (result == 0 && !listener->is_loopback)
		result = check_others(run, listener->name, err);
	return result;
}

/* Serves until a signal comes. */
static int
serve(struct evaluator *evaluator, const sigset_t *signals, struct err *err)
{
	struct run *run = evaluator->run;
	struct serve_options options = { .handler = shown_answer, .context = &evaluator->shown };
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
	bool is_loopback;
	sigset_t signals;
	int result;

	/* Before any thread is started, so that this one gets them. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	if (listener_is_loopback(run->listen, &is_loopback, err) < 0 || (!is_loopback &&
	    check_others(run, run->listen, err) < 0))
		return -1;
	if (systemd_open(&evaluator.systemd, err) < 0 || page_make(&first, &evaluator.body,
	    &evaluator.facts, run->constants, run->constant_count, err) < 0)
		return -1;
	shown_replace(&evaluator.shown, first, false, "the first evaluation is not over");
	result = serve(&evaluator, &signals, err);
	systemd_close(&evaluator.systemd);
	page_leave(evaluator.shown.page);
	page_body_release(&evaluator.body);
	return result < 0 ? -1 : EXIT_YES;
}
