/* SPDX-License-Identifier: ISC */
#include "slo/token.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\n"

void
token_init(struct token_reader *reader, const char *text)
{
	*reader = (struct token_reader){ .text = text, .next = text,
		.start = text };
}

int
token_fail(const struct token_reader *reader, struct err *err,
    const char *words)
{
	if (reader->type == TOKEN_END)
		return err_set(err, EXIT_CONFIG, "'%.80s': at its end: %s",
		    reader->text, words);
	return err_set(err, EXIT_CONFIG, "'%.80s': character %zu, '%.*s': %s",
	    reader->text, (size_t)(reader->start - reader->text) + 1,
	    (int)(reader->len > 40 ? 40 : reader->len), reader->start, words);
}

int
token_part_fail(const struct token_reader *reader, const char *start,
    struct err *err, const char *words)
{
	return err_set(err, EXIT_CONFIG, "'%.80s': character %zu: %s",
	    reader->text, (size_t)(start - reader->text) + 1, words);
}

size_t
token_word_len(const char *text)
{
	size_t len = 0;

	while (isalnum((unsigned char)text[len]) || text[len] == '_')
		len++;
	return len;
}

static size_t
scan_number(const char *p)
{
	size_t len = strspn(p, "0123456789");

	if (p[len] == '.')
		len += 1 + strspn(p + len + 1, "0123456789");
	return len;
}

/* Returns the length of 'text', in which two quotes stand for one; 0 when it
 * has no end. */
static size_t
scan_text(const char *p)
{
	for (size_t len = 1; p[len] != '\0'; len++) {
		if (p[len] != '\'')
			continue;
		if (p[len + 1] != '\'')
			return len + 1;
		len++;
	}
	return 0;
}

/* Returns the length of "key"; 0 when it has no end, or has a character that no key
 * here has (member.h). */
static size_t
scan_key(const char *p)
{
	size_t len = 1;

	while ((unsigned char)p[len] >= ' ' && p[len] != 0x7f && p[len] != '"' &&
	    p[len] != '\\')
		len++;
	return p[len] == '"' && p[len + 1] != '"' ? len + 1 : 0;
}

/* Reads the words and keys after the points of a path. */
static int
scan_path(struct token_reader *reader, struct err *err)
{
	const char *p = reader->start;

	reader->type = TOKEN_WORD;
	reader->len = token_word_len(p);
	while (p[reader->len] == '.') {
		const char *key = p + reader->len + 1;
		size_t len = *key == '"' ? scan_key(key) : token_word_len(key);

		if (len == 0)
			return token_part_fail(reader, key, err, *key == '"'
			    ? "a key in double quotes ends with one, and has no "
			    "other, no \\ and no control character"
			    : "expected a key; one that is not of letters, digits and "
			    "_ has double quotes: labels.\"a-b\"");
		reader->len += 1 + len;
		reader->type = TOKEN_PATH;
	}
	return 0;
}

static size_t
scan_sign(const char *p)
{
	static const char *const two[] = { "<=", ">=", "<>", "!=" };

	for (size_t i = 0; i < sizeof(two) / sizeof(two[0]); i++)
		if (strncmp(p, two[i], 2) == 0)
			return 2;
	return strchr("=<>+-*/(),", *p) != NULL ? 1 : 0;
}

#define A_MEMBER "a member is written labels.KEY, or labels.\"a-b\""

/* Returns what to say of signs at p; NULL when they are ours. Some are tried in place of
 * the point of a path, or within a key, directly after a word. */
static const char *
why_not(const char *p, bool is_after_word)
{
	/* Signs of SQL and of other languages, the longer ones first. */
	static const struct {
		const char *sign, *words;
	} foreign[] = {
		{ "->", A_MEMBER },
		{ "--", "comments are not allowed here" },
		{ "/*", "comments are not allowed here" },
		{ "==", "equality is written with one =" },
		{ "=>", "it is written >=" },
		{ "=<", "it is written <=" },
		{ "&&", "it is written AND" },
		{ "||", "not allowed; texts are not joined, and 'or' is written OR" },
		{ "%", "not allowed; there are + - * and /" },
		{ "\"", "text has single quotes, a column has none" },
		{ "`", "text has single quotes, a column has none" },
		{ "[", "text has single quotes, a column has none" },
		{ ";", "one condition, without a semicolon" },
	};

	if (is_after_word && (*p == '[' || *p == ':'))
		return A_MEMBER;
	if (is_after_word && ((unsigned char)*p >= 0x80 || *p == '@' || *p == '$'))
		return "a key of other signs than letters, digits and _ has double "
		    "quotes: labels.\"a-b\"";
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (strncmp(p, foreign[i].sign, strlen(foreign[i].sign)) == 0)
			return foreign[i].words;
	return NULL;
}

static enum token_type
type_of(char first)
{
	if (first == '\0')
		return TOKEN_END;
	if (isdigit((unsigned char)first))
		return TOKEN_NUMBER;
	if (first == '\'')
		return TOKEN_TEXT;
	if (isalpha((unsigned char)first) || first == '_')
		return TOKEN_WORD;
	return TOKEN_SIGN;
}

int
token_next(struct token_reader *reader, struct err *err)
{
	const char *p = reader->next + strspn(reader->next, BLANKS);
	bool is_after_word = p == reader->next &&
	    (reader->type == TOKEN_WORD || reader->type == TOKEN_PATH);
	const char *why = why_not(p, is_after_word);

	reader->start = p;
	reader->len = 1;
	reader->type = type_of(*p);
	if (why != NULL)
		return token_fail(reader, err, why);
	switch (reader->type) {
	case TOKEN_END:
		reader->len = 0;
		break;
	case TOKEN_NUMBER:
		reader->len = scan_number(p);
		if (token_word_len(p + reader->len) > 0)
			return token_fail(reader, err,
			    "a number is digits and a point");
		break;
	case TOKEN_TEXT:
		reader->len = scan_text(p);
		break;
	case TOKEN_WORD:
	case TOKEN_PATH:
		if (scan_path(reader, err) < 0)
			return -1;
		break;
	case TOKEN_SIGN:
		reader->len = scan_sign(p);
		break;
	}
	if (reader->len == 0 && reader->type != TOKEN_END) {
		reader->len = 1;
		return token_fail(reader, err, reader->type == TOKEN_TEXT
		    ? "the text has no closing quote"
		    : "not part of an expression");
	}
	if (++reader->count > TOKEN_MAX_COUNT)
		return token_fail(reader, err, "the expression is too long");
	reader->next = p + reader->len;
	return 0;
}

bool
token_is_word(const struct token_reader *reader, const char *word)
{
	return reader->type == TOKEN_WORD && reader->len == strlen(word) &&
	    strncasecmp(reader->start, word, reader->len) == 0;
}

bool
token_is_sign(const struct token_reader *reader, const char *sign)
{
	return reader->type == TOKEN_SIGN && reader->len == strlen(sign) &&
	    memcmp(reader->start, sign, reader->len) == 0;
}

bool
token_is_call(const struct token_reader *reader)
{
	return reader->next[strspn(reader->next, BLANKS)] == '(';
}

const char *
token_foreign(const struct token_reader *reader)
{
	static const char no_pattern[] = "not allowed; a text is compared as a whole, "
	    "with = or IN (...)";
	static const char no_query[] = "queries are not allowed here";
	static const char no_sign[] = "not allowed; there are + - * and /";
	static const struct {
		const char *word, *words;
	} foreign[] = {
		{ "like", no_pattern }, { "ilike", no_pattern },
		{ "glob", no_pattern }, { "regexp", no_pattern },
		{ "rlike", no_pattern }, { "match", no_pattern },
		{ "similar", no_pattern },
		{ "select", no_query }, { "exists", no_query },
		{ "mod", no_sign }, { "div", no_sign },
		{ "between", "not allowed; write two comparisons: x >= 1 AND x <= 9" },
		{ "case", "not allowed; conditions are combined with AND, OR and NOT" },
		{ "cast", "not allowed; a column has its type" },
		{ "collate", "not allowed; texts are compared byte by byte" },
		{ "isnull", "it is written IS NULL" },
		{ "notnull", "it is written IS NOT NULL" },
	};

	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (token_is_word(reader, foreign[i].word))
			return foreign[i].words;
	return NULL;
}
