/* SPDX-License-Identifier: ISC
 *
 * plain_view -- decodes text that comes from JSON or a URL, and maps positions in
 * the result back to the text as written. The escapes of JSON (RFC 8259 section
 * 7) and %40 %3D %3A %2F (RFC 3986 section 2.1) are decoded. A decoded quote or
 * backslash has a backslash in front, also when it was written \u0022, so that
 * JSON within JSON stays recognisable. All else is unchanged.
 */
#ifndef SECRET_PLAIN_VIEW_H
#define SECRET_PLAIN_VIEW_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* Must be all zero before the first use. */
struct plain_view {
	const char *text;  /* the result, valid until the next plain_view_make */
	size_t len;
	struct buf bytes;  /* owned */
	uint32_t *origins; /* owned: position in raw of each byte and the end */
	size_t origin_size;
	bool is_same;      /* text is raw itself: there was nothing to decode */
};

/* Sets text and len to raw decoded. raw is shorter than 4 GiB and must outlive
 * text. */
void plain_view_make(struct plain_view *view, const char *raw, size_t len);

/* Returns the position in raw that text[at] comes from; at may be len. */
size_t plain_view_origin(const struct plain_view *view, size_t at);

void plain_view_release(struct plain_view *view);

/* Appends to out what raw, a JSON string without its quotes, stands for. A lone
 * surrogate becomes U+FFFD. */
void plain_unescape(const char *raw, size_t len, struct buf *out);

#endif
