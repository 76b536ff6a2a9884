/* SPDX-License-Identifier: ISC */
#include "cmd/prom-text/evaluator.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/tim.h"
#include "cmd/prom-text/notices.h"
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_SECOND INT64_C(1000000000)
#define SILENCE_MS 3600000
#define STOP_MS 1000
#define POLL_MS 10000 /* without --poll */

struct evaluator {
	struct run *run;
	struct shown *shown;
	struct page_body body;   /* of the last evaluation that worked */
	struct self_facts facts; /* of the same */
	struct err problem;      /* why there is nothing newer; its text is "" if there is */
	struct err web_problem;  /* the same of the web configuration */
	struct notices notices;
	pthread_t thread;
	pthread_mutex_t lock;    /* for all below */
	pthread_cond_t changed;
	bool is_started, is_stopping, is_ended;
	int64_t heard_ns;        /* from the evaluation that is under way; 0: there is none */
};

static void
hear(struct evaluator *evaluator, int64_t heard_ns)
{
	pthread_mutex_lock(&evaluator->lock);
	evaluator->heard_ns = heard_ns;
	pthread_mutex_unlock(&evaluator->lock);
}

/* For count.h. */
static void
hear_progress(void *context, int64_t row_count)
{
	(void)row_count;
	hear(context, tim_monotonic_ns());
}

/* For judge.h. */
static void
notice_warning(void *context, const char *text)
{
	struct evaluator *evaluator = context;

	notices_add(&evaluator->notices, text);
}

/* Tells a problem once, however often it comes; text is "" when there is none. */
static void
tell_change(struct err *told, const char *text, const char *mended)
{
	if (strcmp(told->text, text) == 0)
		return;
	if (text[0] != '\0')
		log_error("%s", text);
	else
		log_info("%s", mended);
	snprintf(told->text, sizeof(told->text), "%s", text);
}

/* Keeps what an evaluation found. */
static int
keep(struct evaluator *evaluator, const struct metric_families *families,
    const struct metric_result *result, const struct self_facts *facts, struct err *err)
{
	const struct run *run = evaluator->run;

	if (page_body_print(&evaluator->body, families, run->constants,
	    run->constant_count, err) < 0)
		return -1;
	evaluator->facts = *facts;
	evaluator->facts.since_ms = result->since_ms;
	evaluator->facts.pending_count = result->pending_count;
	return 0;
}

/* Evaluates the database, which is opened anew, as it may have been replaced. */
static int
evaluate(struct evaluator *evaluator, int64_t *last_event_ms, struct err *err)
{
	struct run *run = evaluator->run;
	struct metric_families families = { NULL, 0, 0 };
	struct metric_result result = { .run_id = NULL };
	struct self_facts facts = { .at_ms = tim_now_ms() };
	struct metric_request request = { .packs = run->packs,
		.slos = run->has_slos ? &run->slos : NULL, .run_id = run->run_id,
		.run_count = (size_t)run->run_count,
		.options = run->how, .now_ms = facts.at_ms };
	int64_t start_ns = tim_monotonic_ns();
	struct db *db = NULL;
	const char *path;
	int code = -1;

	request.options.counts.progress = hear_progress;
	request.options.counts.context = evaluator;
	request.options.warn = notice_warning;
	request.options.warn_context = evaluator;
	if (store_path(run->db, &path, err) == 0 &&
	    store_open(&db, path, DB_READ, DB_WAIT_MS, err) == 0)
		code = metric_evaluate(&families, &request, db, &result, err);
	facts.elapsed_ns = tim_monotonic_ns() - start_ns;
	if (code == 0)
		code = keep(evaluator, &families, &result, &facts, err);
	if (code == 0) {
		*last_event_ms = result.last_event_ms;
		run_warn_samples(&request.options, &result);
	}
	notices_end(&evaluator->notices);
	metric_result_release(&result);
	metric_families_release(&families);
	db_close(db);
	return code;
}

/* Shows what is kept; problem says why there is nothing newer, or is "". */
static int
show(struct evaluator *evaluator, int64_t last_event_ms, const char *problem,
    struct err *err)
{
	const struct run *run = evaluator->run;
	struct page *page;

	evaluator->facts.is_up = problem[0] == '\0';
	if (run->web_config != NULL) {
		evaluator->facts.has_web_config = true;
		evaluator->facts.is_web_config_ok =
		    evaluator->web_problem.text[0] == '\0';
	}
	if (page_make(&page, &evaluator->body, &evaluator->facts, run->constants,
	    run->constant_count, err) < 0)
		return -1;
	shown_replace(evaluator->shown, page, last_event_ms, problem);
	return 0;
}

/* Evaluates, and shows what came of it: after a failure the numbers of before, with their
 * time, beside tel_up 0. */
static void
turn(struct evaluator *evaluator)
{
	struct err failure = { .text = "" }, web_problem = { .text = "" };
	int64_t last_event_ms = -1;

	hear(evaluator, tim_monotonic_ns());
	if (evaluate(evaluator, &last_event_ms, &failure) == 0)
		failure.text[0] = '\0';
	tell_change(&evaluator->problem, failure.text, "the database can be read");
	shown_config_problem(evaluator->shown, &web_problem);
	tell_change(&evaluator->web_problem, web_problem.text,
	    "the web configuration is in use");
	if (show(evaluator, last_event_ms, failure.text, &failure) < 0)
		tell_change(&evaluator->problem, failure.text, "");
	hear(evaluator, 0);
}

/* Waits, with the lock, until the flag is set, at most so many ms. Returns the flag. */
static bool
wait_for(struct evaluator *evaluator, const bool *flag, int64_t most_ms)
{
	int64_t until_ns = tim_monotonic_ns() + most_ms * NS_PER_MS;
	const struct timespec until = { .tv_sec = until_ns / NS_PER_SECOND,
		.tv_nsec = until_ns % NS_PER_SECOND };

	while (!*flag && pthread_cond_timedwait(&evaluator->changed, &evaluator->lock,
	    &until) != ETIMEDOUT)
		continue;
	return *flag;
}

static void *
run_thread(void *context)
{
	struct evaluator *evaluator = context;

	pthread_mutex_lock(&evaluator->lock);
	do {
		pthread_mutex_unlock(&evaluator->lock);
		turn(evaluator);
		pthread_mutex_lock(&evaluator->lock);
	} while (!wait_for(evaluator, &evaluator->is_stopping, evaluator->run->poll_ms > 0
	    ? evaluator->run->poll_ms : POLL_MS));
	evaluator->is_ended = true;
	pthread_cond_broadcast(&evaluator->changed);
	pthread_mutex_unlock(&evaluator->lock);
	return NULL;
}

int
evaluator_open(struct evaluator **out, struct run *run, struct shown *shown,
    struct err *err)
{
	struct evaluator *evaluator = mem_new(1, sizeof(*evaluator));
	pthread_condattr_t attributes;

	evaluator->run = run;
	evaluator->shown = shown;
	evaluator->facts.since_ms = -1;
	pthread_mutex_init(&evaluator->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&evaluator->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	*out = evaluator;
	return show(evaluator, -1, "the first evaluation has not ended", err);
}

int
evaluator_start(struct evaluator *evaluator, struct err *err)
{
	if (pthread_create(&evaluator->thread, NULL, run_thread, evaluator) != 0)
		return err_set(err, EXIT_CREATE, "the thread that evaluates does not start");
	evaluator->is_started = true;
	return 0;
}

bool
evaluator_is_alive(struct evaluator *evaluator)
{
	int64_t silent_ns;

	pthread_mutex_lock(&evaluator->lock);
	silent_ns = tim_monotonic_ns() - evaluator->heard_ns;
	if (evaluator->heard_ns == 0)
		silent_ns = 0;
	pthread_mutex_unlock(&evaluator->lock);
	return silent_ns < SILENCE_MS * NS_PER_MS;
}

bool
evaluator_stop(struct evaluator *evaluator)
{
	bool is_ended;

	if (!evaluator->is_started)
		return true;
	pthread_mutex_lock(&evaluator->lock);
	evaluator->is_stopping = true;
	pthread_cond_broadcast(&evaluator->changed);
	is_ended = wait_for(evaluator, &evaluator->is_ended, STOP_MS);
	pthread_mutex_unlock(&evaluator->lock);
	if (is_ended)
		pthread_join(evaluator->thread, NULL);
	return is_ended;
}

void
evaluator_close(struct evaluator *evaluator)
{
	if (evaluator == NULL)
		return;
	page_body_release(&evaluator->body);
	notices_release(&evaluator->notices);
	pthread_cond_destroy(&evaluator->changed);
	pthread_mutex_destroy(&evaluator->lock);
	free(evaluator);
}
