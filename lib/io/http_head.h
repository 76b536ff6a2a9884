/* SPDX-License-Identifier: ISC
 *
 * http_head -- the head of an HTTP answer, line by line, with the limits and
 * the refusals that keep a hostile or broken server from being believed:
 * lengths that contradict each other would let a cut body pass for a whole one
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
	int64_t content_length; /* -1 when the answer does not say */
	bool is_chunked;
	/* Each is NULL or the value of the field; the head's own. */
	char *location, *etag, *last_modified, *content_type, *retry_after,
	    *date;
	size_t line_count;
	size_t total_bytes;
};

/* Empties it for the next answer and frees what it held. An all-zero struct is
 * an empty one, but for content_length. */
void http_head_reset(struct http_head *head);

/* Takes one line as it came, CR LF included. A status line begins anew, as
 * after a 100 (Continue); the counts of the limits go on. Returns 0, or -1 with
 * what is wrong in *fault (a literal). */
MUST_USE int http_head_line(struct http_head *head, const char *line,
    size_t len, const char **fault);

#endif
