/* SPDX-License-Identifier: ISC
 *
 * request -- a request to the test origin: its parameters, its line in the log, and an
 * answer of a short text.
 */
#ifndef TESTS_ORIGIN_REQUEST_H
#define TESTS_ORIGIN_REQUEST_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* The longest wait of an answer. */
#define MAX_WAIT_MS 60000

struct settings {
	const char *root;
	FILE *log;
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

/* Waits that many milliseconds, at most MAX_WAIT_MS. */
void request_wait_ms(int64_t ms);

/* Each returns the value of a parameter of the URL or of a header; NULL for none. The
 * text belongs to the connection. */
const char *request_argument(const struct request *request, const char *key);
const char *request_header(const struct request *request, const char *key);

/* Returns the number in text, 0 or more; absent when it is none. */
int64_t request_number_of(const char *text, int64_t absent);

/* Returns the parameter as a number, or absent. */
int64_t request_number(const struct request *request, const char *key, int64_t absent);
bool request_is_set(const struct request *request, const char *key);

/* Writes a line for the request, which arrived at at_ns of the monotonic clock, and the
 * status of its answer. */
void request_log(const struct request *request, int64_t at_ns, unsigned status);

/* Answers with a short text; location may be NULL. Logs the request. */
enum MHD_Result request_reply(const struct request *request, int64_t at_ns, unsigned status,
    const char *location);

#endif
