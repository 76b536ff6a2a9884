/* SPDX-License-Identifier: ISC
 *
 * dead_letters -- writes the table dead_letters: each refused line as it came, with
 * the reason. No other module writes it. Every call except dead_letters_open and
 * dead_letters_close belongs in a transaction of db.
 */
#ifndef STORE_DEAD_LETTERS_H
#define STORE_DEAD_LETTERS_H

#include "db/db.h"
#include "tel/word.h"

/* A dead letter. Its texts are borrowed. */
struct dead_letter {
	int64_t id; /* store_id */
	const char *source;      /* its name; NULL: the source is not in the table */
	const char *source_kind;
	const char *input;    /* the file, or "-" */
	int64_t offset_bytes, line; /* of the line in the input; lines from 1 */
	int64_t column;       /* byte within the line, from 1; 0: not known */
	const char *field;    /* the key that is wrong; NULL: none */
	enum reason reason;   /* REASON_ABSENT: this program does not know the word */
	const char *reason_text; /* the word, when read; ignored when written */
	const char *detail;
	const char *raw;      /* the line; no NUL ends it */
	size_t raw_len;
	int64_t line_bytes;   /* in the input, newline included; 0: not known */
};

struct dead_letters;

/* Prepares the statements for db, which is borrowed. The caller owns *out and gives
 * it to dead_letters_close. */
MUST_USE int dead_letters_open(struct dead_letters **out, struct db *db,
    struct err *err);
void dead_letters_close(struct dead_letters *letters); /* NULL is fine */

/* Adds a dead letter to the transaction with that number in the ledger. Returns 1; 0
 * when the id has a dead letter already, which stays unchanged; -1 on an error. Its
 * source and source_kind are ignored: the id has the source. */
MUST_USE int dead_letters_add(struct dead_letters *letters,
    const struct dead_letter *letter, int64_t transaction_no, struct err *err);

/* Updates column, field, reason and detail of the dead letter with this id. */
MUST_USE int dead_letters_change(struct dead_letters *letters,
    const struct dead_letter *letter, struct err *err);

/* Deletes the dead letter with this id. Returns 1 when it did, 0 when there is none or a
 * trigger of the user keeps it, -1 on an error. */
MUST_USE int dead_letters_drop(struct dead_letters *letters, int64_t id,
    struct err *err);

/* Deletes the dead letter with this id if its reason is REASON_truncated. Returns 1
 * when it did, 0 when there is no such dead letter, -1 on an error. */
MUST_USE int dead_letters_complete(struct dead_letters *letters, int64_t id,
    struct err *err);

/* Finds the last dead letter with REASON_truncated and an id from first_id to last_id,
 * both included. Returns 1 and sets *id; 0 when there is none; -1 on an error. */
MUST_USE int dead_letters_find_truncated(struct dead_letters *letters,
    int64_t first_id, int64_t last_id, int64_t *id, struct err *err);

/* Returns 1 when the table has the dead letter with the same line, 0 when it does not,
 * -1 on an error. */
MUST_USE int dead_letters_has(struct dead_letters *letters,
    const struct dead_letter *letter, struct err *err);

#endif
