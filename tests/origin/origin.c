/* SPDX-License-Identifier: ISC
 *
 * origin -- an HTTP server for tests, on 127.0.0.1. It prints its port and
 * serves until SIGTERM. The URL of a request says how it is answered.
 *
 *   /bytes/N       N pseudo-random bytes, always the same for the same ?seed=
 *   /file/PATH     a file below --root
 *   /status/CODE   an answer of that status, with a short text
 *   /redirect      redirects to ?to=, after ?times= hops (default 1) through itself;
 *                  ?loop=1 never ends; ?status= is the status (default 302)
 *   /delay         a short text, for use with ?ms=
 *
 * Every path has these parameters:
 *   ms=N           waits N ms before it answers (at most a minute)
 *   fail=CODE      that status for the first times= (default 1) requests with
 *                  the same key= (default: the path); then the usual answer
 *   retry_after=T  adds Retry-After: T to an answer that is not a success
 *   type=T         Content-Type
 *   etag=weak|none (default strong)
 * /bytes and /file have these as well:
 *   prefix=TEXT    the body begins with TEXT
 *   corrupt=1      one byte of the body is wrong
 *   cut=N          closes the connection after N bytes of the body
 *   chunked=1      no Content-Length
 *   drip_ms=N      waits N ms after each drip_bytes= (default 1) bytes
 *   hold=N         sends N bytes, then nothing for a minute
 *   ranges=0       ignores Range
 * Conditional requests (RFC 9110 section 13) and single ranges (section 14)
 * work.
 */
#include "tests/origin/body.h"
#include "tests/origin/request.h"

#include <ctype.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LAST_MODIFIED 1431857103 /* 2015-05-17T10:05:03Z */

/* The state of a request from its first line to its end. */
struct arrival {
	int64_t at_ns; /* when its head was complete; 0 before */
	char uri[];
};

struct counter {
	struct counter *next;
	int64_t count;
	char key[];
};

static struct counter *counters;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static int64_t
monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Returns how many requests had that key before, and counts this one. */
static int64_t
count_before(const char *key)
{
	struct counter *counter;
	int64_t before;

	pthread_mutex_lock(&mutex);
	for (counter = counters; counter != NULL; counter = counter->next)
		if (strcmp(counter->key, key) == 0)
			break;
	if (counter == NULL) {
		counter = calloc(1, sizeof(*counter) + strlen(key) + 1);
		if (counter == NULL)
			abort();
		memcpy(counter->key, key, strlen(key) + 1);
		counter->next = counters;
		counters = counter;
	}
	before = counter->count++;
	pthread_mutex_unlock(&mutex);
	return before;
}

static enum MHD_Result
serve_file(const struct request *request, const char *path, int64_t at_ns)
{
	int root = -1, fd = -1;
	struct stat status;

	if (request->settings->root != NULL && path[0] != '/' &&
	    strstr(path, "..") == NULL)
		root = open(request->settings->root, O_RDONLY | O_DIRECTORY |
		    O_CLOEXEC);
	if (root >= 0) {
		fd = openat(root, path, O_RDONLY | O_CLOEXEC);
		close(root);
	}
	if (fd >= 0 && (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		return request_reply(request, at_ns, 404, NULL);
	return body_send(request, body_new(request, fd, status.st_size),
	    status.st_mtime, at_ns);
}

static void
append_escaped(char *out, size_t size, const char *text)
{
	size_t len = strlen(out);

	for (; *text != '\0' && len + 4 < size; text++)
		if (isalnum((unsigned char)*text))
			out[len++] = *text;
		else
			len += (size_t)snprintf(out + len, size - len, "%%%02X",
			    (unsigned char)*text);
	out[len] = '\0';
}

static enum MHD_Result
redirect(const struct request *request, int64_t at_ns)
{
	int64_t times = request_number(request, "times", 1);
	unsigned status = (unsigned)request_number(request, "status", 302);
	const char *to = request_argument(request, "to");
	char again[8192];

	if (status < 300 || status > 399)
		status = 302;
	if (request_is_set(request, "loop"))
		return request_reply(request, at_ns, status, request->uri);
	if (to == NULL)
		return request_reply(request, at_ns, 400, NULL);
	if (times <= 1)
		return request_reply(request, at_ns, status, to);
	snprintf(again, sizeof(again), "/redirect?times=%" PRId64 "&status=%u&to=",
	    times - 1, status);
	append_escaped(again, sizeof(again), to);
	return request_reply(request, at_ns, status, again);
}

static enum MHD_Result
answer(const struct request *request, int64_t at_ns)
{
	const char *key = request_argument(request, "key");
	int64_t fail = request_number(request, "fail", 0), size;

	request_wait_ms(request_number(request, "ms", 0));
	if (fail >= 200 && fail <= 599 &&
	    count_before(key != NULL ? key : request->path) <
	    request_number(request, "times", 1))
		return request_reply(request, at_ns, (unsigned)fail, NULL);
	if (strncmp(request->path, "/bytes/", 7) == 0) {
		size = request_number_of(request->path + 7, -1);
		if (size >= 0)
			return body_send(request, body_new(request, -1, size),
			    LAST_MODIFIED, at_ns);
	} else if (strncmp(request->path, "/file/", 6) == 0)
		return serve_file(request, request->path + 6, at_ns);
	else if (strncmp(request->path, "/status/", 8) == 0) {
		size = request_number_of(request->path + 8, -1);
		if (size >= 200 && size <= 599)
			return request_reply(request, at_ns, (unsigned)size, NULL);
	} else if (strcmp(request->path, "/redirect") == 0)
		return redirect(request, at_ns);
	else if (strcmp(request->path, "/delay") == 0)
		return request_reply(request, at_ns, 200, NULL);
	return request_reply(request, at_ns, 404, NULL);
}

static enum MHD_Result
handle(void *context, struct MHD_Connection *connection, const char *path,
    const char *method, const char *version, const char *upload,
    size_t *upload_size, void **state)
{
	struct arrival *arrival = *state;
	struct request request = {
		.connection = connection,
		.settings = context,
		.uri = arrival->uri,
		.path = path,
		.method = method,
	};

	(void)version;
	(void)upload;
	/* libmicrohttpd calls again when the request is complete; an answer
	 * before that would close the connection. */
	if (arrival->at_ns == 0 || *upload_size > 0) {
		arrival->at_ns = arrival->at_ns == 0 ? monotonic_ns()
		    : arrival->at_ns;
		*upload_size = 0;
		return MHD_YES;
	}
	request.range = request_header(&request, "Range");
	return answer(&request, arrival->at_ns);
}

static void *
keep_uri(void *context, const char *uri, struct MHD_Connection *connection)
{
	size_t len = strlen(uri);
	struct arrival *arrival = calloc(1, sizeof(*arrival) + len + 1);

	(void)context;
	(void)connection;
	if (arrival == NULL)
		abort();
	memcpy(arrival->uri, uri, len + 1);
	return arrival;
}

static void
forget_uri(void *context, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode code)
{
	(void)context;
	(void)connection;
	(void)code;
	free(*state);
}

static int
usage(void)
{
	fprintf(stderr, "usage: origin [--port N] [--log FILE] [--root DIR]\n");
	return 64;
}

static int
parse(int argc, char **argv, struct settings *settings, int64_t *port)
{
	static const struct option options[] = {
		{ "port", required_argument, NULL, 'p' },
		{ "log", required_argument, NULL, 'l' },
		{ "root", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	int code;

	while ((code = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (code == 'p')
			*port = request_number_of(optarg, -1);
		else if (code == 'r')
			settings->root = optarg;
		else if (code != 'l')
			return -1;
		else if ((settings->log = fopen(optarg, "ae")) == NULL) {
			perror(optarg);
			return -1;
		}
	}
	return optind < argc || *port < 0 || *port > 65535 ? -1 : 0;
}

int
main(int argc, char **argv)
{
	struct settings settings = { NULL, NULL };
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct MHD_Daemon *daemon;
	sigset_t signals;
	int64_t port = 0;
	int got;

	if (parse(argc, argv, &settings, &port) < 0)
		return usage();
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons((uint16_t)port);
	/* A thread for each connection, so that a wait in one delays no other. */
	daemon = MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION |
	    MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, handle, &settings,
	    MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
	    MHD_OPTION_URI_LOG_CALLBACK, keep_uri, NULL,
	    MHD_OPTION_NOTIFY_COMPLETED, forget_uri, NULL,
	    MHD_OPTION_CONNECTION_LIMIT, 512U, MHD_OPTION_END);
	if (daemon == NULL) {
		fprintf(stderr, "origin: cannot listen on port %" PRId64 "\n",
		    port);
		return 69;
	}
	printf("%u\n", (unsigned)MHD_get_daemon_info(daemon,
	    MHD_DAEMON_INFO_BIND_PORT)->port);
	fflush(stdout);
	sigwait(&signals, &got);
	/* Threads may still wait. The log is flushed line by line, so nothing
	 * needs to be closed. */
	_exit(0);
}
