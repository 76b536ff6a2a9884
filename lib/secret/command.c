/* SPDX-License-Identifier: ISC */
#include "secret/command.h"
#include "secret/value.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define LABEL_MAX_BYTES 64

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static bool
begins_with(const char *text, size_t len, size_t at, const char *word)
{
	size_t n = strlen(word);

	return len - at >= n && strncasecmp(text + at, word, n) == 0;
}

/* Notes the last command before text[end]. */
static void
note_last_command(struct secret_command *command, const char *text, size_t end)
{
	for (; command->read < end; command->read++) {
		size_t at = command->read;

		if (text[at] == '\n')
			command->last = SECRET_COMMAND_OTHER;
		if (at > 0 && is_word(text[at - 1]))
			continue;
		if (begins_with(text, end, at, "mysql") ||
		    begins_with(text, end, at, "mariadb"))
			command->last = SECRET_COMMAND_MYSQL;
		else if (begins_with(text, end, at, "curl") && end - at > 4 &&
		    !is_word(text[at + 4]))
			command->last = SECRET_COMMAND_CURL;
	}
}

/* Finds the password of user:password at text[at], where a =, blanks and a quote
 * may come first. */
static bool
find_password(const char *text, size_t len, size_t at, struct secret_option *option)
{
	size_t end, quote;
	const char *colon;

	if (at < len && text[at] == '=')
		at++;
	at = secret_value_skip_blanks(text, len, at);
	quote = secret_value_quote(text, len, at);
	end = at + quote;
	if (quote > 0)
		end = secret_value_extent(text, len, at, SECRET_STYLE_ARGUMENT).end;
	else
		while (end < len && !isspace((unsigned char)text[end]) &&
		    strchr("\"'`\\", text[end]) == NULL)
			end++;
	at += quote;
	colon = at < end ? memchr(text + at, ':', end - at) : NULL;
	if (colon == NULL || colon + 1 == text + end)
		return false;
	option->password = (size_t)(colon + 1 - text);
	option->password_end = end;
	return true;
}

/* Finds an option, text[at..end), that is secret only because of the command it
 * belongs to. */
static bool
find_command_option(struct secret_command *command, const char *text, size_t len,
    size_t at, size_t end, struct secret_option *option)
{
	static const char *const users[] = { "--user", "--proxy-user" };

	if (len - at < 3 || (text[at + 1] != 'p' && text[at + 1] != 'u' &&
	    text[at + 1] != 'U' && text[at + 1] != '-'))
		return false;
	note_last_command(command, text, at);
	if (command->last == SECRET_COMMAND_MYSQL && text[at + 1] == 'p') {
		option->value = at + 2;
		option->verdict = SECRET_VALUE;
		return !isspace((unsigned char)text[at + 2]);
	}
	if (command->last != SECRET_COMMAND_CURL)
		return false;
	if (text[at + 1] == 'u' || text[at + 1] == 'U')
		return find_password(text, len, at + 2, option);
	for (size_t i = 0; i < 2; i++)
		if (strlen(users[i]) == end - at &&
		    memcmp(users[i], text + at, end - at) == 0)
			return find_password(text, len, end, option);
	return false;
}

bool
secret_command_option(struct secret_command *command, const char *text, size_t len,
    size_t at, struct secret_option *option)
{
	size_t start = at, end;

	memset(option, 0, sizeof(*option));
	if (at > 0 && !isspace((unsigned char)text[at - 1]) &&
	    strchr("\"'`", text[at - 1]) == NULL)
		return false;
	while (start < len && text[start] == '-' && start < at + 2)
		start++;
	end = start;
	while (end < len && (is_word(text[end]) || text[end] == '-' ||
	    text[end] == '_' || text[end] == '.') && end - start < 256)
		end++;
	if (find_command_option(command, text, len, at, end, option))
		return true;
	if (end - start < 3 || end == len || (text[end] != ' ' && text[end] != '\t'))
		return false;
	option->value = secret_value_skip_blanks(text, len, end);
	option->verdict = secret_name(text + start, end - start);
	return option->verdict != SECRET_NONE && option->value < len &&
	    text[option->value] != '-';
}

/* Returns the end of the PEM label that begins at text[at], or 0 when the label
 * is not that of a private key. */
static size_t
label_end(const char *text, size_t len, size_t at)
{
	static const char words[] = "PRIVATE KEY";
	size_t end = at;

	while (end < len && end - at < LABEL_MAX_BYTES &&
	    (isupper((unsigned char)text[end]) ||
	    isdigit((unsigned char)text[end]) || text[end] == ' '))
		end++;
	return memmem(text + at, end - at, words, sizeof(words) - 1) != NULL
	    ? end : 0;
}

/* Returns the end of the first line at or after text[at] that ends a private key,
 * or 0 when there is none. */
static size_t
key_end(const char *text, size_t len, size_t at)
{
	static const char word[] = "-----END ";
	const char *found;

	while ((found = memmem(text + at, len - at, word, sizeof(word) - 1)) !=
	    NULL) {
		size_t end;

		at = (size_t)(found - text) + sizeof(word) - 1;
		end = label_end(text, len, at);
		if (end == 0)
			continue;
		while (end < len && text[end] == '-')
			end++;
		return end;
	}
	return 0;
}

size_t
secret_command_key(struct secret_command *command, const char *text, size_t len,
    size_t at)
{
	static const char word[] = "-----BEGIN ";
	const size_t word_len = sizeof(word) - 1;
	size_t label, end;

	if (len - at < word_len || memcmp(text + at, word, word_len) != 0)
		return at;
	label = label_end(text, len, at + word_len);
	if (label == 0)
		return at;
	end = command->has_no_key_end ? 0 : key_end(text, len, label);
	if (end > 0)
		return end;
	command->has_no_key_end = true;
	for (end = label; end < len && secret_value_quote(text, len, end) == 0;)
		do
			end++;
		while (end < len && text[end] == '\\' && text[end - 1] == '\\');
	return end;
}
