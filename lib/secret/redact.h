/* SPDX-License-Identifier: ISC
 *
 * redact -- hides the secrets of an input line before anything else reads or
 * stores it. The line is JSON, broken JSON or plain text. What is hidden:
 *
 *   values whose key names a secret (secret/secret.h), at any depth, including
 *   whole objects and arrays, become "[redacted]"; null stays;
 *   values whose key is in hash_keys (exact match, any depth) become 64 hexadecimal
 *   digits: the HMAC-SHA-256 of the unescaped string, or of a number, boolean,
 *   object or array as it is written; null stays;
 *   values beside such a name, as in {"key":"password","value":"x"} and
 *   ["Cookie","x"] (secret/pair.h), become what they would become under that name
 *   as their key; in {"stringValue":"x"} (OTLP) only the inner value does;
 *   e-mail addresses in any text, including keys, become the HMAC of the address
 *   with its ASCII letters in lower case: Bob@X.org and bob@x.org have one hash;
 *   secrets within text (secret/secret_text.h) become [redacted].
 *
 * The values of producer, origin and type at the top level are left alone,
 * because the identity of an event must not depend on the key. hash_keys take
 * precedence over secret names. A line that is not JSON as a whole is searched as
 * text. Values that are already the mark or a hash stay, so redacting a line
 * twice gives the same as redacting it once. JSON stays JSON, and all other bytes
 * stay as they are.
 */
#ifndef SECRET_REDACT_H
#define SECRET_REDACT_H

#include "base/buf.h"

#include <stddef.h>

/* NUL bytes after a rewritten line, for parsers that read ahead. */
#define REDACT_PADDING 64

struct redact_options {
	const char *const *hash_keys;
	size_t hash_key_count;
	const void *hash_key;
	size_t hash_key_len;
	/* If hash_key_len is 0, gets the key when the first hash is needed; returns
	 * -1 and fills *err when it cannot. NULL: the key is empty. */
	int (*find_key)(void *context, struct buf *key, struct err *err);
	void *context;
};

struct redactor;

/* Returns a redactor for one thread, which the caller closes. Copies what it
 * needs of options. */
struct redactor *redactor_open(const struct redact_options *options);
void redactor_close(struct redactor *redactor); /* NULL is fine */

/* Redacts a line of less than 4 GiB. Returns how many values it hid. If that is
 * 0, out is untouched and the line is fine as it is. Otherwise out is replaced by
 * the redacted line and REDACT_PADDING bytes that its len does not count. Time
 * and memory are linear in len, except as secret/pair.h says. */
MUST_USE int redactor_line(struct redactor *redactor, const char *text,
    size_t len, struct buf *out);

/* Returns why find_key failed, or NULL. After a failure, "[redacted]" takes the
 * place of every hash. */
const struct err *redactor_error(const struct redactor *redactor);

#endif
