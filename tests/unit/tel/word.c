/* SPDX-License-Identifier: ISC
 *
 * The lists of word.def: each word is found by its number and its text, no
 * other text is a word, and the fields of event.def have the words of their
 * lists.
 */
#include "tel/word.h"
#include "tel/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *
limits_of(enum event_kind kind, const char *name)
{
	const struct event_description *event = &event_descriptions[kind];

	for (size_t i = 0; i < event->field_count; i++)
		if (strcmp(event->fields[i].name, name) == 0)
			return event->fields[i].limits;
	fail_msg("%s has no field %s", event->wire, name);
	return "";
}

static void
finds_each_word(void **state)
{
	(void)state;
	for (int kind = 0; kind < WORD_LIST_COUNT; kind++) {
		const struct word_list *list = &word_lists[kind];

		assert_true(list->count > 2);
		assert_null(word_text((enum word_list_kind)kind, 0));
		for (size_t i = 1; i < list->count; i++) {
			const char *text = word_text((enum word_list_kind)kind, i);

			assert_string_equal(text, list->words[i].word);
			assert_int_equal(word_find((enum word_list_kind)kind, text,
			    strlen(text)), i);
		}
	}
}

static void
limits_are_the_words(void **state)
{
	(void)state;
	for (int kind = 0; kind < WORD_LIST_COUNT; kind++) {
		const char *p = word_lists[kind].limits;

		for (size_t i = 1; i < word_lists[kind].count; i++) {
			const char *word = word_lists[kind].words[i].word;

			assert_int_equal(strcspn(p, "|"), strlen(word));
			assert_memory_equal(p, word, strlen(word));
			p += strlen(word) + (p[strlen(word)] == '|');
		}
		assert_string_equal(p, "");
	}
}

static void
fields_have_the_words_of_their_list(void **state)
{
	(void)state;
	assert_string_equal(WORDS(ROLE), "metadata|landing|artifact");
	assert_ptr_equal(limits_of(EVENT_http, "role"), WORDS(ROLE));
	assert_ptr_equal(limits_of(EVENT_rate, "role"), WORDS(ROLE));
	assert_ptr_equal(limits_of(EVENT_archive, "action"), WORDS(ARCHIVE_ACTION));
	assert_ptr_equal(limits_of(EVENT_download, "outcome"),
	    WORDS(DOWNLOAD_OUTCOME));
}

static void
each_list_has_its_type(void **state)
{
	(void)state;
	assert_string_equal(role_word(ROLE_landing), "landing");
	assert_null(role_word(ROLE_ABSENT));
	assert_int_equal(role_find("artifact", 8), ROLE_artifact);
	assert_string_equal(http_fault_word(HTTP_FAULT_partial_body), "partial_body");
	assert_int_equal(archive_action_find("verify", 6), ARCHIVE_ACTION_verify);
	assert_int_equal(archive_action_find("cat", 3), ARCHIVE_ACTION_ABSENT);
}

static void
a_list_for_a_message(void **state)
{
	struct buf out = BUF_EMPTY;

	(void)state;
	word_list_print(&out, WORD_LIST_ROLE);
	buf_add_char(&out, ';');
	word_list_print(&out, WORD_LIST_ARCHIVE_OUTCOME);
	assert_string_equal(buf_text(&out), "metadata, landing or artifact;"
	    "success or failure");
	buf_release(&out);
}

static void
other_texts_are_no_words(void **state)
{
	static const char *const others[] = { "", "meta", "metadatas", "Landing",
		"metadata|landing" };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(role_find(others[i], strlen(others[i])), ROLE_ABSENT);
	assert_int_equal(role_find("metadatas", 8), ROLE_metadata);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_each_word),
		cmocka_unit_test(limits_are_the_words),
		cmocka_unit_test(fields_have_the_words_of_their_list),
		cmocka_unit_test(each_list_has_its_type),
		cmocka_unit_test(a_list_for_a_message),
		cmocka_unit_test(other_texts_are_no_words),
	};

	return cmocka_run_group_tests_name("word", tests, NULL, NULL);
}
