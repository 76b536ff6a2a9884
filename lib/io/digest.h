/* SPDX-License-Identifier: ISC
 *
 * digest -- SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104) by OpenSSL.
 */
#ifndef IO_DIGEST_H
#define IO_DIGEST_H

#include "base/err.h"

#include <stddef.h>

#define DIGEST_HEX_SIZE 65 /* 64 hexadecimal digits and NUL */

struct digest;

/* A running SHA-256; the caller's, for digest_close. */
struct digest *digest_open(void);
void digest_add(struct digest *digest, const void *bytes, size_t len);
/* Writes the lower-case hex of all that was added and starts anew. */
void digest_finish(struct digest *digest, char hex[DIGEST_HEX_SIZE]);
void digest_close(struct digest *digest); /* NULL is fine */

/* SHA-256 of bytes at once. */
void digest_of(const void *bytes, size_t len, char hex[DIGEST_HEX_SIZE]);

/* HMAC-SHA-256 with a key. */
void digest_keyed(const void *key, size_t key_len, const void *bytes,
    size_t len, char hex[DIGEST_HEX_SIZE]);

/* SHA-256 and length of a whole file. */
MUST_USE int digest_file(const char *path, char hex[DIGEST_HEX_SIZE],
    long long *bytes, struct err *err);

#endif
