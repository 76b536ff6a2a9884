/* SPDX-License-Identifier: ISC
 *
 * http_head -- the head of an HTTP answer, read line by line. Limits bound
 * what a hostile or broken server can send, and contradictions are refused: of
 * two lengths, the wrong one would let a truncated body pass for a whole one
 * (RFC 9112 section 6.3).
 */
#ifndef IO_HTTP_HEAD_H
#define IO_HTTP_HEAD_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_HEAD_MAX_LINES 256
#define HTTP_HEAD_MAX_LINE_BYTES 16384
#define HTTP_HEAD_MAX_BYTES 262144

struct http_head {
	int status; /* 0 until the first status line */
	int64_t content_length; /* -1 when the answer has none */
	bool is_chunked;
	/* Each is the value of the field, or NULL; owned. */
	char *location, *etag, *last_modified, *content_type, *retry_after,
	    *date;
	size_t line_count;
	size_t total_bytes;
};

/* Frees the fields and prepares the head for the next answer. It may be all
 * zero before. */
void http_head_reset(struct http_head *head);

/* Reads one line as received, CR LF included. A status line begins a new head,
 * as after a 100 (Continue), but the limits hold for all heads together.
 * Returns 0, or -1 with *fault, a literal that says what is wrong. */
MUST_USE int http_head_line(struct http_head *head, const char *line,
    size_t len, const char **fault);

#endif
