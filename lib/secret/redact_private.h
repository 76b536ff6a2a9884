/* SPDX-License-Identifier: ISC
 *
 * redact_private -- what the files of redact share. redact.c takes a line and
 * calls redact_json.c, which reads JSON; that calls redact_key.c, which judges
 * keys, and redact_pair.c, which judges the names that are values. All of them
 * call redact_hide.c, which hides, and redact_sign.c, which looks whether a
 * search is needed.
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
	REDACT_SEARCH, /* nothing is known of it: its texts are searched */
	REDACT_LEAVE,
	REDACT_HIDE_UNLESS_NUMBER,
	REDACT_HIDE,
	REDACT_HASH
};

/* Keys that were judged, each with its closing quote and colon. Producers write
 * their keys in the same order, so each knows which one came next. */
#define REDACT_KEY_MAX 40
#define REDACT_KEY_COUNT 256 /* as many as next can name */
#define REDACT_KEY_START 0 /* the place that is before the first key */
#define REDACT_KEY_PROBES 4

struct redact_key {
	uint8_t len; /* 0: free */
	uint8_t verdict;
	uint8_t role; /* enum secret_role */
	bool is_top; /* a key of the outermost object */
	uint8_t next;
	char text[REDACT_KEY_MAX];
};

/* Names beside values that were judged, each with its closing quote. */
#define REDACT_NAME_COUNT 64

struct redact_name {
	uint8_t len; /* 0: free */
	uint8_t pair; /* enum secret_pair */
	char text[REDACT_KEY_MAX];
};

/* What is known of the value behind a key. */
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
	bool has_failed; /* to find the key: */
	struct err key_error;
	struct plain_view view;
	struct buf plain; /* something unescaped */
	struct redact_key keys[REDACT_KEY_COUNT];
	struct redact_name names[REDACT_NAME_COUNT];
	struct secret_pairs text_pairs; /* of one text */
	/* Of the line. */
	const char *text;
	size_t len;
	bool has_sign;       /* of those that secret_text looks for, but the colon */
	bool has_hyphen;     /* one that may begin an option or a private key */
	struct secret_pairs pairs; /* of the line's own objects */
	bool is_unsure; /* a part of a text was hidden: the rest may mean more */
	struct buf work;     /* the line as far as it is rewritten */
	size_t copied_bytes; /* of text that are in work, or hidden */
	int count;
};

/* Judges the key text[start..end), without its quotes; *place is where the key
 * before was remembered, and becomes the place of this one. The key is followed
 * by a quote and a colon when may_remember. Searches it, as keys reach the disk
 * too. */
struct redact_judged redact_take_key(struct redactor *redactor, size_t start,
    size_t end, bool is_top, bool may_remember, uint8_t *place);

/* What the name text[start..end), a string without its quotes, says of the value
 * beside it. */
enum secret_pair redact_judge_name(struct redactor *redactor, size_t start,
    size_t end);

/* Forgets what was hidden in the line. */
void redact_restart(struct redactor *redactor);

/* One look at the line saves a look at each of its texts. */
void redact_look_for_signs(struct redactor *redactor);

/* Whether text[start..end) may hold something to hide. */
bool redact_has_sign(const struct redactor *redactor, size_t start, size_t end);

/* Puts the mark, with that in front and behind, in place of text[start..end). */
void redact_hide(struct redactor *redactor, size_t start, size_t end,
    const char *around, size_t around_len);

/* Puts the HMAC of bytes there. */
void redact_hash(struct redactor *redactor, size_t start, size_t end,
    const char *around, size_t around_len, const char *bytes, size_t len);

/* Searches text[start..end); is_cut as in secret/secret_text.h. */
void redact_search(struct redactor *redactor, size_t start, size_t end,
    bool is_cut);

/* Reads the line as JSON and hides; -1 when it is none. */
int redact_json(struct redactor *redactor);

#endif
