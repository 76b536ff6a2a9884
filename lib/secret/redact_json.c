/* SPDX-License-Identifier: ISC
 *
 * Reads JSON and hides secrets on the way. It is less strict than a parser: it
 * accepts all JSON (RFC 8259) and some lines that are not, as long as it is
 * certain where strings begin and end. All other lines are searched as text.
 */
#include "secret/redact_private.h"

#include <string.h>

struct walk {
	size_t at;
	size_t depth;
	size_t hidden_depth; /* of the object or array that is hidden, or 0 */
	size_t hidden_start; /* where that begins */
	bool is_hashed;      /* it becomes a hash, not the mark */
	bool is_after_key;
	enum redact_verdict verdict; /* on the value that comes next */
	enum secret_role role; /* of that value, by its key */
	bool is_pair;        /* the verdict comes from a name beside the value */
	bool is_again;       /* second reading: all pairs of the line are known */
	size_t second;       /* the string after the name of a header, or 0 */
	size_t inner_depth;  /* of an OTLP value in which inner applies, or 0 */
	enum redact_verdict inner; /* on the members of that OTLP value */
	uint8_t place;       /* entry of the previous key in keys */
};

static inline size_t
skip_blanks(const struct redactor *redactor, size_t at)
{
	while (at < redactor->len && (redactor->text[at] == ' ' ||
	    redactor->text[at] == '\t' || redactor->text[at] == '\r' ||
	    redactor->text[at] == '\n'))
		at++;
	return at;
}

/* Returns the position of the quote that ends the string whose first byte is
 * text[start], or len when there is none. */
static inline size_t
string_end(const struct redactor *redactor, size_t start)
{
	const char *text = redactor->text;
	size_t at = start;

	for (;; at++) {
		const char *quote = memchr(text + at, '"', redactor->len - at);
		size_t backslash;

		if (quote == NULL)
			return redactor->len;
		backslash = at = (size_t)(quote - text);
		while (backslash > start && text[backslash - 1] == '\\')
			backslash--;
		if ((at - backslash) % 2 == 0)
			return at;
	}
}

/* Hides the value text[start..end), including the quotes of a text. */
static void
hide_value(struct redactor *redactor, size_t start, size_t end, bool is_text,
    bool is_hashed)
{
	size_t inner = start + is_text, inner_end = end - is_text;
	const char *value = redactor->text + inner;
	size_t len = inner_end - inner;

	if (is_text && (secret_is_mark(value, len) ||
	    (is_hashed && secret_is_hash(value, len))))
		return;
	if (!is_hashed) {
		redact_hide(redactor, start, end, "\"", 1);
		return;
	}
	if (is_text && len > 0) {
		buf_reset(&redactor->plain);
		plain_unescape(value, len, &redactor->plain);
		value = redactor->plain.data;
		len = redactor->plain.len;
	}
	redact_hash(redactor, start, end, "\"", 1, value, len);
}

/* Handles the value text[start..end), which is neither an object nor an array. */
static void
handle_scalar(struct redactor *redactor, struct walk *walk, size_t start, size_t end,
    bool is_text)
{
	enum redact_verdict verdict = walk->verdict;

	walk->verdict = REDACT_SEARCH;
	if (walk->hidden_depth > 0)
		return;
	if (start == walk->second && start > 0)
		verdict = REDACT_HIDE;
	if (is_text && walk->role > SECRET_ROLE_VALUE && !walk->is_again)
		secret_pairs_name(&redactor->pairs, walk->depth, walk->role,
		    redact_judge_name(redactor, start + 1, end - 1));
	switch (verdict) {
	case REDACT_LEAVE:
		break;
	case REDACT_SEARCH:
		if (is_text && redact_has_sign(redactor, start + 1, end - 1))
			redact_search(redactor, start + 1, end - 1, false);
		break;
	case REDACT_HIDE_UNLESS_NUMBER:
		if (is_text)
			hide_value(redactor, start, end, true, false);
		break;
	case REDACT_HIDE:
	case REDACT_HASH:
		if (redactor->text[start] != 'n')
			hide_value(redactor, start, end, is_text,
			    verdict == REDACT_HASH);
		break;
	}
}

/* Reads a number, true, false or null. Returns -1 when it is none of them. */
static int
read_word(struct redactor *redactor, struct walk *walk)
{
	static const char *const words[] = { "true", "false", "null" };
	static const bool is_number[256] = { ['0'] = true, ['1'] = true,
		['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true,
		['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true,
		['-'] = true, ['+'] = true, ['.'] = true, ['e'] = true,
		['E'] = true };
	const char *text = redactor->text;
	size_t start = walk->at, end = start;

	while (end < redactor->len && is_number[(unsigned char)text[end]])
		end++;
	for (size_t i = 0; i < 3 && end == start; i++) {
		size_t len = strlen(words[i]);

		if (redactor->len - start >= len &&
		    memcmp(text + start, words[i], len) == 0)
			end += len;
	}
	if (end == start)
		return -1;
	handle_scalar(redactor, walk, start, end, false);
	walk->at = end;
	return 0;
}

static void
open_bracket(struct redactor *redactor, struct walk *walk)
{
	const char *text = redactor->text;
	bool is_number = false;

	walk->depth++;
	if (walk->hidden_depth > 0) {
		/* All of it is hidden: nothing in it matters. */
	} else if (walk->is_pair && secret_pair_inner(text, redactor->len, walk->at,
	    &is_number) > walk->at) {
		walk->inner_depth = walk->depth;
		walk->inner = is_number &&
		    walk->verdict == REDACT_HIDE_UNLESS_NUMBER ? REDACT_LEAVE
		    : walk->verdict;
	} else if (walk->verdict > REDACT_LEAVE) {
		walk->hidden_depth = walk->depth;
		walk->hidden_start = walk->at;
		walk->is_hashed = walk->verdict == REDACT_HASH;
	} else if (text[walk->at] == '[') {
		walk->second = secret_pair_second(text, redactor->len, walk->at);
	}
	walk->verdict = REDACT_SEARCH;
	walk->role = SECRET_ROLE_NONE;
	walk->is_pair = false;
	walk->is_after_key = false;
	walk->at++;
}

static int
close_bracket(struct redactor *redactor, struct walk *walk)
{
	if (walk->depth == 0)
		return -1;
	walk->at++;
	if (walk->depth == walk->hidden_depth) {
		hide_value(redactor, walk->hidden_start, walk->at, false,
		    walk->is_hashed);
		walk->hidden_depth = 0;
	}
	if (walk->depth == walk->inner_depth)
		walk->inner_depth = 0;
	if (redactor->pairs.names.count + redactor->pairs.values.count > 0)
		secret_pairs_end_object(&redactor->pairs, walk->depth);
	walk->depth--;
	return 0;
}

/* Whether the quote text[at] begins the key that came next last time; if so,
 * reads it. */
static inline bool
read_expected_key(struct redactor *redactor, struct walk *walk)
{
	uint8_t next = redactor->keys[walk->place].next;
	const struct redact_key *key = &redactor->keys[next];

	if (key->len == 0 || redactor->len - walk->at <= REDACT_KEY_MAX ||
	    key->is_top != (walk->depth == 1) || memcmp(key->text,
	    redactor->text + walk->at + 1, key->len) != 0)
		return false;
	walk->at += 1 + (size_t)key->len;
	walk->place = next;
	walk->verdict = key->verdict;
	walk->role = key->role;
	walk->is_after_key = true;
	return true;
}

/* Adds to the verdict on the value after the key what the objects around it
 * say. */
static inline void
apply_pair(struct redactor *redactor, struct walk *walk)
{
	static const enum redact_verdict verdicts[] = {
		[SECRET_PAIR_NONE] = REDACT_SEARCH,
		[SECRET_PAIR_HIDE_UNLESS_NUMBER] = REDACT_HIDE_UNLESS_NUMBER,
		[SECRET_PAIR_HIDE] = REDACT_HIDE,
		[SECRET_PAIR_HASH] = REDACT_HASH
	};
	enum redact_verdict verdict;

	walk->is_pair = false;
	if (walk->hidden_depth > 0)
		return;
	if (walk->depth == walk->inner_depth) {
		walk->verdict = walk->inner;
	} else if (walk->role == SECRET_ROLE_VALUE) {
		verdict = verdicts[walk->is_again
		    ? secret_pairs_at(&redactor->pairs, walk->at)
		    : secret_pairs_value(&redactor->pairs, walk->depth, walk->at)];
		if (verdict > walk->verdict) {
			walk->verdict = verdict;
			walk->is_pair = true;
		}
	}
}

/* Reads a string. Returns 1 when it is a key, because a colon follows, 0 when it
 * is a value, -1 when it is not JSON. */
static int
read_string(struct redactor *redactor, struct walk *walk)
{
	size_t start = walk->at, end, colon;

	if (!walk->is_after_key && read_expected_key(redactor, walk)) {
		apply_pair(redactor, walk);
		return 1;
	}
	end = string_end(redactor, start + 1);
	if (end == redactor->len)
		return -1;
	if (walk->is_after_key) {
		handle_scalar(redactor, walk, start, end + 1, true);
		walk->at = end + 1;
		return 0;
	}
	colon = skip_blanks(redactor, end + 1);
	if (colon == redactor->len || redactor->text[colon] != ':') {
		handle_scalar(redactor, walk, start, end + 1, true);
		walk->at = colon;
		return 0;
	}
	if (walk->hidden_depth == 0) {
		struct redact_judged judged = redact_take_key(redactor,
		    start + 1, end, walk->depth == 1, colon == end + 1,
		    &walk->place);

		walk->verdict = judged.verdict;
		walk->role = judged.role;
	}
	walk->is_after_key = true;
	walk->at = colon + 1;
	apply_pair(redactor, walk);
	return 1;
}

/* Reads keys and brackets until a value is complete. Returns -1 when that is not
 * JSON. */
static int
read_next_value(struct redactor *redactor, struct walk *walk)
{
	bool may_close = false;

	walk->is_after_key = false;
	for (;;) {
		int result;

		walk->at = skip_blanks(redactor, walk->at);
		if (walk->at >= redactor->len)
			return -1;
		switch (redactor->text[walk->at]) {
		case '"':
			result = read_string(redactor, walk);
			if (result <= 0)
				return result;
			may_close = false;
			break;
		case '{':
		case '[':
			open_bracket(redactor, walk);
			may_close = true;
			break;
		case '}':
		case ']':
			return may_close ? close_bracket(redactor, walk) : -1;
		default:
			return read_word(redactor, walk);
		}
	}
}

/* Reads the closing brackets after a value. Returns 1 when another value follows,
 * 0 at the end of the line, -1 when it is not JSON. */
static int
read_closing(struct redactor *redactor, struct walk *walk)
{
	for (;;) {
		walk->at = skip_blanks(redactor, walk->at);
		if (walk->at >= redactor->len)
			return walk->depth == 0 ? 0 : -1;
		switch (redactor->text[walk->at]) {
		case ',':
			walk->at++;
			return walk->depth > 0 ? 1 : -1;
		case '}':
		case ']':
			if (close_bracket(redactor, walk) < 0)
				return -1;
			break;
		default:
			return -1;
		}
	}
}

static int
walk_line(struct redactor *redactor, bool is_again)
{
	static const char mark[] = "\xEF\xBB\xBF"; /* byte order mark */
	struct walk walk = { .place = REDACT_KEY_START, .is_again = is_again };
	int result;

	if (redactor->len >= 3 && memcmp(redactor->text, mark, 3) == 0)
		walk.at = 3;
	do {
		if (read_next_value(redactor, &walk) < 0)
			return -1;
		result = read_closing(redactor, &walk);
	} while (result == 1);
	return result;
}

/* When a name comes after its value, the value has already been passed: the line
 * is then read again. */
int
redact_json(struct redactor *redactor)
{
	redact_look_for_signs(redactor);
	secret_pairs_reset(&redactor->pairs);
	if (walk_line(redactor, false) < 0)
		return -1;
	if (!redactor->pairs.is_late)
		return 0;
	redact_restart(redactor);
	secret_pairs_sort(&redactor->pairs);
	return walk_line(redactor, true);
}
