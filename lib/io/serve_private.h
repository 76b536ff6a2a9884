/* SPDX-License-Identifier: ISC
 *
 * serve_private -- what the files of serve share.
 */
#ifndef IO_SERVE_PRIVATE_H
#define IO_SERVE_PRIVATE_H

#include "io/password.h"
#include "io/serve.h"

#include <microhttpd.h>
#include <pthread.h>

struct connection {
	struct serve *serve;
	struct connection *next, *previous;
	struct MHD_Connection *mhd;
	struct tls_server *tls;    /* a share; NULL without TLS */
	int fd;                    /* of libmicrohttpd */
	int64_t since_ns;          /* the step of now began */
	enum {
		CONNECTION_NEW,    /* no request has come */
		CONNECTION_BUSY,   /* the head of one is complete */
		CONNECTION_IDLE    /* one was answered */
	} state;
	size_t uri_len;            /* of the request, up to its first NUL byte */
	bool is_suspended;         /* while its password is pending */
	bool is_judged;
	bool is_cut;
	enum password_verdict verdict;
};

struct serve {
	struct serve_options options;
	struct MHD_Daemon *daemon;
	struct password *password; /* NULL without a configuration */
	struct connection *connections;
	size_t connection_count;
	int64_t rate_credit_ms;    /* of the rate limit: what has been saved up */
	int64_t rate_at_ms;
	pthread_t thread;
	int epoll_fd;              /* of libmicrohttpd */
	int stop_fd;
};

/* For libmicrohttpd: a connection begins or ends. */
void serve_connection_notify(void *context, struct MHD_Connection *mhd, void **socket_context,
    enum MHD_ConnectionNotificationCode code);

/* For libmicrohttpd: a request has ended. */
void serve_connection_completed(void *context, struct MHD_Connection *mhd, void **state,
    enum MHD_RequestTerminationCode code);

/* Cuts the connections whose time is over. Returns ms until the next one, at most a
 * minute. */
MUST_USE int serve_connection_sweep(struct serve *serve);

/* For libmicrohttpd: the first line of a request is known. Returns NULL. */
void *serve_request_line(void *context, const char *uri, struct MHD_Connection *mhd);

/* For libmicrohttpd: answers a request. */
enum MHD_Result serve_request_answer(void *context, struct MHD_Connection *mhd,
    const char *path, const char *method, const char *version, const char *upload,
    size_t *upload_size, void **state);

/* Queues an answer and releases it. */
MUST_USE enum MHD_Result serve_answer_queue(const struct connection *connection,
    struct serve_answer *answer, bool wants_gzip);

#endif
