/* SPDX-License-Identifier: ISC
 *
 * Replaces parts of the line by marks and hashes, and searches its texts for
 * secrets. The line is rewritten from its beginning to its end.
 */
#include "io/digest.h"
#include "base/require.h"
#include "secret/redact_private.h"
#include "secret/secret_text.h"

#include <limits.h>
#include <string.h>

/* Copies the text up to start and replaces text[start..end). */
static void
replace(struct redactor *redactor, size_t start, size_t end, const char *around,
    size_t around_len, const char *replacement, size_t replacement_len)
{
	struct buf *work = &redactor->work;

	REQUIRE(start >= redactor->copied_bytes && start <= end &&
	    end <= redactor->len);
	buf_add(work, redactor->text + redactor->copied_bytes,
	    start - redactor->copied_bytes);
	buf_add(work, around, around_len);
	buf_add(work, replacement, replacement_len);
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

/* Whether a hash can be made. Gets the key the first time. */
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

/* When the name is quoted and the value is not, the replacement of the value gets
 * the quotes of the name. */
static void
hide_span(struct redactor *redactor, const struct secret_span *span,
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
			hide_span(redactor, &span, from, until);
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
