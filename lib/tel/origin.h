/* SPDX-License-Identifier: ISC
 *
 * origin -- the name of an input whose events carry no producer, as a line of
 * an archive has it: "KIND:NAME:FINGERPRINT", which are the columns kind, name
 * and fingerprint of the table sources. KIND is file or stream and FINGERPRINT
 * has no colon, so that NAME may have any.
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

/* Appends the text. Returns 0; or -1, with out as it was, when it could not be
 * read back: the kind is neither or the fingerprint has a colon. */
MUST_USE int origin_print(struct buf *out, const struct origin *origin);

/* Reads a text; what *out points to is part of it. Returns 0, or -1 when it is
 * no origin. */
MUST_USE int origin_parse(const char *text, size_t len, struct origin *out);

#endif
