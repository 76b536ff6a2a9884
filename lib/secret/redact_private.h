/* SPDX-License-Identifier: ISC
 *
 * redact_private -- what the files of redact share. redact.c receives a line and
 * calls redact_json.c, which reads JSON. That calls redact_key.c, which judges
 * keys, and redact_pair.c, which judges names that are values. All of them call
 * redact_hide.c, which hides, and redact_sign.c, which finds out whether a text
 * needs a search.
 */
#ifndef SECRET_REDACT_PRIVATE_H
#define SECRET_REDACT_PRIVATE_H

#include "secret/redact.h"
#include "secret/plain_view.h"
#include "secret/secret.h"
#include "secret/pair.h"

#include <stdbool.h>
#include <stdint.h>

enum redact_verdict {
	REDACT_SEARCH, /* nothing is known about it: its texts are searched */
	REDACT_LEAVE,
	REDACT_HIDE_UNLESS_NUMBER,
	REDACT_HIDE,
	REDACT_HASH
};

/* Keys that were judged, each with its closing quote and colon. Producers write
 * their keys in the same order, so each entry remembers which key followed it. */
#define REDACT_KEY_MAX 40
#define REDACT_KEY_COUNT 256 /* every value of next is an entry */
#define REDACT_KEY_START 0 /* the entry that precedes the first key of a line */
#define REDACT_KEY_PROBES 4 /* entries that a key may be stored in */

struct redact_key {
	uint8_t len; /* 0: free */
	uint8_t verdict;
	uint8_t role; /* enum secret_role */
	bool is_top; /* a key of the outermost object */
	uint8_t next; /* the entry of the key that followed last time */
	char text[REDACT_KEY_MAX];
};

/* Names beside values that were judged, each with its closing quote. */
#define REDACT_NAME_COUNT 64

struct redact_name {
	uint8_t len; /* 0: free */
	uint8_t pair; /* enum secret_pair */
	char text[REDACT_KEY_MAX];
};

/* What a key says about its value. */
struct redact_judged {
	enum redact_verdict verdict;
	enum secret_role role;
};

struct redactor {
	char **hash_keys;
	size_t hash_key_count;
	struct buf hash_key;
	int (*find_key)(void *context, struct buf *key, struct err *err);
	void *context;
	bool has_failed; /* find_key has; key_error says why */
	struct err key_error;
	struct plain_view view;
	struct buf plain; /* scratch: a text without its escapes */
	struct redact_key keys[REDACT_KEY_COUNT];
	struct redact_name names[REDACT_NAME_COUNT];
	struct secret_pairs text_pairs; /* of one text */
	/* The line. */
	const char *text;
	size_t len;
	bool has_sign;       /* one that secret_text looks for, except the colon */
	bool has_hyphen;     /* one that may begin an option or a private key */
	struct secret_pairs pairs; /* of the line's own objects */
	bool is_unsure;      /* a part of a text was hidden: read the line again */
	struct buf work;     /* the line as far as it is rewritten */
	size_t copied_bytes; /* of text: they are in work, or hidden */
	int count;           /* of hidden values */
};

/* Judges the key text[start..end), without its quotes, and hides secrets in the
 * key itself. may_remember says that a quote and a colon follow the key at once.
 * *place is the entry of the previous key in keys, and becomes the entry of this
 * one. */
struct redact_judged redact_take_key(struct redactor *redactor, size_t start,
    size_t end, bool is_top, bool may_remember, uint8_t *place);

/* Returns what the name text[start..end), a string without its quotes, says about
 * the value beside it. */
enum secret_pair redact_judge_name(struct redactor *redactor, size_t start,
    size_t end);

/* Starts to rewrite the line from its beginning; forgets what was hidden in
 * it. */
void redact_restart(struct redactor *redactor);

/* Sets has_sign and has_hyphen: one look at the line saves a look at each
 * text. */
void redact_look_for_signs(struct redactor *redactor);

/* Whether text[start..end) may hold something to hide. */
bool redact_has_sign(const struct redactor *redactor, size_t start, size_t end);

/* Replaces text[start..end) by the mark, with around before and after it. */
void redact_hide(struct redactor *redactor, size_t start, size_t end,
    const char *around, size_t around_len);

/* Replaces text[start..end) by the HMAC of bytes, or by the mark when there is no
 * key, with around before and after it. */
void redact_hash(struct redactor *redactor, size_t start, size_t end,
    const char *around, size_t around_len, const char *bytes, size_t len);

/* Hides the secrets within text[start..end); is_cut as in
 * secret/secret_text.h. */
void redact_search(struct redactor *redactor, size_t start, size_t end,
    bool is_cut);

/* Reads the line as JSON and hides its secrets. Returns -1 when it is not
 * JSON. */
MUST_USE int redact_json(struct redactor *redactor);

#endif
