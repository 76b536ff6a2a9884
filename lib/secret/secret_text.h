/* SPDX-License-Identifier: ISC
 *
 * secret_text -- finds what is to be hidden in text: a message, a URL, a line of
 * a log, or JSON that is broken. The text is a plain_view.
 *
 * Addresses (secret_address.h). Passwords of URLs: scheme://user:password@host.
 * Private keys in PEM and options of commands (secret_command.h). Values beside
 * names and headers in brackets (secret_pair.h). NAME=value and NAME: value where
 * NAME is a secret (secret.h); NAME may be in quotes; behind the sign, control
 * characters but the newline count as blanks. The value ends
 *   in quotes            at the closing quote, however deep JSON stands in JSON;
 *   { or [               at its bracket;
 *   after "NAME":        at , } ] or a quote;
 *   after --NAME         at a blank or a quote, after = too;
 *   after NAME=          at & ; , a blank or a quote;
 *   after NAME:          where another NAME: or NAME= begins, or at a quote;
 *   Cookie, Authorization  (those have blanks) where another NAME: begins after
 *                        a comma or semicolon, or at a quote;
 * and always at a control character or at the end, but not within a private key. A
 * quote between two letters or digits (don't) is none. Also hidden is what follows
 * Authorization without a colon and begins with Bearer, Basic or another scheme.
 */
#ifndef SECRET_SECRET_TEXT_H
#define SECRET_SECRET_TEXT_H

#include "secret/command.h"

#include <stdbool.h>
#include <stddef.h>

struct secret_pairs;

enum secret_span_kind {
	SECRET_SPAN_ADDRESS,
	SECRET_SPAN_VALUE,
	SECRET_SPAN_HASHED /* value of a name of hash_names */
};

struct secret_span {
	enum secret_span_kind kind;
	size_t start, end;
	/* The quote that what takes its place must have on both sides, because the
	 * name has it and the value had none; or 0. */
	char quote;
	size_t backslash_count; /* in front of that quote */
};

struct secret_finder {
	const char *text; /* borrowed, as all here */
	size_t len;
	const char *const *hash_names; /* in NAME= and "NAME": */
	size_t hash_name_count;
	bool is_cut; /* the text may have lost its end: an address there counts
	              * though its domain is not complete */
	struct secret_pairs *pairs; /* for our use; NULL: they are not looked for */
	size_t next;         /* the search goes on here */
	size_t floor;        /* no address begins before it */
	size_t name_floor;   /* no name does */
	size_t password_at;  /* of a URL or command that is being read; or 0 */
	size_t password_end;
	struct secret_command command;
};

/* The next span, in the order of the text; false when there is no more. Start
 * with all members from next on 0. Linear in len, all calls together, but for what
 * secret_pair.h says. */
bool secret_text_next(struct secret_finder *finder, struct secret_span *span);

#endif
