/* SPDX-License-Identifier: ISC
 *
 * basic_auth -- the name and password of an Authorization header (RFC 7617). Pure.
 */
#ifndef IO_BASIC_AUTH_H
#define IO_BASIC_AUTH_H

#include "base/err.h"

/* bcrypt uses no more bytes of a password. */
#define BASIC_AUTH_MAX_PASSWORD 72
#define BASIC_AUTH_MAX_NAME 255

struct basic_auth {
	char name[BASIC_AUTH_MAX_NAME + 1];         /* may be empty */
	char password[BASIC_AUTH_MAX_PASSWORD + 1]; /* may be empty */
};

/* Reads the value of the header; NULL when there is none. Returns 0, or -1 when it is of
 * another scheme, not base64 (RFC 4648, section 4; the padding may be missing), has no
 * colon, a NUL byte, or a part that is longer than ours: nobody's password then, and no
 * copy of it is left in *out. The caller wipes *out with explicit_bzero after its use. */
MUST_USE int basic_auth_read(const char *header, struct basic_auth *out);

#endif
