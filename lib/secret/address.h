/* SPDX-License-Identifier: ISC
 *
 * address -- finds e-mail addresses in text: local@domain.tld, where the last
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
	bool is_cut;  /* the end of the text may be missing: a domain that reaches
	               * the end counts, however short it is */
	size_t start, end; /* the result */
};

/* Whether the @ at text[at] belongs to an address; if so, sets start and end. */
bool secret_address_find(struct secret_address *address, size_t at);

#endif
