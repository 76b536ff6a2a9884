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
 *   retry_after=T  adds Retry-After: T to an answer that is no success
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
 *
 * Longer than 400 lines, because the answers share their parameters: a body alone takes
 * eight of them, and the list above is read beside the code that obeys it.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_WAIT_MS 60000
#define MAX_BYTES (INT64_C(1) << 40)
#define LAST_MODIFIED 1431857103 /* 2015-05-17T10:05:03Z */

struct settings {
	const char *root;
	FILE *log;
};

/* The state of a request from its first line to its end. */
struct arrival {
	int64_t at_ns; /* when its head was complete; 0 before */
	char uri[];
};

/* A request with its URI and head. */
struct request {
	struct MHD_Connection *connection;
	const struct settings *settings;
	const char *uri; /* as received */
	const char *path;
	const char *method;
	const char *range;
};

/* The source of a body, and the changes to make to it. */
struct body {
	int fd; /* a file; -1 for bytes made from seed */
	uint64_t seed;
	int64_t size;
	int64_t start; /* of the range to send */
	char *prefix;
	int64_t prefix_len;
	int64_t corrupt_at;      /* -1 for nowhere */
	int64_t cut_at, hold_at; /* from the start of the range; -1 for nowhere */
	int64_t drip_ms, drip_bytes;
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

static void
wait_ms(int64_t ms)
{
	struct timespec left;

	if (ms > MAX_WAIT_MS)
		ms = MAX_WAIT_MS;
	left.tv_sec = ms / 1000;
	left.tv_nsec = ms % 1000 * 1000000;
	while (ms > 0 && nanosleep(&left, &left) < 0 && errno == EINTR)
		continue;
}

static const char *
argument(const struct request *request, const char *key)
{
	return MHD_lookup_connection_value(request->connection,
	    MHD_GET_ARGUMENT_KIND, key);
}

static const char *
header(const struct request *request, const char *key)
{
	return MHD_lookup_connection_value(request->connection,
	    MHD_HEADER_KIND, key);
}

/* Returns the number in text, 0 or more; absent when it is none. */
static int64_t
number_of(const char *text, int64_t absent)
{
	char *end;
	long long value;

	if (text == NULL || !isdigit((unsigned char)text[0]))
		return absent;
	errno = 0;
	value = strtoll(text, &end, 10);
	return *end != '\0' || errno != 0 || value > MAX_BYTES ? absent : value;
}

static int64_t
number(const struct request *request, const char *key, int64_t absent)
{
	return number_of(argument(request, key), absent);
}

static bool
is_set(const struct request *request, const char *key)
{
	return number(request, key, 0) == 1;
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

static void
log_text(FILE *log, const char *key, const char *text)
{
	fprintf(log, ",\"%s\":", key);
	if (text == NULL) {
		fputs("null", log);
		return;
	}
	fputc('"', log);
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == '"' ||
		    *text == '\\' || (unsigned char)*text >= 0x7f)
			fprintf(log, "\\u%04x", (unsigned char)*text);
		else
			fputc(*text, log);
	fputc('"', log);
}

static void
log_request(const struct request *request, int64_t at_ns, unsigned status)
{
	FILE *log = request->settings->log;
	const char *query = strchr(request->uri, '?');

	if (log == NULL)
		return;
	pthread_mutex_lock(&mutex);
	fprintf(log, "{\"ns\":%" PRId64 ",\"ms\":%" PRId64, at_ns,
	    at_ns / 1000000);
	log_text(log, "method", request->method);
	log_text(log, "path", request->path);
	log_text(log, "query", query != NULL ? query + 1 : "");
	log_text(log, "host", header(request, "Host"));
	log_text(log, "range", request->range);
	fprintf(log, ",\"status\":%u}\n", status);
	fflush(log);
	pthread_mutex_unlock(&mutex);
}

/* Makes content by splitmix64: byte k of it is byte k % 8 of word k / 8. */
static unsigned char
made_byte(uint64_t seed, uint64_t at)
{
	uint64_t word = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15) + at / 8 *
	    UINT64_C(0xbf58476d1ce4e5b9);

	word = (word ^ word >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	word = (word ^ word >> 27) * UINT64_C(0x94d049bb133111eb);
	word ^= word >> 31;
	return (unsigned char)(word >> at % 8 * 8);
}

static ssize_t
fill(const struct body *body, int64_t at, char *out, size_t len)
{
	ssize_t got = (ssize_t)len;

	if (body->fd >= 0)
		got = pread(body->fd, out, len, (off_t)at);
	else
		for (size_t i = 0; i < len; i++)
			out[i] = (char)made_byte(body->seed,
			    (uint64_t)at + i);
	for (ssize_t i = 0; i < got; i++) {
		if (at + i < body->prefix_len)
			out[i] = body->prefix[at + i];
		if (at + i == body->corrupt_at)
			out[i] = (char)(out[i] ^ 1);
	}
	return got;
}

/* Gives libmicrohttpd the next piece of a body; `at` counts from the start of
 * the range. */
static ssize_t
give(void *context, uint64_t at, char *out, size_t size)
{
	const struct body *body = context;
	int64_t left = body->size - body->start - (int64_t)at;
	int64_t len = size < 65536 ? (int64_t)size : 65536;
	ssize_t got;

	if (body->hold_at >= 0 && (int64_t)at >= body->hold_at) {
		wait_ms(MAX_WAIT_MS);
		return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	if (body->cut_at >= 0 && (int64_t)at >= body->cut_at)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (left <= 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (body->drip_ms > 0 && at > 0)
		wait_ms(body->drip_ms);
	if (body->drip_ms > 0 && len > body->drip_bytes)
		len = body->drip_bytes;
	if (len > left)
		len = left;
	if (body->cut_at >= 0 && len > body->cut_at - (int64_t)at)
		len = body->cut_at - (int64_t)at;
	if (body->hold_at >= 0 && len > body->hold_at - (int64_t)at)
		len = body->hold_at - (int64_t)at;
	got = fill(body, body->start + (int64_t)at, out, (size_t)len);
	return got > 0 ? got : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void
release(void *context)
{
	struct body *body = context;

	if (body->fd >= 0)
		close(body->fd);
	free(body->prefix);
	free(body);
}

static void
print_date(char *out, size_t size, time_t at)
{
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(out, size, "%a, %d %b %Y %H:%M:%S GMT", &tm);
}

static enum MHD_Result
reply_text(const struct request *request, int64_t at_ns, unsigned status,
    const char *location)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "status %u\n", status);
	struct MHD_Response *response = MHD_create_response_from_buffer(
	    (size_t)len, text, MHD_RESPMEM_MUST_COPY);
	const char *after = argument(request, "retry_after");
	const char *type = argument(request, "type");
	enum MHD_Result result;

	if (location != NULL)
		MHD_add_response_header(response, "Location", location);
	if (after != NULL && status >= 300)
		MHD_add_response_header(response, "Retry-After", after);
	MHD_add_response_header(response, "Content-Type",
	    type != NULL ? type : "text/plain");
	log_request(request, at_ns, status);
	result = MHD_queue_response(request->connection, status, response);
	MHD_destroy_response(response);
	return result;
}

/* Reads "bytes=A-B", "bytes=A-" or "bytes=-N". Returns 1 for a range of a body
 * of that size, 0 for a header to ignore, -1 for a range outside the body. */
static int
parse_range(const char *text, int64_t size, int64_t *start, int64_t *end)
{
	char first[24] = "", last[24] = "";
	const char *dash;

	if (text == NULL || strncmp(text, "bytes=", 6) != 0 ||
	    (dash = strchr(text, '-')) == NULL || strchr(text, ',') != NULL ||
	    dash - text - 6 >= (long)sizeof(first) ||
	    strlen(dash + 1) >= sizeof(last))
		return 0;
	memcpy(first, text + 6, (size_t)(dash - text - 6));
	snprintf(last, sizeof(last), "%s", dash + 1);
	if (first[0] == '\0') {
		int64_t count = number_of(last, -1);

		if (count < 0)
			return 0;
		*start = count < size ? size - count : 0;
		*end = size;
		return count == 0 || size == 0 ? -1 : 1;
	}
	*start = number_of(first, -1);
	*end = last[0] == '\0' ? size : number_of(last, -2) + 1;
	if (*start < 0 || *end < 0 || (last[0] != '\0' && *end <= *start))
		return 0;
	if (*end > size)
		*end = size;
	return *start >= size ? -1 : 1;
}

struct validators {
	char etag[80]; /* "" for none */
	char date[40];
	time_t modified;
};

static bool
is_not_modified(const struct request *request, const struct validators *known)
{
	const char *match = header(request, "If-None-Match");
	const char *since = header(request, "If-Modified-Since");
	const char *opaque = strchr(known->etag, '"');
	struct tm tm = { .tm_sec = 0 };

	/* If-None-Match compares weakly; If-Modified-Since is used only without
	 * it. */
	if (match != NULL)
		return strcmp(match, "*") == 0 ||
		    (opaque != NULL && strstr(match, opaque) != NULL);
	return since != NULL &&
	    strptime(since, "%a, %d %b %Y %H:%M:%S GMT", &tm) != NULL &&
	    known->modified <= timegm(&tm);
}

/* If-Range compares strongly. */
static bool
is_range_valid(const struct request *request, const struct validators *known)
{
	const char *condition = header(request, "If-Range");

	return condition == NULL || strcmp(condition, known->date) == 0 ||
	    (known->etag[0] == '"' && strcmp(condition, known->etag) == 0);
}

static void
set_validators(const struct request *request, const struct body *body,
    time_t modified, struct validators *known)
{
	const char *kind = argument(request, "etag");

	known->modified = modified;
	print_date(known->date, sizeof(known->date), modified);
	known->etag[0] = '\0';
	if (kind == NULL || strcmp(kind, "none") != 0)
		snprintf(known->etag, sizeof(known->etag), "%s\"%" PRIx64
		    "-%" PRIx64 "-%" PRIx64 "\"", kind != NULL &&
		    strcmp(kind, "weak") == 0 ? "W/" : "", (uint64_t)body->size,
		    body->seed, (uint64_t)modified);
}

static void
add_headers(const struct request *request, struct MHD_Response *response,
    const struct validators *known)
{
	const char *type = argument(request, "type");

	if (known->etag[0] != '\0')
		MHD_add_response_header(response, "ETag", known->etag);
	MHD_add_response_header(response, "Last-Modified", known->date);
	MHD_add_response_header(response, "Content-Type",
	    type != NULL ? type : "application/octet-stream");
	if (number(request, "ranges", 1) != 0)
		MHD_add_response_header(response, "Accept-Ranges", "bytes");
}

static enum MHD_Result
send_body(const struct request *request, struct body *body, time_t modified,
    int64_t at_ns)
{
	int64_t whole = body->size, start = 0, end = whole;
	struct validators known;
	struct MHD_Response *response;
	enum MHD_Result result;
	unsigned status = 200;
	char range[80];
	int ranged = 0;

	set_validators(request, body, modified, &known);
	if (is_not_modified(request, &known))
		status = 304;
	else if (number(request, "ranges", 1) != 0 &&
	    is_range_valid(request, &known))
		ranged = parse_range(request->range, whole, &start, &end);
	if (ranged < 0)
		status = 416;
	else if (ranged > 0)
		status = 206;
	if (status == 304 || status == 416)
		start = end = 0;
	body->start = start;
	body->size = end;
	response = MHD_create_response_from_callback(
	    is_set(request, "chunked") ? MHD_SIZE_UNKNOWN
	    : (uint64_t)(end - start), 65536, give, body, release);
	add_headers(request, response, &known);
	if (status == 206)
		snprintf(range, sizeof(range), "bytes %" PRId64 "-%" PRId64 "/%"
		    PRId64, start, end - 1, whole);
	else
		snprintf(range, sizeof(range), "bytes */%" PRId64, whole);
	if (ranged != 0)
		MHD_add_response_header(response, "Content-Range", range);
	log_request(request, at_ns, status);
	result = MHD_queue_response(request->connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static struct body *
new_body(const struct request *request, int fd, int64_t size)
{
	struct body *body = calloc(1, sizeof(*body));
	const char *prefix = argument(request, "prefix");

	if (body == NULL)
		abort();
	body->fd = fd;
	body->size = size;
	body->seed = (uint64_t)number(request, "seed", 0);
	if (prefix != NULL) {
		body->prefix = strdup(prefix);
		body->prefix_len = (int64_t)strlen(prefix);
	}
	body->corrupt_at = is_set(request, "corrupt") ? size / 2 : -1;
	body->cut_at = number(request, "cut", -1);
	body->hold_at = number(request, "hold", -1);
	body->drip_ms = number(request, "drip_ms", 0);
	body->drip_bytes = number(request, "drip_bytes", 1);
	if (body->drip_bytes == 0)
		body->drip_bytes = 1;
	return body;
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
		return reply_text(request, at_ns, 404, NULL);
	return send_body(request, new_body(request, fd, status.st_size),
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
	int64_t times = number(request, "times", 1);
	unsigned status = (unsigned)number(request, "status", 302);
	const char *to = argument(request, "to");
	char again[8192];

	if (status < 300 || status > 399)
		status = 302;
	if (is_set(request, "loop"))
		return reply_text(request, at_ns, status, request->uri);
	if (to == NULL)
		return reply_text(request, at_ns, 400, NULL);
	if (times <= 1)
		return reply_text(request, at_ns, status, to);
	snprintf(again, sizeof(again), "/redirect?times=%" PRId64 "&status=%u&to=",
	    times - 1, status);
	append_escaped(again, sizeof(again), to);
	return reply_text(request, at_ns, status, again);
}

static enum MHD_Result
answer(const struct request *request, int64_t at_ns)
{
	const char *key = argument(request, "key");
	int64_t fail = number(request, "fail", 0), size;

	wait_ms(number(request, "ms", 0));
	if (fail >= 200 && fail <= 599 &&
	    count_before(key != NULL ? key : request->path) <
	    number(request, "times", 1))
		return reply_text(request, at_ns, (unsigned)fail, NULL);
	if (strncmp(request->path, "/bytes/", 7) == 0) {
		size = number_of(request->path + 7, -1);
		if (size >= 0)
			return send_body(request, new_body(request, -1, size),
			    LAST_MODIFIED, at_ns);
	} else if (strncmp(request->path, "/file/", 6) == 0)
		return serve_file(request, request->path + 6, at_ns);
	else if (strncmp(request->path, "/status/", 8) == 0) {
		size = number_of(request->path + 8, -1);
		if (size >= 200 && size <= 599)
			return reply_text(request, at_ns, (unsigned)size, NULL);
	} else if (strcmp(request->path, "/redirect") == 0)
		return redirect(request, at_ns);
	else if (strcmp(request->path, "/delay") == 0)
		return reply_text(request, at_ns, 200, NULL);
	return reply_text(request, at_ns, 404, NULL);
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
	request.range = header(&request, "Range");
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
			*port = number_of(optarg, -1);
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
