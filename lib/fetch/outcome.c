/* SPDX-License-Identifier: ISC */
#include "fetch/outcome.h"
#include "base/err.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct fetch_outcome
try_next(enum fallback_outcome outcome, const char *reason)
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

/* The candidate failed for good. */
static struct fetch_outcome
refuse_candidate(enum candidate_fault fault)
{
	return try_next(FALLBACK_OUTCOME_nonretryable, candidate_fault_word(fault));
}

static struct fetch_outcome
judge_fault(enum http_fault fault)
{
	const char *reason = http_fault_word(fault);

	switch (fault) {
	case HTTP_FAULT_timeout:
		return try_next(FALLBACK_OUTCOME_timeout, reason);
	case HTTP_FAULT_tls:
	case HTTP_FAULT_bad_answer:
		return try_next(FALLBACK_OUTCOME_nonretryable, reason);
	case HTTP_FAULT_ABSENT:
	case HTTP_FAULT_resolve:
	case HTTP_FAULT_connect:
	case HTTP_FAULT_reset:
	case HTTP_FAULT_empty_answer:
	case HTTP_FAULT_partial_body:
	case HTTP_FAULT_stopped:
	case HTTP_FAULT_failed:
		break;
	}
	return try_next(FALLBACK_OUTCOME_retryable, reason);
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
		return refuse_candidate(CANDIDATE_FAULT_redirect_limit);
	url = http_url_join(item->url, location, &err);
	if (url == NULL || http_url_read(url, &parts, &err) < 0) {
		free(url);
		return refuse_candidate(CANDIDATE_FAULT_redirect_invalid);
	}
	if (strcmp(parts.scheme, "http") == 0 &&
	    strncasecmp(item->url, "https:", 6) == 0) {
		free(url);
		return refuse_candidate(CANDIDATE_FAULT_redirect_downgrade);
	}
	return (struct fetch_outcome) { .next = FETCH_FOLLOW,
		.location = url };
}

static struct fetch_outcome
judge_body(enum body_fault fault)
{
	const char *reason = body_fault_word(fault);

	switch (fault) {
	case BODY_FAULT_no_pdf:
		return try_next(FALLBACK_OUTCOME_no_pdf, reason);
	case BODY_FAULT_too_large:
		return try_next(FALLBACK_OUTCOME_nonretryable, reason);
	case BODY_FAULT_ABSENT:
	case BODY_FAULT_io_error:
		break;
	}
	return (struct fetch_outcome) { FETCH_FAIL, FALLBACK_OUTCOME_error, reason,
		NULL };
}

static struct fetch_outcome
judge_status(struct fetch_item *item, const struct http_answer *answer)
{
	if (is_redirect(answer->status) && answer->location != NULL)
		return judge_redirect(item, answer->location);
	if (!fetch_attempt_is_good(answer->status))
		return try_next(is_retryable(answer->status)
		    ? FALLBACK_OUTCOME_retryable : FALLBACK_OUTCOME_nonretryable,
		    candidate_fault_word(CANDIDATE_FAULT_http_status));
	fetch_attempt_finish(item);
	if (item->body.fault != BODY_FAULT_ABSENT)
		return judge_body(item->body.fault);
	if (item->work->sha256[0] != '\0' && strcmp(item->work->sha256,
	    object_file_sha256(item->body.file)) != 0)
		return try_next(FALLBACK_OUTCOME_error,
		    candidate_fault_word(CANDIDATE_FAULT_digest_mismatch));
	return (struct fetch_outcome) { .next = FETCH_STORE,
		.outcome = FALLBACK_OUTCOME_success };
}

struct fetch_outcome
fetch_judge(struct fetch_item *item, const struct http_answer *answer)
{
	if (answer->fault == HTTP_FAULT_bad_answer)
		return judge_fault(answer->fault);
	/* A body that was cut short matters only when it was wanted: a 404 is a 404
	 * even without its text. */
	if (item->body.is_unwanted ||
	    (answer->status != 0 && !fetch_attempt_is_good(answer->status)))
		return judge_status(item, answer);
	if (item->body.fault != BODY_FAULT_ABSENT)
		return judge_body(item->body.fault);
	if (answer->fault != HTTP_FAULT_ABSENT)
		return judge_fault(answer->fault);
	return judge_status(item, answer);
}
