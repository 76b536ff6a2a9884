/* SPDX-License-Identifier: ISC
 *
 * url_hash -- what stands in events in place of a URL: HMAC-SHA-256 with the
 * key of this deployment when there is one, SHA-256 when there is not.
 */
#ifndef IO_URL_HASH_H
#define IO_URL_HASH_H

#include "base/buf.h"
#include "io/digest.h"

struct url_hash {
	struct buf key; /* empty: no key */
};

/* Reads the key file (io/hash_key.h); path may be NULL. */
MUST_USE int url_hash_init(struct url_hash *hash, const char *path,
    struct err *err);
void url_hash_release(struct url_hash *hash);

void url_hash_make(const struct url_hash *hash, const char *url,
    char hex[DIGEST_HEX_SIZE]);

#endif
