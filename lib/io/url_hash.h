/* SPDX-License-Identifier: ISC
 *
 * url_hash -- the hash that replaces a URL in events: HMAC-SHA-256 with the
 * key of this deployment, or plain SHA-256 when there is no key.
 */
#ifndef IO_URL_HASH_H
#define IO_URL_HASH_H

#include "base/buf.h"
#include "io/digest.h"

struct url_hash {
	struct buf key; /* ours; empty: no key */
};

/* Reads the key file by hash_key_read; with a NULL path there is no key. */
MUST_USE int url_hash_init(struct url_hash *hash, const char *path,
    struct err *err);
void url_hash_release(struct url_hash *hash);

/* Writes the hash of a URL. */
void url_hash_make(const struct url_hash *hash, const char *url,
    char hex[DIGEST_HEX_SIZE]);

#endif
