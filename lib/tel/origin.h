/* SPDX-License-Identifier: ISC
 *
 * origin -- the name of an input, for events without a producer, as lines of
 * an archive have it: "KIND:NAME:FINGERPRINT", from the columns kind, name and
 * fingerprint of the table sources. KIND is file or stream and FINGERPRINT has
 * no colon, so that NAME may have colons.
 */
#ifndef TEL_ORIGIN_H
#define TEL_ORIGIN_H

#include "base/buf.h"

#include <stddef.h>

struct origin {
	const char *kind; /* all borrowed */
	size_t kind_len;
	const char *name;
	size_t name_len;
	const char *fingerprint;
	size_t fingerprint_len;
};

/* Appends the text. Returns 0, or -1 when origin_parse could not read it: the
 * kind is unknown or the fingerprint has a colon. out is then unchanged. */
MUST_USE int origin_print(struct buf *out, const struct origin *origin);

/* Reads a text; *out points into it. Returns 0, or -1 when it is not an origin. */
MUST_USE int origin_parse(const char *text, size_t len, struct origin *out);

#endif
