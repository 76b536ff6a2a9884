/* SPDX-License-Identifier: ISC */
#include "secret/redact.h"
#include "base/mem.h"
#include "io/digest.h"
#include "secret/redact_private.h"
#include "secret/secret_text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Each round hides something; more than two are not needed but for nonsense. */
#define ROUND_MAX 8

struct redactor *
redactor_open(const struct redact_options *options)
{
	struct redactor *redactor = mem_new(1, sizeof(*redactor));

	redactor->hash_keys = mem_new(options->hash_key_count + 1,
	    sizeof(*redactor->hash_keys));
	for (size_t i = 0; i < options->hash_key_count; i++)
		redactor->hash_keys[i] = mem_text(options->hash_keys[i]);
	redactor->hash_key_count = options->hash_key_count;
	if (options->hash_key_len > 0)
		buf_add(&redactor->hash_key, options->hash_key,
		    options->hash_key_len);
	else
		redactor->find_key = options->find_key;
	redactor->context = options->context;
	return redactor;
}

void
redactor_close(struct redactor *redactor)
{
	if (redactor == NULL)
		return;
	for (size_t i = 0; i < redactor->hash_key_count; i++)
		free(redactor->hash_keys[i]);
	free(redactor->hash_keys);
	buf_release(&redactor->hash_key);
	plain_view_release(&redactor->view);
	buf_release(&redactor->plain);
	buf_release(&redactor->work);
	secret_pairs_release(&redactor->text_pairs);
	secret_pairs_release(&redactor->pairs);
	free(redactor);
}

/* Copies what stands before start and passes over what is hidden. */
static void
replace(struct redactor *redactor, size_t start, size_t end, const char *around,
    size_t around_len, const char *by, size_t by_len)
{
	struct buf *work = &redactor->work;

	buf_add(work, redactor->text + redactor->copied_bytes,
	    start - redactor->copied_bytes);
	buf_add(work, around, around_len);
	buf_add(work, by, by_len);
	buf_add(work, around, around_len);
	redactor->copied_bytes = end;
	if (redactor->count < INT_MAX)
		redactor->count++;
}

void
redact_hide(struct redactor *redactor, size_t start, size_t end,
    const char *around, size_t around_len)
{
	replace(redactor, start, end, around, around_len, SECRET_MARK,
	    SECRET_MARK_LEN);
}

/* Whether a hash can be made; asks for the key the first time. */
static bool
has_key(struct redactor *redactor)
{
	if (redactor->find_key != NULL) {
		redactor->has_failed = redactor->find_key(redactor->context,
		    &redactor->hash_key, &redactor->key_error) < 0;
		redactor->find_key = NULL;
	}
	return !redactor->has_failed;
}

const struct err *
redactor_error(const struct redactor *redactor)
{
	return redactor->has_failed ? &redactor->key_error : NULL;
}

void
redact_hash(struct redactor *redactor, size_t start, size_t end,
    const char *around, size_t around_len, const char *bytes, size_t len)
{
	char hex[DIGEST_HEX_SIZE];

	if (!has_key(redactor)) {
		redact_hide(redactor, start, end, around, around_len);
		return;
	}
	digest_keyed(buf_text(&redactor->hash_key), redactor->hash_key.len,
	    bytes, len, hex);
	replace(redactor, start, end, around, around_len, hex,
	    DIGEST_HEX_SIZE - 1);
}

static void
hash_address(struct redactor *redactor, const struct secret_span *span,
    size_t start, size_t end)
{
	size_t len = span->end - span->start;

	buf_reset(&redactor->plain);
	buf_add(&redactor->plain, redactor->view.text + span->start, len);
	for (size_t i = 0; i < len; i++)
		if (redactor->plain.data[i] >= 'A' && redactor->plain.data[i] <= 'Z')
			redactor->plain.data[i] = (char)(redactor->plain.data[i] | 0x20);
	redact_hash(redactor, start, end, "", 0, redactor->plain.data, len);
}

/* What stands around what takes the place of a bare value whose name is in
 * quotes: the same quotes. */
static void
hide_value(struct redactor *redactor, const struct secret_span *span,
    size_t start, size_t end)
{
	struct buf around = BUF_EMPTY;

	if (span->quote != '\0') {
		memset(buf_room(&around, span->backslash_count), '\\',
		    span->backslash_count);
		around.len = span->backslash_count;
		buf_add_char(&around, span->quote);
	}
	if (span->kind == SECRET_SPAN_HASHED) {
		buf_reset(&redactor->plain);
		plain_unescape(redactor->text + start, end - start,
		    &redactor->plain);
		redact_hash(redactor, start, end, buf_text(&around), around.len,
		    redactor->plain.data, redactor->plain.len);
	} else {
		redact_hide(redactor, start, end, buf_text(&around), around.len);
	}
	buf_release(&around);
}

void
redact_search(struct redactor *redactor, size_t start, size_t end, bool is_cut)
{
	struct plain_view *view = &redactor->view;
	struct secret_finder finder = { 0 };
	struct secret_span span;

	plain_view_make(view, redactor->text + start, end - start);
	finder.text = view->text;
	finder.len = view->len;
	finder.hash_names = (const char *const *)redactor->hash_keys;
	finder.hash_name_count = redactor->hash_key_count;
	finder.is_cut = is_cut;
	finder.pairs = &redactor->text_pairs;
	while (secret_text_next(&finder, &span)) {
		size_t from = start + plain_view_origin(view, span.start);
		size_t until = start + plain_view_origin(view, span.end);

		if (span.kind == SECRET_SPAN_ADDRESS)
			hash_address(redactor, &span, from, until);
		else
			hide_value(redactor, &span, from, until);
		redactor->is_unsure |= span.kind != SECRET_SPAN_ADDRESS;
	}
}

void
redact_restart(struct redactor *redactor)
{
	redactor->count = 0;
	redactor->copied_bytes = 0;
	buf_reset(&redactor->work);
}

/* A line that is not JSON as a whole: broken JSON may have lost its end. */
static void
search_line(struct redactor *redactor)
{
	size_t at = 0;

	redact_restart(redactor);
	while (at < redactor->len && (redactor->text[at] == ' ' ||
	    redactor->text[at] == '\t'))
		at++;
	redact_search(redactor, 0, redactor->len, at < redactor->len &&
	    (redactor->text[at] == '{' || redactor->text[at] == '['));
}

/* Ends the line that is rewritten, and exchanges it for *out. */
static void
finish(struct redactor *redactor, struct buf *out)
{
	struct buf taken = *out;

	buf_add(&redactor->work, redactor->text + redactor->copied_bytes,
	    redactor->len - redactor->copied_bytes);
	memset(buf_room(&redactor->work, REDACT_PADDING), 0, REDACT_PADDING);
	*out = redactor->work;
	redactor->work = taken;
}

/* What a part of a text means depends on what stands before it: brackets, quotes,
 * commands. When some of that was hidden, what is left is read again. */
int
redactor_line(struct redactor *redactor, const char *text, size_t len,
    struct buf *out)
{
	int count = 0;

	redactor->text = text;
	redactor->len = len;
	for (int round = 0; round < ROUND_MAX; round++) {
		redactor->is_unsure = false;
		redact_restart(redactor);
		if (redact_json(redactor) < 0)
			search_line(redactor);
		if (redactor->count == 0)
			break;
		count = redactor->count < INT_MAX - count
		    ? count + redactor->count : INT_MAX;
		finish(redactor, out);
		if (!redactor->is_unsure)
			break;
		redactor->text = out->data;
		redactor->len = out->len;
	}
	return count;
}
