/* SPDX-License-Identifier: ISC
 *
 * http -- HTTP requests; the only caller of libcurl. A transfer is one GET;
 * many transfers run at once in one thread. Redirects, retries and queues are
 * the caller's business.
 */
#ifndef IO_HTTP_H
#define IO_HTTP_H

#include "base/err.h"
#include "io/http_fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http;
struct http_transfer;

struct http_request {
	const char *url;       /* borrowed until http_start returns */
	int64_t connect_timeout_ms;
	int64_t timeout_ms;    /* for the whole transfer */
	/* Gets each piece of the body; a result other than 0 ends the transfer
	 * with HTTP_FAULT_stopped. */
	int (*body)(void *context, int status, const char *bytes, size_t len);
	void *context;         /* for body, and for http_context */
};

struct http_answer {
	int status;             /* 0 when the answer has none */
	enum http_fault fault;
	const char *words;      /* describe the fault; "" when there is none */
	int64_t content_length; /* as announced; -1 when it was not */
	int64_t body_bytes;     /* as received */
	int64_t retry_after_s;  /* -1 when the answer has no Retry-After */
	int64_t ttfb_ms;        /* until the first byte; -1 when none came */
	int64_t elapsed_ms;     /* from the start, connecting included */
	/* Fields of the head; NULL where the answer has none. */
	const char *location, *etag, *last_modified, *content_type;
};

/* Opens *out, which the caller closes. transfers is the most that will run at
 * once. EXIT_BUG when libcurl cannot start. */
MUST_USE int http_open(struct http **out, size_t transfers, struct err *err);
/* Every transfer must have ended by http_end. NULL is fine. */
void http_close(struct http *http);

/* Starts a request. Returns its transfer, borrowed until http_end. */
struct http_transfer *http_start(struct http *http,
    const struct http_request *request);

/* Advances every transfer as far as possible without waiting. */
MUST_USE int http_perform(struct http *http, struct err *err);

/* Returns the next transfer that is done, for http_end; NULL when there is none. */
struct http_transfer *http_next_done(struct http *http);

/* Whether the connection was made, so that the request is being sent or was sent. */
bool http_is_sent(const struct http_transfer *transfer);

/* Returns the context of the request. */
void *http_context(const struct http_transfer *transfer);

/* Returns the answer of a transfer that is done; borrowed until http_end. */
const struct http_answer *http_answer(const struct http_transfer *transfer);

/* Stops a running transfer: it is then done, with HTTP_FAULT_stopped. */
void http_stop(struct http_transfer *transfer);

/* Ends the use of a transfer that is done. */
void http_end(struct http *http, struct http_transfer *transfer);

/* Waits until a transfer can go on, one of the file descriptors is readable,
 * http_wake was called or timeout_ms have passed, at most an hour. fd_count is
 * at most 4. */
MUST_USE int http_wait(struct http *http, const int *fds, size_t fd_count,
    int64_t timeout_ms, struct err *err);

/* Ends http_wait; may be called from another thread. */
void http_wake(struct http *http);

/* The parts of a URL that the programs use. */
struct http_url {
	char scheme[8];  /* "http" or "https" */
	char host[256];  /* lower case, punycode, without port and brackets */
};

/* Reads a URL. EXIT_DATA unless it is an http or https URL with a host. */
MUST_USE int http_url_read(const char *url, struct http_url *out,
    struct err *err);

/* Resolves a Location against base (RFC 3986 section 5.2). Returns a URL without
 * fragment, which the caller frees; NULL with EXIT_DATA when that gives no URL. */
MUST_USE char *http_url_join(const char *base, const char *location,
    struct err *err);

#endif
