/* SPDX-License-Identifier: ISC
 *
 * word -- schema/word.def as C. Each list is an enum, such as enum role with
 * ROLE_artifact; 0 is ROLE_ABSENT, so that a struct of zeros has no word.
 * role_word returns the text of a number, and role_find the number of a text.
 */
#ifndef TEL_WORD_H
#define TEL_WORD_H

#include "base/buf.h"

#include <stddef.h>

#define LIST(list, name) enum name { list##_ABSENT,
#define WORD(list, word, doc) list##_##word,
#define END(list) };
#include "schema/word.def"

enum word_list_kind {
#define LIST(list, name) WORD_LIST_##list,
#include "schema/word.def"
	WORD_LIST_COUNT
};

struct word {
	const char *word; /* NULL for number 0, the absent one */
	const char *doc;
};

struct word_list {
	const char *name;
	const char *limits;       /* "a|b|c" */
	const struct word *words; /* by number; 0 is the absent one */
	size_t count;             /* of words, with the absent one */
};

extern const struct word_list word_lists[WORD_LIST_COUNT];

/* The words of each list as "|a|b|c". They are members of one struct, so that
 * an initialiser can point to them: WORDS(ROLE) is a pointer to "a|b|c". */
struct word_limits {
#define LIST(list, name) char list[sizeof(""
#define WORD(list, word, doc) "|" #word
#define END(list) )];
#include "schema/word.def"
};
extern const struct word_limits word_limits;
#define WORDS(list) (word_limits.list + 1)

/* For the functions below. word_text returns the text of word i of a list, static,
 * NULL for 0; word_find the number of the word text[0..len), 0 when it is none. */
const char *word_text(enum word_list_kind list, size_t i);
size_t word_find(enum word_list_kind list, const char *text, size_t len);

/* Appends "a, b or c", the words of a list for a message. */
void word_list_print(struct buf *out, enum word_list_kind list);

#define LIST(list, name) \
	static inline const char *name##_word(enum name word) \
	{ \
		return word_text(WORD_LIST_##list, (size_t)word); \
	} \
	static inline enum name name##_find(const char *text, size_t len) \
	{ \
		return (enum name)word_find(WORD_LIST_##list, text, len); \
	}
#include "schema/word.def"

#endif
