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

/* Opens a running SHA-256, which the caller closes. */
struct digest *digest_open(void);
void digest_add(struct digest *digest, const void *bytes, size_t len);
/* Writes the lower-case hex of all bytes added since it was opened or last
 * finished, and starts again. */
void digest_finish(struct digest *digest, char hex[DIGEST_HEX_SIZE]);
void digest_close(struct digest *digest); /* NULL is fine */

/* Writes the SHA-256 of bytes. */
void digest_of(const void *bytes, size_t len, char hex[DIGEST_HEX_SIZE]);

/* Writes the HMAC-SHA-256 of bytes with a key. */
void digest_keyed(const void *key, size_t key_len, const void *bytes,
    size_t len, char hex[DIGEST_HEX_SIZE]);

/* Reads a whole file: its SHA-256 into hex, its length into *bytes.
 * EXIT_NO_INPUT when it cannot be opened, EXIT_IO when reading fails. */
MUST_USE int digest_file(const char *path, char hex[DIGEST_HEX_SIZE],
    long long *bytes, struct err *err);

#endif
