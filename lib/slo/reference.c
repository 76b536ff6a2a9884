/* SPDX-License-Identifier: ISC */
#include "slo/reference.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define BODY "body"
#define EXTRA "extra"

/* Room for the name of a column. */
#define NAME_SIZE 64

/* A word, or a path cut into its parts; the keys have no quotes. */
struct path {
	const char *first;
	size_t first_len;
	struct member_key keys[MEMBER_MAX_KEYS];
	const char *parts[MEMBER_MAX_KEYS]; /* where each key begins, with its quote */
	size_t key_count; /* may be more than MEMBER_MAX_KEYS */
	const char *last; /* where the last part begins */
};

static void
cut(struct path *path, const struct token_reader *token)
{
	const char *end = token->start + token->len;

	memset(path, 0, sizeof(*path));
	path->first = token->start;
	path->first_len = token_word_len(token->start);
	path->last = token->start;
	for (const char *p = path->first + path->first_len; p < end;) {
		const char *key = p + 1; /* after the point */
		bool is_quoted = *key == '"';
		size_t len = is_quoted ? strcspn(key + 1, "\"") : token_word_len(key);

		if (path->key_count < MEMBER_MAX_KEYS) {
			path->keys[path->key_count] = (struct member_key){
				key + is_quoted, len };
			path->parts[path->key_count] = key;
		}
		path->key_count++;
		path->last = key;
		p = key + len + (is_quoted ? 2 : 0);
	}
}

static bool
is_first(const struct path *path, const char *word)
{
	return path->first_len == strlen(word) &&
	    memcmp(path->first, word, path->first_len) == 0;
}

/* Fails at the token with the words, which it releases. */
static int
fail(const struct token_reader *token, struct buf *words, struct err *err)
{
	token_part_fail(token, token->start, err, buf_text(words));
	buf_release(words);
	return -1;
}

/* Adds the text without the double quotes in it. */
static void
add_unquoted(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] != '"')
			buf_add_char(out, text[i]);
}

/* There are more keys than can be read: the text from there on may be meant as one. */
static int
fail_long(const struct token_reader *token, const char *from, struct err *err)
{
	struct buf words = BUF_EMPTY;

	buf_printf(&words, "a key with points in it has double quotes: %.*s\"",
	    (int)(from - token->start), token->start);
	add_unquoted(&words, from, (size_t)(token->start + token->len - from));
	buf_add_char(&words, '"');
	return fail(token, &words, err);
}

/* labels.a-b and labels.a/b could be one key, or be calculated. */
static int
check_next(const struct token_reader *token, const struct path *path, bool is_other,
    struct err *err)
{
	const char *end = token->start + token->len;
	struct buf words = BUF_EMPTY;

	if (*path->last == '"' || (*end != '-' && *end != '/') ||
	    !isalpha((unsigned char)end[1]))
		return 0;
	while (isalnum((unsigned char)*end) || (*end != '\0' && strchr("_.-/", *end)))
		end++;
	buf_printf(&words, "write %s%.*s\"%.*s\" for one key, or a blank after %.*s",
	    is_other && path->key_count == 0 ? BODY "." : "",
	    (int)(path->last - token->start), token->start, (int)(end - path->last),
	    path->last, (int)token->len, token->start);
	return fail(token, &words, err);
}

/* A path whose first word is a column that is no JSON. */
static int
fail_plain_column(const struct token_reader *token, const struct column *column,
    struct err *err)
{
	enum operand_type type = operand_type_of(column->type);
	struct buf words = BUF_EMPTY;

	buf_printf(&words, "%s is %s, it has no keys", column->name,
	    type == OPERAND_BOOLEAN ? "a boolean"
	    : type == OPERAND_NUMBER ? "a number" : "a text");
	return fail(token, &words, err);
}

/* A path whose first word is no column. */
static int
fail_unknown_column(const struct token_reader *token, const struct path *path,
    enum event_kind kind, struct err *err)
{
	const char *wire = event_descriptions[kind].wire, *near;
	const char *rest = path->first + path->first_len + 1;
	int rest_len = (int)(token->start + token->len - rest);
	struct buf words = BUF_EMPTY, name = BUF_EMPTY;

	buf_add(&name, path->first, path->first_len);
	near = column_nearest_json(buf_text(&name), kind);
	buf_printf(&words, "event %s has no column '%.60s'; ", wire, buf_text(&name));
	if (near != NULL)
		buf_printf(&words, "did you mean '%s.%.*s'?", near, rest_len, rest);
	else if (is_first(path, wire) || is_first(path, event_descriptions[kind].table))
		buf_printf(&words, "a column is written alone: %.*s", rest_len, rest);
	else
		buf_printf(&words, "a key without a column is " EXTRA ".%.*s",
		    (int)token->len, token->start);
	buf_release(&name);
	return fail(token, &words, err);
}

/* A path of a type of event.def. */
static int
read_known(struct member *out, const struct token_reader *token,
    const struct path *path, enum event_kind kind, struct err *err)
{
	struct column column;
	size_t most = is_first(path, EXTRA) ? MEMBER_MAX_KEYS : 1;

	if (!column_look_up(&column, path->first, path->first_len, kind))
		return fail_unknown_column(token, path, kind, err);
	if (column.type != EVENT_JSON)
		return fail_plain_column(token, &column, err);
	/* labels and attributes are flat, so that a second point must be in a key. */
	if (path->key_count > most)
		return fail_long(token, path->parts[most - 1], err);
	*out = (struct member){ .column = column.name, .key_count = path->key_count };
	memcpy(out->keys, path->keys, sizeof(out->keys));
	return check_next(token, path, false, err);
}

/* A word or path of an event of another type, unless it is a column. */
static int
read_other(struct member *out, const struct token_reader *token,
    const struct path *path, struct err *err)
{
	size_t count = 0, key_count = path->key_count;
	struct buf words = BUF_EMPTY;
	struct column column;

	if (key_count > 0 && is_first(path, EXTRA)) {
		buf_add_text(&words, "the keys of an event of your own are written "
		    "alone: ");
		buf_printf(&words, "%.*s", (int)(token->len - strlen(EXTRA) - 1),
		    token->start + strlen(EXTRA) + 1);
		return fail(token, &words, err);
	}
	if (key_count > 0 &&
	    column_look_up(&column, path->first, path->first_len, EVENTS_OTHER))
		return fail_plain_column(token, &column, err);
	*out = (struct member){ .column = BODY };
	if (!is_first(path, BODY)) {
		out->keys[count++] = (struct member_key){ path->first, path->first_len };
		key_count++;
	} else if (key_count == 0) {
		buf_add_text(&words, BODY " is the whole event; its key of that name is "
		    BODY "." BODY);
		return fail(token, &words, err);
	}
	if (key_count > MEMBER_MAX_KEYS)
		return fail_long(token, path->parts[MEMBER_MAX_KEYS - 1 - count], err);
	out->key_count = key_count;
	memcpy(out->keys + count, path->keys, (key_count - count) * sizeof(out->keys[0]));
	return check_next(token, path, true, err);
}

static int
read_column(struct column *out, const struct token_reader *token,
    enum event_kind kind, struct err *err)
{
	char name[NAME_SIZE];

	if (token->len >= sizeof(name))
		return token_fail(token, err, "not a column");
	memcpy(name, token->start, token->len);
	name[token->len] = '\0';
	if (column_find(out, name, kind, err) < 0)
		return err_in(err, "'%.80s': character %zu", token->text,
		    (size_t)(token->start - token->text) + 1);
	return 0;
}

int
reference_read(struct reference *out, const struct token_reader *token,
    enum event_kind kind, struct err *err)
{
	bool is_other = kind == EVENTS_OTHER;
	struct path path;

	memset(out, 0, sizeof(*out));
	out->is_member = token->type == TOKEN_PATH || (is_other &&
	    !column_look_up(&out->column, token->start, token->len, kind));
	if (!out->is_member && !is_other)
		return read_column(&out->column, token, kind, err);
	if (!out->is_member)
		return 0;
	cut(&path, token);
	return is_other ? read_other(&out->member, token, &path, err)
	    : read_known(&out->member, token, &path, kind, err);
}

/* Reads a name that has to be all of a text. *out is zeros before. */
static int
read_whole(struct reference *out, const char *name, enum event_kind kind,
    struct err *err)
{
	struct token_reader token;

	if (kind != EVENTS_OTHER && name[0] != '\0' &&
	    token_word_len(name) == strlen(name))
		return column_find(&out->column, name, kind, err);
	token_init(&token, name);
	if (token_next(&token, err) < 0)
		return -1;
	if (token.type != TOKEN_WORD && token.type != TOKEN_PATH)
		return token_fail(&token, err, "expected a column, or a member such as "
		    "labels.KEY");
	if (reference_read(out, &token, kind, err) < 0 || token_next(&token, err) < 0)
		return -1;
	return token.type == TOKEN_END ? 0
	    : token_fail(&token, err, "expected the end after a column or member");
}

int
reference_group_sql(char **sql, const char *name, enum event_kind kind,
    struct err *err)
{
	struct reference reference = { .is_member = false };
	struct buf text = BUF_EMPTY;

	if (read_whole(&reference, name, kind, err) < 0)
		return -1;
	if (reference.is_member)
		member_sql(&text, &reference.member, OPERAND_TEXT);
	else
		buf_add_text(&text, reference.column.name);
	*sql = mem_text(buf_text(&text));
	buf_release(&text);
	return 0;
}

void
reference_group_release(struct slo_group *group)
{
	free(group->name);
	free(group->sql);
	free(group->presence_sql);
	memset(group, 0, sizeof(*group));
}
