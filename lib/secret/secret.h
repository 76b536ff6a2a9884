/* SPDX-License-Identifier: ISC
 *
 * secret -- decides which names say that their value is a secret. A name does
 * when it contains a word of the table in secret.c (password, token, api key,
 * cookie ...), however it is written: case is ignored, and so are all characters
 * that are neither letters nor digits. Examples are client_secret, accessToken,
 * X-Api-Key and DB_PASSWORD.
 *
 * Names that only describe a secret do not count. They end with a word such as
 * *_type, *_count, *_at, *_policy or *_expiry. If the value is a number or
 * boolean, a first or last word of a measurement or state also describes
 * (max_tokens, token_ttl_ms, has_password, cookie_enabled), and so does a plural
 * (tokens_used), except that of a header (cookies). A name in doubt is a secret.
 */
#ifndef SECRET_SECRET_H
#define SECRET_SECRET_H

#include <stdbool.h>
#include <stddef.h>

enum secret_name {
	SECRET_NONE,
	SECRET_UNLESS_NUMBER, /* only a text under it is one */
	SECRET_VALUE,
	SECRET_HEADER /* as SECRET_VALUE, but its value has blanks: "Bearer abc" */
};

/* What takes the place of a hidden value. */
#define SECRET_MARK "[redacted]"
#define SECRET_MARK_LEN (sizeof(SECRET_MARK) - 1)

/* Judges a name, which has no escapes. The time is linear in len. */
enum secret_name secret_name(const char *name, size_t len);

/* Whether the name is one of names, exactly. */
bool secret_is_listed(const char *const *names, size_t name_count,
    const char *name, size_t len);

/* Whether a value is the mark, that is, already hidden. */
bool secret_is_mark(const char *text, size_t len);

/* Whether a value may be a hash already: 64 lower-case hexadecimal digits. */
bool secret_is_hash(const char *text, size_t len);

#endif
