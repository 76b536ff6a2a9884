/* SPDX-License-Identifier: ISC
 *
 * redact -- a line of input without its secrets, before anything else reads or
 * keeps it: JSON, broken JSON or plain text. What is hidden:
 *
 *   values whose key names a secret (secret/secret.h), at any depth, whole objects
 *   and arrays too, become "[redacted]"; null stays;
 *   values whose key is one of hash_keys (exact, any depth) become 64 hexadecimal
 *   digits, HMAC-SHA-256 with the key, of the unescaped string, of a number or
 *   boolean as written, of an object or array as written; null stays;
 *   values beside a name that is one of these, {"key":"password","value":"x"} and
 *   ["Cookie","x"], as secret/pair.h says, become what they would be under
 *   that name; of {"stringValue":"x"} (OTLP) the inner value does;
 *   e-mail addresses in any text, keys too, become the HMAC of the address in
 *   lower case (ASCII letters), so that Bob@X.org and bob@x.org are one;
 *   secrets within text, as secret/secret_text.h says, become [redacted].
 *
 * The values of producer, origin and type at the top level are left alone: who
 * wrote an event must not depend on the key. hash_keys come before secret names.
 * A line that is not JSON as a whole is searched as text. Values that are the
 * mark or a hash already stay, so that hiding twice is hiding once. JSON stays
 * JSON, and all bytes that are not hidden stay as they are.
 */
#ifndef SECRET_REDACT_H
#define SECRET_REDACT_H

#include "base/buf.h"

#include <stddef.h>

/* NUL bytes behind a line that was rewritten, for parsers that read ahead. */
#define REDACT_PADDING 64

struct redact_options {
	const char *const *hash_keys;
	size_t hash_key_count;
	const void *hash_key;
	size_t hash_key_len;
	/* Without a key: gets it when the first hash is to be made. NULL: hashes
	 * have no key. */
	int (*find_key)(void *context, struct buf *key, struct err *err);
	void *context;
};

struct redactor;

/* Copies what it needs of options. One redactor serves one thread. The
 * caller's, for redactor_close. */
struct redactor *redactor_open(const struct redact_options *options);
void redactor_close(struct redactor *redactor); /* NULL is fine */

/* Returns how many values were hidden. 0: the line, of less than 4 GiB, is fine
 * as it stands, and out is untouched. Otherwise out, emptied first, holds the
 * whole line, and REDACT_PADDING bytes that do not count in its len. Time and
 * memory are linear in len, but for what secret/pair.h says. */
int redactor_line(struct redactor *redactor, const char *text, size_t len,
    struct buf *out);

/* Why the key could not be got, or NULL. What was to be hashed since became
 * "[redacted]". */
const struct err *redactor_error(const struct redactor *redactor);

#endif
