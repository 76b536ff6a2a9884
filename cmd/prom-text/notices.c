/* SPDX-License-Identifier: ISC */
#include "cmd/prom-text/notices.h"
#include "base/log.h"

#include <stdbool.h>
#include <string.h>

static bool
has(const struct buf *texts, const char *text)
{
	for (size_t at = 0; at < texts->len; at += strlen(texts->data + at) + 1)
		if (strcmp(texts->data + at, text) == 0)
			return true;
	return false;
}

void
notices_add(struct notices *notices, const char *text)
{
	if (has(&notices->now, text))
		return;
	if (!has(&notices->before, text))
		log_warning("%s", text);
	buf_add(&notices->now, text, strlen(text) + 1);
}

void
notices_end(struct notices *notices)
{
	struct buf before = notices->before;

	notices->before = notices->now;
	notices->now = before;
	buf_reset(&notices->now);
}

void
notices_release(struct notices *notices)
{
	buf_release(&notices->before);
	buf_release(&notices->now);
}
