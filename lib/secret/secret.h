/* SPDX-License-Identifier: ISC
 *
 * secret -- which names say that their value is a secret. A name counts when it
 * contains a word of the table in secret.c (password, token, api key, cookie
 * ...), however it is written: case, camelCase and all that is no letter or
 * digit are ignored, so client_secret, accessToken, X-Api-Key and DB_PASSWORD
 * all do.
 *
 * Names that only describe a secret do not count. What says so is the last word
 * for any value: *_type, *_count, *_at, *_policy, *_expiry ...; and for numbers
 * and booleans also the last or first word of a measure or a state (max_tokens,
 * token_ttl_ms, has_password, cookie_enabled) and the plural (tokens_used), but
 * not that of headers (cookies). When in doubt it is a secret.
 */
#ifndef SECRET_SECRET_H
#define SECRET_SECRET_H

#include <stdbool.h>
#include <stddef.h>

enum secret_name {
	SECRET_NONE,
	SECRET_UNLESS_NUMBER, /* a number or boolean under it is none */
	SECRET_VALUE,
	SECRET_HEADER /* as SECRET_VALUE; its value has blanks: "Bearer abc" */
};

/* What stands for a hidden value. */
#define SECRET_MARK "[redacted]"
#define SECRET_MARK_LEN (sizeof(SECRET_MARK) - 1)

/* Judges a name, escapes undone. Linear in len. */
enum secret_name secret_name(const char *name, size_t len);

/* Whether the name is one of those that somebody listed, to the letter. */
bool secret_is_listed(const char *const *names, size_t name_count,
    const char *name, size_t len);

/* Whether a value is hidden already: the mark, or 64 lower-case hexadecimal
 * digits. */
bool secret_is_mark(const char *text, size_t len);
bool secret_is_hash(const char *text, size_t len);

#endif
