/* SPDX-License-Identifier: ISC
 *
 * Bytes, ranges and validators of bodies.
 */
#include "tests/origin/body.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
		request_wait_ms(MAX_WAIT_MS);
		return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	if (body->cut_at >= 0 && (int64_t)at >= body->cut_at)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (left <= 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (body->drip_ms > 0 && at > 0)
		request_wait_ms(body->drip_ms);
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
		int64_t count = request_number_of(last, -1);

		if (count < 0)
			return 0;
		*start = count < size ? size - count : 0;
		*end = size;
		return count == 0 || size == 0 ? -1 : 1;
	}
	*start = request_number_of(first, -1);
	*end = last[0] == '\0' ? size : request_number_of(last, -2) + 1;
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
	const char *match = request_header(request, "If-None-Match");
	const char *since = request_header(request, "If-Modified-Since");
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
	const char *condition = request_header(request, "If-Range");

	return condition == NULL || strcmp(condition, known->date) == 0 ||
	    (known->etag[0] == '"' && strcmp(condition, known->etag) == 0);
}

static void
set_validators(const struct request *request, const struct body *body,
    time_t modified, struct validators *known)
{
	const char *kind = request_argument(request, "etag");

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
	const char *type = request_argument(request, "type");

	if (known->etag[0] != '\0')
		MHD_add_response_header(response, "ETag", known->etag);
	MHD_add_response_header(response, "Last-Modified", known->date);
	MHD_add_response_header(response, "Content-Type",
	    type != NULL ? type : "application/octet-stream");
	if (request_number(request, "ranges", 1) != 0)
		MHD_add_response_header(response, "Accept-Ranges", "bytes");
}

enum MHD_Result
body_send(const struct request *request, struct body *body, time_t modified,
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
	else if (request_number(request, "ranges", 1) != 0 &&
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
	    request_is_set(request, "chunked") ? MHD_SIZE_UNKNOWN
	    : (uint64_t)(end - start), 65536, give, body, release);
	add_headers(request, response, &known);
	if (status == 206)
		snprintf(range, sizeof(range), "bytes %" PRId64 "-%" PRId64 "/%"
		    PRId64, start, end - 1, whole);
	else
		snprintf(range, sizeof(range), "bytes */%" PRId64, whole);
	if (ranged != 0)
		MHD_add_response_header(response, "Content-Range", range);
	request_log(request, at_ns, status);
	result = MHD_queue_response(request->connection, status, response);
	MHD_destroy_response(response);
	return result;
}

struct body *
body_new(const struct request *request, int fd, int64_t size)
{
	struct body *body = calloc(1, sizeof(*body));
	const char *prefix = request_argument(request, "prefix");

	if (body == NULL)
		abort();
	body->fd = fd;
	body->size = size;
	body->seed = (uint64_t)request_number(request, "seed", 0);
	if (prefix != NULL) {
		body->prefix = strdup(prefix);
		body->prefix_len = (int64_t)strlen(prefix);
	}
	body->corrupt_at = request_is_set(request, "corrupt") ? size / 2 : -1;
	body->cut_at = request_number(request, "cut", -1);
	body->hold_at = request_number(request, "hold", -1);
	body->drip_ms = request_number(request, "drip_ms", 0);
	body->drip_bytes = request_number(request, "drip_bytes", 1);
	if (body->drip_bytes == 0)
		body->drip_bytes = 1;
	return body;
}
