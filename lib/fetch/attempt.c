/* SPDX-License-Identifier: ISC */
#include "fetch/attempt.h"

#include <string.h>

/* The most that is read of an unwanted body, so that the connection can be used
 * again. */
#define MAX_UNWANTED_BYTES (1 << 20)

bool
fetch_attempt_is_good(int status)
{
	return status == 200 || status == 203;
}

static bool
has_pdf_mark(const struct fetch_body *body)
{
	return memmem(body->head, body->head_len, "%PDF-", 5) != NULL;
}

static int
refuse_body(struct fetch_body *body, enum body_fault fault)
{
	body->fault = fault;
	return -1;
}

static int
check_head(struct fetch_body *body, const char *bytes, size_t len)
{
	size_t room = sizeof(body->head) - body->head_len;

	if (!body->work->is_pdf || room == 0)
		return 0;
	memcpy(body->head + body->head_len, bytes, len < room ? len : room);
	body->head_len += len < room ? len : room;
	if (body->head_len == sizeof(body->head) && !has_pdf_mark(body))
		return refuse_body(body, BODY_FAULT_no_pdf);
	return 0;
}

static int
take_body(void *context, int status, const char *bytes, size_t len)
{
	struct fetch_body *body = &((struct fetch_item *)context)->body;
	int64_t max_bytes = body->work->size_max_bytes;

	if (!fetch_attempt_is_good(status)) {
		body->unwanted_bytes += (int64_t)len;
		body->is_unwanted = body->unwanted_bytes > MAX_UNWANTED_BYTES;
		return body->is_unwanted ? -1 : 0;
	}
	if (body->file == NULL &&
	    object_file_create(&body->file, body->store, &body->err) < 0)
		return refuse_body(body, BODY_FAULT_io_error);
	if (max_bytes > 0 &&
	    object_file_bytes(body->file) + (int64_t)len > max_bytes)
		return refuse_body(body, BODY_FAULT_too_large);
	if (check_head(body, bytes, len) < 0)
		return -1;
	if (object_file_write(body->file, bytes, len, &body->err) < 0)
		return refuse_body(body, BODY_FAULT_io_error);
	return 0;
}

void
fetch_attempt_start(struct fetch_item *item, struct http *http,
    int64_t connect_timeout_ms, int64_t timeout_ms)
{
	struct http_request request = {
		.url = item->url,
		.connect_timeout_ms = connect_timeout_ms,
		.timeout_ms = timeout_ms,
		.body = take_body,
		.context = item,
	};

	item->is_sent = false;
	item->request_count++;
	item->transfer = http_start(http, &request);
}

void
fetch_attempt_finish(struct fetch_item *item)
{
	struct fetch_body *body = &item->body;

	if (body->work->is_pdf && body->head_len < sizeof(body->head) &&
	    !has_pdf_mark(body))
		refuse_body(body, BODY_FAULT_no_pdf);
	else if (body->file == NULL &&
	    object_file_create(&body->file, body->store, &body->err) < 0)
		refuse_body(body, BODY_FAULT_io_error);
}

void
fetch_attempt_discard(struct fetch_item *item)
{
	object_file_abandon(item->body.file);
	item->body.file = NULL;
	item->body.head_len = 0;
	item->body.fault = BODY_FAULT_ABSENT;
	item->body.is_unwanted = false;
	item->body.unwanted_bytes = 0;
}
