/* SPDX-License-Identifier: ISC
 *
 * Parameters, the log and short answers.
 */
#include "tests/origin/request.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_BYTES (INT64_C(1) << 40)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void
request_wait_ms(int64_t ms)
{
	struct timespec left;

	if (ms > MAX_WAIT_MS)
		ms = MAX_WAIT_MS;
	left.tv_sec = ms / 1000;
	left.tv_nsec = ms % 1000 * 1000000;
	while (ms > 0 && nanosleep(&left, &left) < 0 && errno == EINTR)
		continue;
}

const char *
request_argument(const struct request *request, const char *key)
{
	return MHD_lookup_connection_value(request->connection,
	    MHD_GET_ARGUMENT_KIND, key);
}

const char *
request_header(const struct request *request, const char *key)
{
	return MHD_lookup_connection_value(request->connection,
	    MHD_HEADER_KIND, key);
}

int64_t
request_number_of(const char *text, int64_t absent)
{
	char *end;
	long long value;

	if (text == NULL || !isdigit((unsigned char)text[0]))
		return absent;
	errno = 0;
	value = strtoll(text, &end, 10);
	return *end != '\0' || errno != 0 || value > MAX_BYTES ? absent : value;
}

int64_t
request_number(const struct request *request, const char *key, int64_t absent)
{
	return request_number_of(request_argument(request, key), absent);
}

bool
request_is_set(const struct request *request, const char *key)
{
	return request_number(request, key, 0) == 1;
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

void
request_log(const struct request *request, int64_t at_ns, unsigned status)
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
	log_text(log, "host", request_header(request, "Host"));
	log_text(log, "range", request->range);
	fprintf(log, ",\"status\":%u}\n", status);
	fflush(log);
	pthread_mutex_unlock(&mutex);
}

enum MHD_Result
request_reply(const struct request *request, int64_t at_ns, unsigned status,
    const char *location)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "status %u\n", status);
	struct MHD_Response *response = MHD_create_response_from_buffer(
	    (size_t)len, text, MHD_RESPMEM_MUST_COPY);
	const char *after = request_argument(request, "retry_after");
	const char *type = request_argument(request, "type");
	enum MHD_Result result;

	if (location != NULL)
		MHD_add_response_header(response, "Location", location);
	if (after != NULL && status >= 300)
		MHD_add_response_header(response, "Retry-After", after);
	MHD_add_response_header(response, "Content-Type",
	    type != NULL ? type : "text/plain");
	request_log(request, at_ns, status);
	result = MHD_queue_response(request->connection, status, response);
	MHD_destroy_response(response);
	return result;
}
