/* SPDX-License-Identifier: ISC
 *
 * secret_text -- finds secrets in text: a message, a URL, a line of a log, or
 * broken JSON. The text is that of a plain_view.
 *
 * It finds addresses (secret/address.h); passwords in URLs, as in
 * scheme://user:password@host; private keys in PEM and options of commands
 * (secret/command.h); values beside names, and headers in brackets (secret/pair.h);
 * the value after Authorization without a colon if it begins with Bearer, Basic or
 * another scheme; and NAME=value and NAME: value where NAME is the name of a secret
 * (secret/secret.h). NAME may be quoted. After the sign, control characters other
 * than a newline count as blanks. The value ends
 *   if quoted            at the closing quote, at any depth of JSON within JSON;
 *   after { or [         at the closing bracket;
 *   after "NAME":        at , } ] or a quote;
 *   after --NAME         at a blank or a quote, also when = follows --NAME;
 *   after NAME=          at & ; , a blank or a quote;
 *   after NAME:          where another NAME: or NAME= begins, or at a quote;
 *   after Cookie: or Authorization:, whose values have blanks,
 *                        where another NAME: begins after a comma or semicolon, or
 *                        at a quote;
 * and always at a control character or the end of the text, except within a private
 * key. An apostrophe between two letters or digits (don't) is not a quote.
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
	/* The quote that the replacement needs on both sides, because the name is
	 * quoted and the value is not; or 0. */
	char quote;
	size_t backslash_count; /* before that quote */
};

struct secret_finder {
	const char *text; /* all pointers are borrowed */
	size_t len;
	const char *const *hash_names; /* matched in NAME= and "NAME": */
	size_t hash_name_count;
	bool is_cut; /* the end of the text may be missing: an address that reaches
	              * the end counts even if its domain is incomplete */
	struct secret_pairs *pairs; /* scratch memory; NULL: pairs are not sought */
	size_t next;         /* the search continues here */
	size_t floor;        /* no address begins before it */
	size_t name_floor;   /* no name begins before it */
	size_t password_at;  /* of the URL or command that is being read; or 0 */
	size_t password_end;
	struct secret_command command;
};

/* Finds the next span in the order of the text. Returns false when there are no
 * more. Before the first call, next and the members after it must be 0. The time
 * of all calls together is linear in len, except as secret/pair.h says. */
bool secret_text_next(struct secret_finder *finder, struct secret_span *span);

#endif
