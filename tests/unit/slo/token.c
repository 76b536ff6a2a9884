/* SPDX-License-Identifier: ISC
 *
 * The tokens of an expression, what is refused, and how many tokens are
 * allowed.
 */
#include "slo/token.h"
#include "base/buf.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Expects the tokens of text to be those in want, each after the letter of its
 * type: N, T, W, P or S. */
static void
expect(const char *text, const char *want)
{
	static const char letters[] = { [TOKEN_NUMBER] = 'N', [TOKEN_TEXT] = 'T',
		[TOKEN_WORD] = 'W', [TOKEN_PATH] = 'P', [TOKEN_SIGN] = 'S' };
	struct buf found = BUF_EMPTY;
	struct token_reader reader;
	struct err err;

	token_init(&reader, text);
	for (;;) {
		assert_int_equal(token_next(&reader, &err), 0);
		if (reader.type == TOKEN_END)
			break;
		buf_printf(&found, "%s%c%.*s", found.len == 0 ? "" : " ",
		    letters[reader.type], (int)reader.len, reader.start);
	}
	assert_string_equal(buf_text(&found), want);
	assert_ptr_equal(reader.start, text + strlen(text));
	buf_release(&found);
}

static void
every_kind_of_token(void **state)
{
	(void)state;
	expect("", "");
	expect(" \t\r\n ", "");
	expect("status>=200", "Wstatus S>= N200");
	expect("a<b <= c<>d!=e", "Wa S< Wb S<= Wc S<> Wd S!= We");
	expect("1 2.50 3. 007", "N1 N2.50 N3. N007");
	expect("_a1 B_2", "W_a1 WB_2");
	expect("'' 'it''s' '''' '--' '\"'", "T'' T'it''s' T'''' T'--' T'\"'");
	expect("f(a,-1)*2/3+4", "Wf S( Wa S, S- N1 S) S* N2 S/ N3 S+ N4");
	expect("- -1", "S- S- N1");
	expect("a.b a.5x+a._ -1.5", "Pa.b Pa.5x S+ Pa._ S- N1.5");
	expect("a.\"\".b.\"c d'.\"-a", "Pa.\"\".b.\"c d'.\" S- Wa");
	expect("a.\"\xc3\xa9\"='\"'", "Pa.\"\xc3\xa9\" S= T'\"'");
	expect("'\xc3\xa9\n'", "T'\xc3\xa9\n'");
}

/* Expects that the last token read is refused with these words. */
static void
refused(const char *text, const char *words)
{
	struct token_reader reader;
	struct err err = { 0, "" };
	int result;

	token_init(&reader, text);
	do
		result = token_next(&reader, &err);
	while (result == 0 && reader.type != TOKEN_END);
	assert_int_equal(result, -1);
	assert_string_equal(err.text, words);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
}

static void
what_is_no_token(void **state)
{
	static const char *const keys[] = { "a.\"", "a.\"b", "a.\"b\"\"c\"", "a.\"b\nc\"",
		"a.\"b\\c\"", "a.\"\x7f\"" };

	(void)state;
	refused("a --b", "'a --b': character 3, '-': comments are not allowed here");
	refused("1--1", "'1--1': character 2, '-': comments are not allowed here");
	refused("/* */", "'/* */': character 1, '/': comments are not allowed here");
	refused("a == 1", "'a == 1': character 3, '=': equality is written with one =");
	refused("\"a\"", "'\"a\"': character 1, '\"': text has single quotes, "
	    "a column has none");
	refused("`a`", "'`a`': character 1, '`': text has single quotes, "
	    "a column has none");
	refused("[a]", "'[a]': character 1, '[': text has single quotes, "
	    "a column has none");
	refused("a;", "'a;': character 2, ';': one condition, without a semicolon");
	refused("a = 'x''", "'a = 'x''': character 5, ''': the text has no closing "
	    "quote");
	refused("'", "''': character 1, ''': the text has no closing quote");
	refused("1e3", "'1e3': character 1, '1': a number is digits and a point");
	refused("0x10", "'0x10': character 1, '0': a number is digits and a point");
	refused("2.5s", "'2.5s': character 1, '2.5': a number is digits and a point");
	refused(".5", "'.5': character 1, '.': not part of an expression");
	refused("a ! b", "'a ! b': character 3, '!': not part of an expression");
	refused("a | b", "'a | b': character 3, '|': not part of an expression");
	refused("?1", "'?1': character 1, '?': not part of an expression");
	refused("a => 1", "'a => 1': character 3, '=': it is written >=");
	refused("a =< 1", "'a =< 1': character 3, '=': it is written <=");
	refused("a && b", "'a && b': character 3, '&': it is written AND");
	refused("a || b", "'a || b': character 3, '|': not allowed; texts are not "
	    "joined, and 'or' is written OR");
	refused("1%2", "'1%2': character 2, '%': not allowed; there are + - * and /");
	refused("a\x01", "'a\x01': character 2, '\x01': not part of an expression");
	refused("a. b", "'a. b': character 3: expected a key; one that is not of letters, "
	    "digits and _ has double quotes: labels.\"a-b\"");
	refused("a.b.", "'a.b.': character 5: expected a key; one that is not of letters, "
	    "digits and _ has double quotes: labels.\"a-b\"");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct buf words = BUF_EMPTY;

		buf_printf(&words, "'%s': character 3: a key in double quotes ends with one, "
		    "and has no other, no \\ and no control character", keys[i]);
		refused(keys[i], buf_text(&words));
		buf_release(&words);
	}
	refused("a .b", "'a .b': character 3, '.': not part of an expression");
	refused("a['b']", "'a['b']': character 2, '[': a member is written labels.KEY, or "
	    "labels.\"a-b\"");
	refused("a ->> 'b'", "'a ->> 'b'': character 3, '-': a member is written "
	    "labels.KEY, or labels.\"a-b\"");
	refused("a.b:c", "'a.b:c': character 4, ':': a member is written labels.KEY, or "
	    "labels.\"a-b\"");
	refused("a.b\xc3\xa9", "'a.b\xc3\xa9': character 4, '\xc3': a key of other signs "
	    "than letters, digits and _ has double quotes: labels.\"a-b\"");
	refused("a.b $", "'a.b $': character 5, '$': not part of an expression");
	refused("a\v1", "'a\v1': character 2, '\v': not part of an expression");
}

static void
a_long_text_is_cut_in_messages(void **state)
{
	struct token_reader reader;
	struct err err;
	char text[201];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	token_init(&reader, text);
	assert_int_equal(token_next(&reader, &err), 0);
	assert_int_equal(reader.len, 200);
	assert_int_equal(token_fail(&reader, &err, "words"), -1);
	assert_string_equal(err.text, "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa': character 1, "
	    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa': words");
	assert_int_equal(token_next(&reader, &err), 0);
	assert_int_equal(token_fail(&reader, &err, "words"), -1);
	assert_non_null(strstr(err.text, "': at its end: words"));
}

/* The end counts as a token. */
static void
too_many_tokens(void **state)
{
	struct buf text = BUF_EMPTY;
	struct token_reader reader;
	struct err err;

	(void)state;
	for (int i = 1; i < TOKEN_MAX_COUNT; i++)
		buf_add_text(&text, "1 ");
	token_init(&reader, buf_text(&text));
	do
		assert_int_equal(token_next(&reader, &err), 0);
	while (reader.type != TOKEN_END);
	buf_add_text(&text, "1");
	token_init(&reader, buf_text(&text));
	for (int i = 1; i <= TOKEN_MAX_COUNT; i++)
		assert_int_equal(token_next(&reader, &err), 0);
	assert_int_equal(token_next(&reader, &err), -1);
	assert_non_null(strstr(err.text, "the expression is too long"));
	buf_release(&text);
}

static void
words_in_any_case_and_signs(void **state)
{
	struct token_reader reader;
	struct err err;

	(void)state;
	token_init(&reader, "CoalEsce (coalesces <='and'");
	assert_int_equal(token_next(&reader, &err), 0);
	assert_true(token_is_word(&reader, "coalesce"));
	assert_false(token_is_word(&reader, "coal"));
	assert_true(token_is_call(&reader));
	assert_int_equal(token_next(&reader, &err), 0);
	assert_true(token_is_sign(&reader, "("));
	assert_false(token_is_word(&reader, "("));
	assert_int_equal(token_next(&reader, &err), 0);
	assert_false(token_is_word(&reader, "coalesce"));
	assert_false(token_is_call(&reader));
	assert_int_equal(token_next(&reader, &err), 0);
	assert_true(token_is_sign(&reader, "<="));
	assert_false(token_is_sign(&reader, "<"));
	assert_int_equal(token_next(&reader, &err), 0);
	assert_false(token_is_word(&reader, "and"));
	assert_int_equal(token_next(&reader, &err), 0);
	assert_false(token_is_word(&reader, ""));
	assert_false(token_is_sign(&reader, ""));
	assert_false(token_is_call(&reader));
}

static void
words_of_other_languages(void **state)
{
	struct token_reader reader;
	struct err err;

	(void)state;
	token_init(&reader, "Like likes 'like' (");
	assert_int_equal(token_next(&reader, &err), 0);
	assert_non_null(token_foreign(&reader));
	for (int i = 0; i < 4; i++) {
		assert_int_equal(token_next(&reader, &err), 0);
		assert_null(token_foreign(&reader));
	}
	assert_int_equal(token_part_fail(&reader, reader.text + 5, &err, "words"), -1);
	assert_string_equal(err.text, "'Like likes 'like' (': character 6: words");
	assert_int_equal(err.exit_code, EXIT_CONFIG);
}

/* In any text, tokens follow each other with only blanks between them, and
 * reading ends. */
static void
any_text_ends(void **state)
{
	static const char alphabet[] = "ab_19.. '\n()<>=!-+*/,;\"[\xc3\x01";
	char text[40];

	(void)state;
	random_start();
	for (int round = 0; round < 100000; round++) {
		size_t len = random_below(sizeof(text));
		struct token_reader reader;
		const char *end = text;
		struct err err;

		for (size_t i = 0; i < len; i++)
			text[i] = alphabet[random_below(sizeof(alphabet) - 1)];
		text[len] = '\0';
		token_init(&reader, text);
		while (token_next(&reader, &err) == 0) {
			assert_ptr_equal(reader.start, end + strspn(end, " \t\r\n"));
			end = reader.start + reader.len;
			assert_ptr_equal(reader.next, end);
			if (reader.type == TOKEN_END)
				break;
			assert_true(reader.len > 0 && end <= text + len);
		}
		if (reader.type == TOKEN_END)
			assert_ptr_equal(reader.start, text + len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_token),
		cmocka_unit_test(what_is_no_token),
		cmocka_unit_test(a_long_text_is_cut_in_messages),
		cmocka_unit_test(too_many_tokens),
		cmocka_unit_test(words_in_any_case_and_signs),
		cmocka_unit_test(words_of_other_languages),
		cmocka_unit_test(any_text_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
