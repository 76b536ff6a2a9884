/* SPDX-License-Identifier: ISC */
#include "secret/secret.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Longer names are judged piece by piece; no word is longer than the overlap. */
#define PIECE_MAX 256
#define PIECE_OVERLAP 64

/* The letters and digits of a name, in lower case. */
struct plain_name {
	char text[PIECE_MAX];
	bool is_start[PIECE_MAX + 1]; /* a word of the name begins here */
	size_t len;
};

enum place {
	ANYWHERE,
	WORD_END, /* at the end of a word, plural or not */
	WORD,     /* a whole word, plural or not */
	LAST_WORD /* the last word of the name */
};

struct stem {
	const char *text;
	const char *not_before; /* pairs of letters that may not follow: "iz is" */
	enum place place;
	enum secret_name verdict;
};

static const struct stem stems[] = {
	{ "password", NULL, ANYWHERE, SECRET_VALUE },
	{ "passwd", NULL, ANYWHERE, SECRET_VALUE },
	{ "passphrase", NULL, ANYWHERE, SECRET_VALUE },
	{ "passcode", NULL, ANYWHERE, SECRET_VALUE },
	{ "pwd", NULL, WORD_END, SECRET_VALUE },
	{ "pass", NULL, LAST_WORD, SECRET_UNLESS_NUMBER },
	{ "secret", "ar", ANYWHERE, SECRET_VALUE },
	{ "token", "iz is", ANYWHERE, SECRET_VALUE },
	{ "apikey", NULL, ANYWHERE, SECRET_VALUE },
	{ "accesskey", NULL, ANYWHERE, SECRET_VALUE },
	{ "accountkey", NULL, ANYWHERE, SECRET_VALUE },
	{ "authkey", NULL, ANYWHERE, SECRET_VALUE },
	{ "cryptkey", NULL, ANYWHERE, SECRET_VALUE },
	{ "cryptionkey", NULL, ANYWHERE, SECRET_VALUE },
	{ "masterkey", NULL, ANYWHERE, SECRET_VALUE },
	{ "privatekey", NULL, ANYWHERE, SECRET_VALUE },
	{ "sessionkey", NULL, ANYWHERE, SECRET_VALUE },
	{ "sharedkey", NULL, ANYWHERE, SECRET_VALUE },
	{ "signingkey", NULL, ANYWHERE, SECRET_VALUE },
	{ "sshkey", NULL, ANYWHERE, SECRET_VALUE },
	{ "authorization", NULL, ANYWHERE, SECRET_HEADER },
	{ "authorisation", NULL, ANYWHERE, SECRET_HEADER },
	{ "authheader", NULL, ANYWHERE, SECRET_HEADER },
	{ "auth", NULL, LAST_WORD, SECRET_HEADER },
	{ "basicauth", NULL, ANYWHERE, SECRET_HEADER },
	{ "bearer", NULL, ANYWHERE, SECRET_VALUE },
	{ "cookie", NULL, ANYWHERE, SECRET_HEADER },
	{ "credential", NULL, ANYWHERE, SECRET_VALUE },
	{ "cred", NULL, WORD, SECRET_VALUE },
	{ "csrf", NULL, ANYWHERE, SECRET_VALUE },
	{ "xsrf", NULL, ANYWHERE, SECRET_VALUE },
	{ "jwt", NULL, WORD, SECRET_VALUE },
	{ "otp", NULL, WORD, SECRET_VALUE },
	{ "sessionid", NULL, WORD_END, SECRET_VALUE },
	{ "sessid", NULL, WORD_END, SECRET_VALUE },
	{ "connectionstring", NULL, ANYWHERE, SECRET_VALUE },
	{ "connstr", NULL, ANYWHERE, SECRET_VALUE },
	{ "session", NULL, LAST_WORD, SECRET_UNLESS_NUMBER },
	{ "signature", NULL, ANYWHERE, SECRET_VALUE },
	{ "sig", NULL, WORD, SECRET_UNLESS_NUMBER },
};

/* Last words of names that only describe a secret, whatever the value is. */
static const char describes[] = " age alg algorithm at count counts expiration "
	"expires expiry kind length policy status ttl type types usage ";

/* Last words of names that only describe a secret if the value is a number or
 * boolean. */
static const char measures[] = " accepted allowed attempts available avg bucket "
	"budget bytes capacity changed chars cost days delay denied disabled "
	"duration enabled errors exists expired failed failures generation hits "
	"hours in index interval invalid left level lifetime limit max min minutes "
	"misses missing ms ns num number ok pct per percent position present price "
	"protected quota rate ratio rejected remaining required retries revoked "
	"rotated s score sec seconds secs set size strength sum supported time "
	"timeout timestamp total ts us used valid verified version window ";

/* First words of such names, for a number or boolean. */
static const char leads[] = " avg can count days has is max mean min needs num "
	"number remaining require required requires should supports total used "
	"uses ";

static bool
has_word(const char *words, const char *text, size_t len)
{
	const char *at = words;

	while ((at = strchr(at, ' ')) != NULL) {
		at++;
		if (strncmp(at, text, len) == 0 && at[len] == ' ')
			return true;
	}
	return false;
}

static bool
is_percent(const char *text, size_t len)
{
	return len >= 3 && text[0] == '%' && isxdigit((unsigned char)text[1]) &&
	    isxdigit((unsigned char)text[2]);
}

/* Whether a word begins at text[i] because of its case or kind: at the C of
 * camelCase, at the K of APIKey, and between letters and digits. */
static bool
begins_word(const char *text, size_t i, size_t len)
{
	unsigned char before = (unsigned char)text[i - 1];
	unsigned char here = (unsigned char)text[i];

	if ((isdigit(before) != 0) != (isdigit(here) != 0))
		return true;
	if (!isupper(here))
		return false;
	return !isupper(before) ||
	    (i + 1 < len && islower((unsigned char)text[i + 1]));
}

static void
make_plain(struct plain_name *plain, const char *name, size_t len)
{
	bool is_start = true;

	plain->len = 0;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)name[i];

		if (is_percent(name + i, len - i)) {
			i += 2;
			is_start = true;
		} else if (!isalnum(c) && c < 0x80) {
			is_start = true;
		} else {
			plain->is_start[plain->len] = is_start ||
			    begins_word(name, i, len);
			plain->text[plain->len++] = (char)tolower(c);
			is_start = false;
		}
	}
	plain->is_start[plain->len] = true;
}

/* Whether the word goes on in a way that makes it another: tokenize. */
static bool
continues_otherwise(const struct stem *stem, const struct plain_name *plain,
    size_t end)
{
	if (stem->not_before == NULL || plain->is_start[end] ||
	    end + 2 > plain->len)
		return false;
	for (const char *pair = stem->not_before;; pair += 3) {
		if (memcmp(pair, plain->text + end, 2) == 0)
			return true;
		if (pair[2] == '\0')
			return false;
	}
}

/* Whether the stem, found at text[start..end) of plain, is where it counts. */
static bool
is_in_place(const struct stem *stem, const struct plain_name *plain,
    size_t start, size_t end)
{
	bool is_end = plain->is_start[end] || (plain->text[end] == 's' &&
	    plain->is_start[end + 1]);

	switch (stem->place) {
	case WORD_END:
		return is_end;
	case WORD:
		return is_end && plain->is_start[start];
	case LAST_WORD:
		return plain->is_start[start] && end == plain->len;
	case ANYWHERE:
		break;
	}
	return !continues_otherwise(stem, plain, end);
}

/* Returns the strongest verdict of the stems in the name, SECRET_HEADER being the
 * strongest. Sets *is_plural when an s follows a stem at the end of a word. */
static enum secret_name
find_stem(const struct plain_name *plain, bool *is_plural)
{
	enum secret_name verdict = SECRET_NONE;

	for (size_t at = 0; at + 3 <= plain->len; at++)
		for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++) {
			const struct stem *stem = &stems[i];
			size_t end;

			if (stem->text[0] != plain->text[at] ||
			    stem->text[1] != plain->text[at + 1])
				continue;
			end = at + strlen(stem->text);
			if (end > plain->len || memcmp(stem->text,
			    plain->text + at, end - at) != 0 ||
			    !is_in_place(stem, plain, at, end))
				continue;
			if (stem->verdict > verdict)
				verdict = stem->verdict;
			if (end < plain->len && plain->text[end] == 's' &&
			    plain->is_start[end + 1])
				*is_plural = true;
		}
	return verdict;
}

static enum secret_name
judge_name(const char *name, size_t len)
{
	struct plain_name plain;
	size_t first = 1, last;
	bool is_plural = false;
	enum secret_name verdict;

	make_plain(&plain, name, len);
	verdict = find_stem(&plain, &is_plural);
	if (verdict == SECRET_NONE)
		return SECRET_NONE;
	while (!plain.is_start[first])
		first++;
	last = plain.len - 1;
	while (!plain.is_start[last])
		last--;
	if (has_word(describes, plain.text + last, plain.len - last))
		return SECRET_NONE;
	if ((is_plural && verdict != SECRET_HEADER) ||
	    has_word(leads, plain.text, first) ||
	    has_word(measures, plain.text + last, plain.len - last))
		return SECRET_UNLESS_NUMBER;
	return verdict;
}

enum secret_name
secret_name(const char *name, size_t len)
{
	enum secret_name verdict = SECRET_NONE;

	if (len <= PIECE_MAX)
		return len < 3 ? SECRET_NONE : judge_name(name, len);
	for (size_t at = 0; at < len && verdict == SECRET_NONE;
	    at += PIECE_MAX - PIECE_OVERLAP)
		verdict = judge_name(name + at,
		    len - at < PIECE_MAX ? len - at : PIECE_MAX);
	return verdict;
}

bool
secret_is_listed(const char *const *names, size_t name_count, const char *name,
    size_t len)
{
	for (size_t i = 0; i < name_count; i++)
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
			return true;
	return false;
}

bool
secret_is_mark(const char *text, size_t len)
{
	return len == SECRET_MARK_LEN && memcmp(text, SECRET_MARK, len) == 0;
}

bool
secret_is_hash(const char *text, size_t len)
{
	if (len != 64)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!(text[i] >= '0' && text[i] <= '9') &&
		    !(text[i] >= 'a' && text[i] <= 'f'))
			return false;
	return true;
}
