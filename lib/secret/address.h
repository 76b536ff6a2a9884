/* SPDX-License-Identifier: ISC
 *
 * address -- e-mail addresses in text: local@domain.tld, where the last
 * label of the domain begins with two letters.
 */
#ifndef SECRET_ADDRESS_H
#define SECRET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

struct secret_address {
	const char *text; /* borrowed */
	size_t len;
	size_t floor; /* no address begins before it */
	bool is_cut;  /* the text may have lost its end: a domain there counts
	               * though it is not complete */
	size_t start, end; /* the result */
};

/* Whether the @ at text[at] is one of an address. */
bool secret_address_find(struct secret_address *address, size_t at);

#endif
