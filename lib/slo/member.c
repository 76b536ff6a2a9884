/* SPDX-License-Identifier: ISC */
#include "slo/member.h"
#include "base/require.h"
#include "tel/event_sql.h"

#include <ctype.h>
#include <string.h>

/* Whether all writers of JSON write the key without escapes. SQLite 3.40 compares the
 * keys of a path with the bytes of the row: it does not find "caf\u00e9" or "a\/b". */
static bool
is_plain(const struct member_key *key)
{
	for (size_t i = 0; i < key->len; i++)
		if (!isalnum((unsigned char)key->start[i]) &&
		    strchr("_.-: ", key->start[i]) == NULL)
			return false;
	return true;
}

static bool
is_a_word(const struct member_key *key)
{
	return key->len > 0 && token_word_len(key->start) >= key->len;
}

/* Appends the path of the first `count` keys, which are plain, as a text of SQL. */
static void
add_path(struct buf *out, const struct member *member, size_t count)
{
	buf_add_text(out, "'$");
	for (size_t i = 0; i < count; i++) {
		const struct member_key *key = &member->keys[i];

		buf_printf(out, is_a_word(key) ? ".%.*s" : ".\"%.*s\"", (int)key->len,
		    key->start);
	}
	buf_add_char(out, '\'');
}

/* How a member is got: its value as SQL has it, its JSON type, and its JSON text. */
struct access {
	const char *value, *type, *text;
};

static void
add_reading(struct buf *out, const struct access *access, enum operand_type reading)
{
	switch (reading) {
	case OPERAND_BOOLEAN:
		buf_printf(out, "CASE %s WHEN 1 THEN TRUE WHEN 0 THEN FALSE END",
		    access->value);
		break;
	case OPERAND_NUMBER: /* objects and arrays are texts to typeof */
		buf_printf(out, "CASE WHEN typeof(%s) <> 'text' THEN %s END",
		    access->value, access->value);
		break;
	case OPERAND_TEXT:
		buf_printf(out, "CASE WHEN %s = 'text' THEN %s WHEN %s NOT IN "
		    "('object', 'array', 'null') THEN %s END", access->type,
		    access->value, access->type, access->text);
		break;
	case OPERAND_MEMBER:
		break;
	}
}

/* Found by its path. */
static void
add_by_path(struct buf *out, const struct member *member, enum operand_type reading)
{
	struct buf path = BUF_EMPTY, value = BUF_EMPTY, type = BUF_EMPTY,
	    text = BUF_EMPTY;

	add_path(&path, member, member->key_count);
	buf_printf(&value, "json_extract(%s, %s)", member->column, buf_text(&path));
	buf_printf(&type, "json_type(%s, %s)", member->column, buf_text(&path));
	buf_printf(&text, "%s -> %s", member->column, buf_text(&path));
	add_reading(out, &(struct access){ buf_text(&value), buf_text(&type),
	    buf_text(&text) }, reading);
	buf_release(&path);
	buf_release(&value);
	buf_release(&type);
	buf_release(&text);
}

/* Appends the rest of a subquery that looks for key number `at`, in whatever way a row
 * has escaped it. */
static void
add_search(struct buf *out, const struct member *member, size_t at)
{
	buf_printf(out, " FROM json_each(%s", member->column);
	if (at > 0 && is_plain(&member->keys[0])) {
		buf_add_text(out, ", ");
		add_path(out, member, at);
	} else if (at > 0) {
		buf_add_text(out, ", (SELECT fullkey");
		add_search(out, member, at - 1);
		buf_add_char(out, ')');
	}
	buf_add_text(out, ") WHERE key = ");
	event_sql_text(out, member->keys[at].start, member->keys[at].len);
	buf_add_text(out, " LIMIT 1");
}

void
member_sql(struct buf *out, const struct member *member, enum operand_type reading)
{
	struct buf text = BUF_EMPTY;
	bool has_path = true;

	REQUIRE(member->key_count > 0 && member->key_count <= MEMBER_MAX_KEYS);
	REQUIRE(reading != OPERAND_MEMBER);
	for (size_t i = 0; i < member->key_count; i++)
		has_path &= is_plain(&member->keys[i]);
	buf_printf(out, "CASE WHEN json_valid(%s) THEN ", member->column);
	if (has_path) {
		add_by_path(out, member, reading);
	} else {
		buf_printf(&text, "%s -> fullkey", member->column);
		buf_add_text(out, "(SELECT ");
		add_reading(out, &(struct access){ "value", "type", buf_text(&text) },
		    reading);
		add_search(out, member, member->key_count - 1);
		buf_add_char(out, ')');
		buf_release(&text);
	}
	buf_add_text(out, " END");
}
