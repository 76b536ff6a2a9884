/* SPDX-License-Identifier: ISC
 *
 * redact_options -- for the tests of secret/redact: the keys whose values are hashed, and
 * the hash that a value must get.
 */
#ifndef TESTS_UNIT_SECRET_REDACT_OPTIONS_H
#define TESTS_UNIT_SECRET_REDACT_OPTIONS_H

#include "io/digest.h"
#include "secret/redact.h"

static const char *const hash_keys[] = { "user_id", "type", "we\"ird" };
static const struct redact_options options = { hash_keys, 3, "k3y", 3,
	    NULL, NULL };

static inline void
add_hash(struct buf *out, const char *bytes, size_t len)
{
	char hex[DIGEST_HEX_SIZE];

	digest_keyed("k3y", 3, bytes, len, hex);
	buf_add_text(out, hex);
}

#endif
