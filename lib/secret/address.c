/* SPDX-License-Identifier: ISC */
#include "secret/address.h"

#include <ctype.h>
#include <string.h>

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* The local part, without the forms in quotes and the signs that join an
 * address to what stands before it: / = ? & { | } (RFC 5322 section 3.2.3). */
static bool
is_local(const struct secret_address *address, size_t at)
{
	char c = address->text[at];

	if (c == '\'')
		return at > address->floor && is_word(address->text[at - 1]);
	return is_word(c) || (c != '\0' && strchr("._%+~!#$*^-", c) != NULL);
}

static bool
is_letter(char c)
{
	return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* The end of the domain that begins at text[start]: its last label must begin
 * with two letters, so that package@1.2.3 is none; labels behind such a one are
 * not part of it. Returns start when there is none. */
static size_t
domain_end(const struct secret_address *address, size_t start)
{
	const char *text = address->text;
	size_t at = start, label = start, end = start;

	for (;; at++) {
		bool is_end = at == address->len ||
		    (!is_word(text[at]) && text[at] != '-');

		if (!is_end)
			continue;
		if (label > start && at >= label + 2 && is_letter(text[label]) &&
		    is_letter(text[label + 1]))
			end = at;
		if (at == address->len && address->is_cut)
			return at;
		if (at == address->len || text[at] != '.' || at == label)
			return end;
		label = at + 1;
	}
}

static size_t
local_start(const struct secret_address *address, size_t at)
{
	while (at > address->floor && is_local(address, at - 1))
		at--;
	return at;
}

/* a@b.org@c.org and a@b@c.org are hidden at once: next to a hash, the rest of
 * them could look like another address. */
bool
secret_address_find(struct secret_address *address, size_t at)
{
	const char *text = address->text;
	size_t start = local_start(address, at);
	size_t end;

	if (start == at)
		return false;
	end = domain_end(address, at + 1);
	if (end == at + 1 && !(address->is_cut && end == address->len))
		return false;
	while (start > address->floor && text[start - 1] == '@')
		start = local_start(address, start - 1);
	while (end < address->len && text[end] == '@')
		for (end++; end < address->len && is_local(address, end);)
			end++;
	address->start = start;
	address->end = end;
	return true;
}
