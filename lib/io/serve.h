/* SPDX-License-Identifier: ISC
 *
 * serve -- an HTTP server for small pages that are ready when they are asked for; the only
 * caller of libmicrohttpd. One thread of its own serves all connections and calls the
 * handler, which therefore must not wait.
 *
 * GET and HEAD are answered by the handler, other methods with 405. What the web
 * configuration asks for comes first: TLS, rate limit, users. A connection that does not
 * get on is cut, however busy it looks: a request must be complete, and its answer taken,
 * within a time; so must the next one. While there are as many connections as allowed,
 * those that wait have only a moment, so that new ones get their turn.
 *
 * The path is what the client sent, up to "?": percent signs are not decoded, so that
 * no two spellings mean one page. A request with a NUL byte is refused.
 */
#ifndef IO_SERVE_H
#define IO_SERVE_H

#include "io/accept.h"
#include "io/web_config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct serve_request {
	const char *path;          /* borrowed, as are all others */
	enum accept_format format; /* the best that the client accepts */
	int64_t budget_ms;         /* what the answer may take; -1: not said */
	const char *config_problem; /* of web_config_problem; "" when there is none */
};

struct serve_header {
	const char *name, *value;
};

#define SERVE_MAX_HEADERS 4

/* An answer. Its texts are copied, but for body and gzip where there is a release. */
struct serve_answer {
	int status;               /* starts as 200 */
	const char *content_type; /* NULL: text/plain */
	const char *body;
	size_t body_len;
	const char *gzip;         /* the body, packed by gz_pack, if it is ready; or NULL: */
	size_t gzip_len;          /* then serve packs it where the client wants that */
	struct serve_header headers[SERVE_MAX_HEADERS];
	size_t header_count;
	/* Called once, by the thread of the server, when body and gzip are not needed any
	 * more; NULL: the handler's texts are valid only until serve has copied them, at
	 * once. */
	void (*release)(void *context);
	void *release_context;
};

struct serve_options {
	int listen_fd;              /* of a listener; ours from serve_open on, even if it fails */
	struct web_config *config;  /* borrowed until serve_close, and used by no other
	                             * thread until then; NULL: none */
	/* Fills in the answer. Returns 0, or -1 for the status 500. */
	int (*handler)(void *context, const struct serve_request *request,
	    struct serve_answer *answer);
	void *context;
	/* 0 means what is usual: */
	int64_t deadline_ms;        /* from connecting to the end of the answer: 10 s */
	int64_t idle_ms;            /* from an answer to the end of the next head: 2 min */
	int64_t pressed_ms;         /* instead, while every connection is taken: 1 s */
	unsigned connection_limit;  /* 64 */
};

struct serve;

/* Opens *out, which the caller closes, and starts to serve. EXIT_CREATE when that fails. */
MUST_USE int serve_open(struct serve **out, const struct serve_options *options,
    struct err *err);

/* Cuts all connections and ends the thread. NULL is fine. */
void serve_close(struct serve *serve);

#endif
