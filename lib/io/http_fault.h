/* SPDX-License-Identifier: ISC
 *
 * http_fault -- why no complete answer came, in the few words that events and
 * decisions need, made from the many codes of libcurl.
 */
#ifndef IO_HTTP_FAULT_H
#define IO_HTTP_FAULT_H

#include <stdbool.h>

enum http_fault {
	HTTP_NO_FAULT,
	HTTP_RESOLVE,      /* the name has no address */
	HTTP_CONNECT,      /* no connection */
	HTTP_TLS,          /* no trust or no common language */
	HTTP_TIMEOUT,
	HTTP_RESET,        /* the connection broke before any of the body */
	HTTP_EMPTY_ANSWER, /* it was closed without a word */
	HTTP_PARTIAL_BODY, /* it ended before the body did */
	HTTP_BAD_ANSWER,   /* what came is not HTTP, or contradicts itself */
	HTTP_STOPPED,      /* the caller's body function said so */
	HTTP_FAILED        /* anything else; see words */
};

/* "partial_body" and so on; NULL for HTTP_NO_FAULT. Valid for ever. */
const char *http_fault_name(enum http_fault fault);

/* The fault behind a CURLcode; has_body says whether some of the body came. */
enum http_fault http_fault_of(int code, bool has_body);

#endif
