/* SPDX-License-Identifier: ISC
 *
 * http_fault -- why no complete answer came: the many codes of libcurl,
 * reduced to the few faults that events and decisions distinguish.
 */
#ifndef IO_HTTP_FAULT_H
#define IO_HTTP_FAULT_H

#include <stdbool.h>

enum http_fault {
	HTTP_NO_FAULT,
	HTTP_RESOLVE,      /* the name has no address */
	HTTP_CONNECT,      /* no connection */
	HTTP_TLS,          /* no trusted certificate, or no common cipher */
	HTTP_TIMEOUT,
	HTTP_RESET,        /* the connection broke before any of the body */
	HTTP_EMPTY_ANSWER, /* the connection was closed before any answer */
	HTTP_PARTIAL_BODY, /* the connection ended within the body */
	HTTP_BAD_ANSWER,   /* not HTTP, or an answer that contradicts itself */
	HTTP_STOPPED,      /* by the caller: its body function or http_stop */
	HTTP_FAILED        /* anything else; http_answer.words describe it */
};

/* Returns the name as in events, "partial_body"; NULL for HTTP_NO_FAULT. Static. */
const char *http_fault_name(enum http_fault fault);

/* Returns the fault for a CURLcode; has_body says whether some of the body came. */
enum http_fault http_fault_of(int code, bool has_body);

#endif
