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

static size_t
scan_word(const char *p)
{
	size_t len = 0;

	while (isalnum((unsigned char)p[len]) || p[len] == '_')
		len++;
	return len;
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

static const char *
why_not(const char *p)
{
	if (strncmp(p, "--", 2) == 0 || strncmp(p, "/*", 2) == 0)
		return "comments are not allowed here";
	if (strncmp(p, "==", 2) == 0)
		return "equality is written with one =";
	if (*p == '"' || *p == '`' || *p == '[')
		return "text has single quotes, a column has none";
	if (*p == ';')
		return "one condition, without a semicolon";
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
	const char *why = why_not(p);

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
		if (scan_word(p + reader->len) > 0)
			return token_fail(reader, err,
			    "a number is digits and a point");
		break;
	case TOKEN_TEXT:
		reader->len = scan_text(p);
		break;
	case TOKEN_WORD:
		reader->len = scan_word(p);
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
