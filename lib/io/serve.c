/* SPDX-License-Identifier: ISC */
#include "io/serve.h"
#include "base/mem.h"
#include "io/serve_private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define DEADLINE_MS 10000
#define IDLE_MS 120000
#define PRESSED_MS 1000
#define CONNECTION_LIMIT 64
#define CONNECTION_BYTES 16384 /* for the head of a request */
#define MAX_OPTIONS 16

/* Leaves a text as it is: libmicrohttpd would decode %00 to a NUL, which ends it. */
static size_t
keep_escapes(void *context, struct MHD_Connection *mhd, char *text)
{
	(void)context;
	(void)mhd;
	return strlen(text);
}

/* Lets the connections go on whose passwords were judged. */
static void
resume_judged(struct serve *serve)
{
	enum password_verdict verdict;
	struct connection *connection;

	if (serve->password == NULL)
		return;
	while ((connection = password_next(serve->password, &verdict)) != NULL) {
		connection->verdict = verdict;
		connection->is_suspended = false;
		MHD_resume_connection(connection->mhd);
	}
}

static int
wait_ms(struct serve *serve)
{
	int wait = serve_connection_sweep(serve);
	MHD_UNSIGNED_LONG_LONG timeout_ms;

	if (MHD_get_timeout(serve->daemon, &timeout_ms) == MHD_YES &&
	    timeout_ms < (unsigned)wait)
		wait = (int)timeout_ms;
	return wait;
}

/* Lets libmicrohttpd do all that can be done. Once more after connections have ended: only
 * then it accepts again, if it had as many as it may have, and nothing would wake it. */
static void
run_daemon(struct serve *serve)
{
	size_t before;

	do {
		before = serve->connection_count;
		MHD_run(serve->daemon);
	} while (serve->connection_count < before);
}

static void *
run_loop(void *context)
{
	struct serve *serve = context;
	struct pollfd fds[] = {
		{ .fd = serve->stop_fd, .events = POLLIN },
		{ .fd = serve->epoll_fd, .events = POLLIN },
		{ .fd = serve->password != NULL ? password_fd(serve->password) : -1,
		    .events = POLLIN },
	};

	while (fds[0].revents == 0) {
		if (poll(fds, sizeof(fds) / sizeof(fds[0]), wait_ms(serve)) < 0)
			memset(&fds[0].revents, 0, sizeof(fds[0].revents));
		resume_judged(serve);
		run_daemon(serve);
	}
	return NULL;
}

/* Adds options of libmicrohttpd to a list that has room. */
static void
add_option(struct MHD_OptionItem *list, enum MHD_OPTION option, intptr_t value, void *pointer)
{
	while (list->option != MHD_OPTION_END)
		list++;
	*list = (struct MHD_OptionItem){ option, value, pointer };
}

static void
add_options(const struct serve *serve, struct MHD_OptionItem *list)
{
	const struct serve_options *options = &serve->options;
	const struct web_settings *settings;

	add_option(list, MHD_OPTION_LISTEN_SOCKET, options->listen_fd, NULL);
	add_option(list, MHD_OPTION_CONNECTION_LIMIT, (intptr_t)options->connection_limit,
	    NULL);
	add_option(list, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, NULL);
	/* Our own deadlines replace its timeout. */
	add_option(list, MHD_OPTION_CONNECTION_TIMEOUT, 0, NULL);
	add_option(list, MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL);
	if (options->config == NULL || web_config_tls(options->config) == NULL)
		return;
	/* It insists on a certificate, though each connection gets its own. */
	settings = web_config_settings(options->config);
	add_option(list, MHD_OPTION_HTTPS_MEM_CERT, 0, settings->tls.cert.data);
	add_option(list, MHD_OPTION_HTTPS_MEM_KEY, 0, settings->tls.key.data);
}

static int
start_daemon(struct serve *serve, struct err *err)
{
	struct MHD_OptionItem list[MAX_OPTIONS] = { { MHD_OPTION_END, 0, NULL } };
	struct web_config *config = serve->options.config;
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;

	if (config != NULL && web_config_tls(config) != NULL)
		flags |= MHD_USE_TLS;
	add_options(serve, list);
	/* Without MHD_USE_ERROR_LOG it never writes to stderr. It owns the socket now, and
	 * has closed it if it fails. */
	serve->daemon = MHD_start_daemon(flags, 0, NULL, NULL, serve_request_answer, serve,
	    MHD_OPTION_NOTIFY_CONNECTION, serve_connection_notify, serve,
	    MHD_OPTION_NOTIFY_COMPLETED, serve_connection_completed, serve,
	    MHD_OPTION_URI_LOG_CALLBACK, serve_request_line, serve,
	    MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
	    MHD_OPTION_ARRAY, list, MHD_OPTION_END);
	serve->options.listen_fd = -1;
	if (serve->daemon == NULL)
		return err_set(err, EXIT_CREATE, "the HTTP server does not start");
	serve->epoll_fd = MHD_get_daemon_info(serve->daemon,
	    MHD_DAEMON_INFO_EPOLL_FD)->listen_fd;
	return 0;
}

/* Starts the threads, whose signals are the main thread's business. */
static int
start(struct serve *serve, struct err *err)
{
	sigset_t all, before;
	int result = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	if (serve->options.config != NULL)
		result = password_open(&serve->password, err);
	if (result == 0)
		result = start_daemon(serve, err);
	if (result == 0 && pthread_create(&serve->thread, NULL, run_loop, serve) != 0) {
		MHD_stop_daemon(serve->daemon);
		result = err_set(err, EXIT_CREATE, "the HTTP server does not start");
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

static void
release_serve(struct serve *serve)
{
	password_close(serve->password);
	if (serve->options.listen_fd >= 0)
		close(serve->options.listen_fd);
	if (serve->stop_fd >= 0)
		close(serve->stop_fd);
	free(serve);
}

int
serve_open(struct serve **out, const struct serve_options *options, struct err *err)
{
	struct serve *serve = mem_new(1, sizeof(*serve));
	int result;

	serve->options = *options;
	if (options->deadline_ms == 0)
		serve->options.deadline_ms = DEADLINE_MS;
	if (options->idle_ms == 0)
		serve->options.idle_ms = IDLE_MS;
	if (options->pressed_ms == 0)
		serve->options.pressed_ms = PRESSED_MS;
	if (options->connection_limit == 0)
		serve->options.connection_limit = CONNECTION_LIMIT;
	serve->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (serve->stop_fd < 0)
		result = err_system(err, EXIT_CREATE, "the HTTP server does not start");
	else
		result = start(serve, err);
	if (result < 0) {
		if (serve->password != NULL)
			password_stop(serve->password);
		release_serve(serve);
		return -1;
	}
	*out = serve;
	return 0;
}

void
serve_close(struct serve *serve)
{
	const uint64_t one = 1;

	if (serve == NULL)
		return;
	while (write(serve->stop_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		continue;
	pthread_join(serve->thread, NULL);
	/* libmicrohttpd does not stop while a connection is suspended. */
	if (serve->password != NULL)
		password_stop(serve->password);
	resume_judged(serve);
	MHD_stop_daemon(serve->daemon);
	release_serve(serve);
}
