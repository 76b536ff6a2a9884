/* SPDX-License-Identifier: ISC
 *
 * http -- requests on the wire, by libcurl; the only caller of it. One GET at a
 * time for each transfer, many transfers at once, all in one thread. Redirects
 * are not followed, nothing is retried, nothing is queued: that is for the
 * caller to decide.
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
	int64_t timeout_ms;    /* for the whole of it */
	/* Takes a piece of the body; anything but 0 ends the transfer with
	 * HTTP_FAULT_stopped. */
	int (*body)(void *context, int status, const char *bytes, size_t len);
	void *context;         /* for body, and for http_context */
};

struct http_answer {
	int status;             /* 0 when none came */
	enum http_fault fault;
	const char *words;      /* about the fault; "" when there is none */
	int64_t content_length; /* as announced; -1 when it was not */
	int64_t body_bytes;     /* as received */
	int64_t retry_after_s;  /* -1 when the server did not say */
	int64_t ttfb_ms;        /* -1 when nothing came */
	int64_t elapsed_ms;     /* from the start, connecting included */
	const char *location, *etag, *last_modified, *content_type; /* or NULL */
};

/* *out is the caller's. transfers is how many there will be at once. */
MUST_USE int http_open(struct http **out, size_t transfers, struct err *err);
/* Every transfer must have been given to http_end. NULL is fine. */
void http_close(struct http *http);

/* Starts a request. The transfer is the http's, until http_end. */
struct http_transfer *http_start(struct http *http,
    const struct http_request *request);

/* Moves every transfer on as far as it goes without waiting. */
MUST_USE int http_perform(struct http *http, struct err *err);

/* The next transfer that is done, or NULL; it is to be given to http_end. */
struct http_transfer *http_next_done(struct http *http);

/* Whether the request has left (or the transfer ended without it). */
bool http_is_sent(const struct http_transfer *transfer);

void *http_context(const struct http_transfer *transfer);

/* Of a transfer that is done; borrowed until http_end. */
const struct http_answer *http_answer(const struct http_transfer *transfer);

/* Ends a transfer that is under way: it is done then, with HTTP_FAULT_stopped. */
void http_stop(struct http_transfer *transfer);

/* Takes back a transfer that is done. */
void http_end(struct http *http, struct http_transfer *transfer);

/* Waits until a transfer can go on, one of the file descriptors can be read,
 * http_wake was called or timeout_ms have passed. */
MUST_USE int http_wait(struct http *http, const int *fds, size_t fd_count,
    int64_t timeout_ms, struct err *err);

/* Ends http_wait; may be called from another thread. */
void http_wake(struct http *http);

/* What a URL says. */
struct http_url {
	char scheme[8];  /* "http" or "https" */
	char host[256];  /* lower case, punycode, without port and brackets */
};

/* Reads a URL; anything but http and https, or without a host, is EXIT_DATA. */
MUST_USE int http_url_read(const char *url, struct http_url *out,
    struct err *err);

/* The URL that a Location names, seen from base (RFC 3986 section 5.2), without
 * fragment. The caller's; NULL with err when there is none. */
char *http_url_join(const char *base, const char *location, struct err *err);

#endif
