/* SPDX-License-Identifier: ISC
 *
 * word -- schema/word.def as C sees it. Each list is an enum, enum role with
 * ROLE_artifact and so on; 0 is ROLE_ABSENT, so that an all-zero struct has no
 * word. role_word gives the text and role_find the way back.
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
	const char *word; /* NULL for the one that is absent */
	const char *doc;
};

struct word_list {
	const char *name;
	const char *limits;       /* "a|b|c" */
	const struct word *words; /* by the numbers of the enum, from 0, the absent one */
	size_t count;             /* of words, the absent one included */
};

extern const struct word_list word_lists[WORD_LIST_COUNT];

/* The words of each list as "|a|b|c". They are members of one struct, so that
 * an initialiser can point to them, as WORDS(ROLE) points to "a|b|c". */
struct word_limits {
#define LIST(list, name) char list[sizeof(""
#define WORD(list, word, doc) "|" #word
#define END(list) )];
#include "schema/word.def"
};
extern const struct word_limits word_limits;
#define WORDS(list) (word_limits.list + 1)

/* For the functions below: the text of word i of a list, NULL for 0; and the number
 * of the word that text[0..len) is, 0 when it is none. Texts are valid for ever. */
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
