/* SPDX-License-Identifier: ISC */
#include "cmd/prom-text/shown.h"
#include "base/json_writer.h"
#include "base/tim.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
shown_replace(struct shown *shown, struct page *page, int64_t last_event_ms,
    const char *problem)
{
	struct page *old;

	pthread_mutex_lock(&shown->lock);
	old = shown->page;
	shown->page = page;
	shown->last_event_ms = last_event_ms;
	snprintf(shown->problem.text, sizeof(shown->problem.text), "%s", problem);
	pthread_mutex_unlock(&shown->lock);
	page_leave(old);
}

void
shown_config_problem(struct shown *shown, struct err *out)
{
	pthread_mutex_lock(&shown->lock);
	*out = shown->config_problem;
	pthread_mutex_unlock(&shown->lock);
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
	snprintf(shown->config_problem.text, sizeof(shown->config_problem.text), "%s",
	    request->config_problem);
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
	if (shown->problem.text[0] != '\0')
		buf_add_text(reason, shown->problem.text);
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

int
shown_answer(void *context, const struct serve_request *request, struct serve_answer *answer)
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
