/* SPDX-License-Identifier: ISC */
#include "tel/word.h"
#include "base/require.h"

#include <string.h>

#define LIST(list, name) static const struct word list##_words[] = { { NULL, NULL },
#define WORD(list, word, doc) { #word, doc },
#define END(list) };
#include "schema/word.def"

const struct word_limits word_limits = {
#define LIST(list, name) .list = ""
#define WORD(list, word, doc) "|" #word
#define END(list) ,
#include "schema/word.def"
};

const struct word_list word_lists[WORD_LIST_COUNT] = {
#define LIST(list, name) \
	[WORD_LIST_##list] = { #name, WORDS(list), list##_words, \
	    sizeof(list##_words) / sizeof(list##_words[0]) },
#include "schema/word.def"
};

static const struct word_list *
list_of(enum word_list_kind list)
{
	REQUIRE(list < WORD_LIST_COUNT);
	return &word_lists[list];
}

const char *
word_text(enum word_list_kind list, size_t i)
{
	const struct word_list *all = list_of(list);

	REQUIRE(i < all->count);
	return all->words[i].word;
}

size_t
word_find(enum word_list_kind list, const char *text, size_t len)
{
	const struct word_list *all = list_of(list);

	for (size_t i = 1; i < all->count; i++)
		if (strlen(all->words[i].word) == len &&
		    memcmp(all->words[i].word, text, len) == 0)
			return i;
	return 0;
}

void
word_list_print(struct buf *out, enum word_list_kind list)
{
	const struct word_list *all = list_of(list);

	for (size_t i = 1; i < all->count; i++) {
		if (i > 1)
			buf_add_text(out, i + 1 < all->count ? ", " : " or ");
		buf_add_text(out, all->words[i].word);
	}
}
