/* SPDX-License-Identifier: ISC */
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *
buf_room(struct buf *buf, size_t more)
{
	size_t need;

	/* No allocation of SIZE_MAX bytes succeeds: it ends as out of memory. */
	if (__builtin_add_overflow(buf->len, more, &need) ||
	    __builtin_add_overflow(need, 1, &need))
		need = SIZE_MAX;
	if (need > buf->size) {
		size_t size = buf->size > 0 ? buf->size : 64;

		while (size < need)
			size = size > SIZE_MAX / 2 ? need : size * 2;
		buf->data = mem_resize(buf->data, size, 1);
		buf->size = size;
		buf->data[buf->len] = '\0';
	}
	return buf->data + buf->len;
}

void
buf_add(struct buf *buf, const void *bytes, size_t len)
{
	char *end = buf_room(buf, len);

	if (len > 0)
		memcpy(end, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void
buf_add_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void
buf_add_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void
buf_vprintf(struct buf *buf, const char *format, va_list arguments)
{
	va_list again;
	int len;

	va_copy(again, arguments);
	len = vsnprintf(NULL, 0, format, arguments);
	if (len >= 0) {
		char *end = buf_room(buf, (size_t)len);

		vsnprintf(end, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void
buf_printf(struct buf *buf, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	buf_vprintf(buf, format, arguments);
	va_end(arguments);
}

void
buf_add_visible(struct buf *buf, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t length = utf8_length(text + i, len - i);
		bool is_shown = length > 0 &&
		    utf8_control(text + i, len - i) < 0;

		if (length == 0)
			length = 1;
		if (is_shown)
			buf_add(buf, text + i, length);
		for (size_t k = i; !is_shown && k < i + length; k++)
			buf_printf(buf, "\\x%02x", (unsigned char)text[k]);
		i += length;
	}
}

const char *
buf_text(const struct buf *buf)
{
	return buf->data != NULL ? buf->data : "";
}

void
buf_reset(struct buf *buf)
{
	buf->len = 0;
	if (buf->data != NULL)
		buf->data[0] = '\0';
}

void
buf_release(struct buf *buf)
{
	free(buf->data);
	buf->data = NULL;
	buf->len = buf->size = 0;
}
