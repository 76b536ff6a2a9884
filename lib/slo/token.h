/* SPDX-License-Identifier: ISC
 *
 * token -- the words of an expression, one after another. Comments, quoted
 * columns and all signs that expression.h does not list are errors here.
 */
#ifndef SLO_TOKEN_H
#define SLO_TOKEN_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Longer expressions overflow the stacks of SQL parsers. */
#define TOKEN_MAX_COUNT 400

/* A path is words with points between them, without blanks: labels.env. All but the
 * first may be any text in double quotes: labels."http.method". */
enum token_type { TOKEN_END, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_WORD, TOKEN_PATH,
	TOKEN_SIGN };

struct token_reader {
	const char *text;  /* the whole expression, borrowed */
	const char *next;  /* after the current token */
	size_t count;
	enum token_type type;
	const char *start; /* of the current token */
	size_t len;
};

/* Prepares to read text; token_next reads its first token. */
void token_init(struct token_reader *reader, const char *text);

/* Reads the next token; EXIT_CONFIG when the text there is not a valid token. */
MUST_USE int token_next(struct token_reader *reader, struct err *err);

/* Fills err with a message about the current token and its place; returns -1. */
int token_fail(const struct token_reader *reader, struct err *err,
    const char *words);

/* The same about the place where the part that begins at start is, a pointer into
 * the text; the words name that part. */
int token_part_fail(const struct token_reader *reader, const char *start,
    struct err *err, const char *words);

/* Whether the current token is this word, in any case, or this sign. */
bool token_is_word(const struct token_reader *reader, const char *word);
bool token_is_sign(const struct token_reader *reader, const char *sign);

/* Returns the length of the word at the start of the text; of the first word of a path,
 * and of each further one that has no quotes. */
size_t token_word_len(const char *text);

/* Whether a ( follows the current token. */
bool token_is_call(const struct token_reader *reader);

/* Returns what to say of the current token when it is a word that databases know
 * and expressions do not have, such as LIKE; otherwise NULL. */
const char *token_foreign(const struct token_reader *reader);

#endif
