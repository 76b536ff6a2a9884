/* SPDX-License-Identifier: ISC
 *
 * secret_text_private -- what the files of secret_text share: secret_text.c finds
 * values, secret_text_name.c finds the names before them.
 */
#ifndef SECRET_SECRET_TEXT_PRIVATE_H
#define SECRET_SECRET_TEXT_PRIVATE_H

#include "secret/secret_text.h"

struct secret_text_name {
	const char *text;
	size_t len;
	char quote; /* around the name; or 0 */
	size_t backslash_count; /* before the quote */
	bool holds_value; /* a secret value is within the quotes */
};

/* Fills *name with the name that ends before text[at]; it may be empty. */
void secret_text_name_before(const struct secret_finder *finder, size_t at,
    struct secret_text_name *name);

#endif
