/* SPDX-License-Identifier: ISC
 *
 * plain_view -- text that stands in JSON or in a URL, as a reader means it, with
 * the way back to the bytes as they are written. Undone are the escapes of JSON
 * (RFC 8259 section 7) and %40 %3D %3A %2F (RFC 3986 section 2.1); a quote and a
 * backslash keep a backslash in front, \u0022 gets one: so that JSON within
 * JSON can still be told apart. What is no escape stays as it is.
 */
#ifndef SECRET_PLAIN_VIEW_H
#define SECRET_PLAIN_VIEW_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* All zero is ready. */
struct plain_view {
	const char *text; /* borrowed until the next plain_view_make */
	size_t len;
	struct buf bytes;  /* ours */
	uint32_t *origins; /* ours: of each byte of bytes, and of the end */
	size_t origin_size;
	bool is_same;      /* text is what was given */
};

/* Makes text and len from raw, of less than 4 GiB, which is borrowed too. */
void plain_view_make(struct plain_view *view, const char *raw, size_t len);

/* Where in raw text[at] comes from; at may be len. */
size_t plain_view_origin(const struct plain_view *view, size_t at);

void plain_view_release(struct plain_view *view);

/* Appends the text that a JSON string stands for (raw without its quotes), lone
 * surrogates as U+FFFD. */
void plain_unescape(const char *raw, size_t len, struct buf *out);

#endif
