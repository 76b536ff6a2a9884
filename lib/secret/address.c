/* SPDX-License-Identifier: ISC */
#include "secret/address.h"

#include <ctype.h>
#include <string.h>

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Whether text[at] may be part of the local part. Quoted forms are left out, and
 * so are the characters that RFC 5322 section 3.2.3 allows but that often join an
 * address to the text before it: / = ? & { | } */
static bool
is_local_byte(const struct secret_address *address, size_t at)
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

/* Returns the end of the domain that begins at text[start]: the end of its last
 * label that follows a dot and begins with two letters. Returns start when there
 * is no such label, as in package@1.2.3. */
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
	while (at > address->floor && is_local_byte(address, at - 1))
		at--;
	return at;
}

/* Takes a@b.org@c.org and a@b@c.org as one address each: with a hash in place of
 * one part, the rest could look like another address. */
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
		for (end++; end < address->len && is_local_byte(address, end);)
			end++;
	address->start = start;
	address->end = end;
	return true;
}
