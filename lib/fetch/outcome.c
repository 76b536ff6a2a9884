/* SPDX-License-Identifier: ISC */
#include "fetch/outcome.h"
#include "base/err.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct fetch_outcome
next(const char *outcome, const char *reason)
{
	return (struct fetch_outcome) { FETCH_NEXT, outcome, reason, NULL };
}

/* Whether the same request may work later. */
static bool
is_retryable(int status)
{
	static const int statuses[] = { 408, 425, 429, 500, 502, 503, 504, 520,
		521, 522, 523, 524 };

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i] == status)
			return true;
	return false;
}

static struct fetch_outcome
judge_fault(enum http_fault fault)
{
	const char *reason = http_fault_name(fault);

	switch (fault) {
	case HTTP_TIMEOUT:
		return next("timeout", reason);
	case HTTP_TLS:
	case HTTP_BAD_ANSWER:
		return next("nonretryable", reason);
	case HTTP_NO_FAULT:
	case HTTP_RESOLVE:
	case HTTP_CONNECT:
	case HTTP_RESET:
	case HTTP_EMPTY_ANSWER:
	case HTTP_PARTIAL_BODY:
	case HTTP_STOPPED:
	case HTTP_FAILED:
		break;
	}
	return next("retryable", reason);
}

static bool
is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 ||
	    status == 307 || status == 308;
}

static struct fetch_outcome
judge_redirect(const struct fetch_item *item, const char *location)
{
	struct http_url parts;
	struct err err;
	char *url;

	if (item->hop_count >= FETCH_MAX_HOPS)
		return next("nonretryable", "redirect_limit");
	url = http_url_join(item->url, location, &err);
	if (url == NULL || http_url_read(url, &parts, &err) < 0) {
		free(url);
		return next("nonretryable", "redirect_invalid");
	}
	if (strcmp(parts.scheme, "http") == 0 &&
	    strncasecmp(item->url, "https:", 6) == 0) {
		free(url);
		return next("nonretryable", "redirect_downgrade");
	}
	return (struct fetch_outcome) { FETCH_FOLLOW, NULL, NULL, url };
}

static struct fetch_outcome
judge_refusal(const struct fetch_body *body)
{
	switch (body->refusal) {
	case FETCH_NO_PDF:
		return next("no_pdf", "no_pdf");
	case FETCH_TOO_LARGE:
		return next("nonretryable", "too_large");
	case FETCH_NO_REFUSAL:
	case FETCH_UNWANTED:
	case FETCH_LOCAL:
		break;
	}
	return (struct fetch_outcome) { FETCH_FAIL, "error", "io_error", NULL };
}

static struct fetch_outcome
judge_status(struct fetch_item *item, const struct http_answer *answer)
{
	if (is_redirect(answer->status) && answer->location != NULL)
		return judge_redirect(item, answer->location);
	if (!fetch_attempt_is_good(answer->status))
		return next(is_retryable(answer->status) ? "retryable"
		    : "nonretryable", "http_status");
	fetch_attempt_finish(item);
	if (item->body.refusal != FETCH_NO_REFUSAL)
		return judge_refusal(&item->body);
	if (item->work->sha256[0] != '\0' && strcmp(item->work->sha256,
	    object_file_sha256(item->body.file)) != 0)
		return next("error", "digest_mismatch");
	return (struct fetch_outcome) { FETCH_STORE, "success", NULL, NULL };
}

struct fetch_outcome
fetch_judge(struct fetch_item *item, const struct http_answer *answer)
{
	if (answer->fault == HTTP_BAD_ANSWER)
		return judge_fault(answer->fault);
	/* A body that was cut short matters only when it was wanted: a 404 is a 404
	 * even without its text. */
	if (item->body.refusal == FETCH_UNWANTED ||
	    (answer->status != 0 && !fetch_attempt_is_good(answer->status)))
		return judge_status(item, answer);
	if (item->body.refusal != FETCH_NO_REFUSAL)
		return judge_refusal(&item->body);
	if (answer->fault != HTTP_NO_FAULT)
		return judge_fault(answer->fault);
	return judge_status(item, answer);
}
