/* SPDX-License-Identifier: ISC
 *
 * dead_letters -- the table of that name: lines that were refused, whole, with what
 * is wrong. Only this module writes it. All calls but dead_letters_open and
 * dead_letters_close are made within a transaction of db.
 */
#ifndef STORE_DEAD_LETTERS_H
#define STORE_DEAD_LETTERS_H

#include "db/db.h"
#include "tel/word.h"

/* A dead letter. All that it points to is borrowed. */
struct dead_letter {
	int64_t id; /* store_id */
	const char *source;      /* its name; NULL: the table has none such */
	const char *source_kind;
	const char *input;    /* the file, or "-" */
	int64_t offset_bytes, line; /* of the line in the input; lines from 1 */
	int64_t column;       /* byte within the line, from 1; 0: not known */
	const char *field;    /* the key that is wrong; NULL: none */
	enum reason reason;   /* REASON_ABSENT: one that this program does not know */
	const char *reason_text; /* its word; reading fills it, writing ignores it */
	const char *detail;
	const char *raw;      /* the line, no NUL at its end */
	size_t raw_len;
	int64_t line_bytes;   /* in the input, newline included; 0: not known */
};

struct dead_letters;

/* Prepares to write into db, which is borrowed. *out is the caller's, for
 * dead_letters_close. */
MUST_USE int dead_letters_open(struct dead_letters **out, struct db *db,
    struct err *err);
void dead_letters_close(struct dead_letters *letters); /* NULL is fine */

/* Adds a letter, of the transaction of that number in the ledger. Returns 1; 0 when
 * there is one of this id already, which stays as it is; -1 error. source and
 * source_kind of the letter do not count. */
MUST_USE int dead_letters_add(struct dead_letters *letters,
    const struct dead_letter *letter, int64_t transaction_no, struct err *err);

/* Gives the letter of this id what the given one says is wrong: column, field,
 * reason and detail. */
MUST_USE int dead_letters_change(struct dead_letters *letters,
    const struct dead_letter *letter, struct err *err);

/* Deletes the letter. */
MUST_USE int dead_letters_drop(struct dead_letters *letters, int64_t id,
    struct err *err);

/* Deletes the letter if it is of a line that was truncated. Returns 1; 0 when there
 * is none such; -1 error. */
MUST_USE int dead_letters_complete(struct dead_letters *letters, int64_t id,
    struct err *err);

/* The last letter of a truncated line with an id from first_id to last_id. Returns 1
 * and *id; 0 when there is none; -1 error. */
MUST_USE int dead_letters_find_truncated(struct dead_letters *letters,
    int64_t first_id, int64_t last_id, int64_t *id, struct err *err);

/* Whether the letter is there, with the same line. Returns 1 or 0; -1 error. */
MUST_USE int dead_letters_has(struct dead_letters *letters,
    const struct dead_letter *letter, struct err *err);

#endif
