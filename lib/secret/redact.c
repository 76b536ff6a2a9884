/* SPDX-License-Identifier: ISC */
#include "secret/redact.h"
#include "base/mem.h"
#include "secret/redact_private.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Each round hides something. Real input needs at most two; other input may need
 * more. */
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

const struct err *
redactor_error(const struct redactor *redactor)
{
	return redactor->has_failed ? &redactor->key_error : NULL;
}

/* Searches a line that is not JSON as a whole. If it begins like JSON, its end
 * may be missing. */
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

/* Completes the rewritten line and swaps it into *out. */
static void
complete_line(struct redactor *redactor, struct buf *out)
{
	struct buf taken = *out;

	buf_add(&redactor->work, redactor->text + redactor->copied_bytes,
	    redactor->len - redactor->copied_bytes);
	memset(buf_room(&redactor->work, REDACT_PADDING), 0, REDACT_PADDING);
	*out = redactor->work;
	redactor->work = taken;
}

/* The meaning of text depends on what precedes it: brackets, quotes, commands.
 * When some of that was hidden, the rewritten line is read again. */
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
		complete_line(redactor, out);
		if (!redactor->is_unsure)
			break;
		redactor->text = out->data;
		redactor->len = out->len;
	}
	return count;
}
