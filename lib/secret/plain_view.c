/* SPDX-License-Identifier: ISC */
#include "secret/plain_view.h"
#include "base/mem.h"
#include "base/require.h"

#include <stdlib.h>
#include <string.h>

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Returns the code unit of the escape \uXXXX at text, or -1 when there is
 * none. */
static long
code_unit(const char *text, size_t len)
{
	long value = 0;

	if (len < 6 || text[0] != '\\' || text[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		int one = hex_digit(text[i]);

		if (one < 0)
			return -1;
		value = value * 16 + one;
	}
	return value;
}

static size_t
encode_utf8(long code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3F));
		out[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3F));
	out[2] = (char)(0x80 | (code >> 6 & 0x3F));
	out[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}

/* Decodes the escape at text, which begins with a backslash. Returns the length
 * of the escape in bytes, or 0 when it is none. */
static size_t
decode_escape(const char *text, size_t len, char out[4], size_t *out_len)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter;
	long high = code_unit(text, len), low;

	*out_len = 1;
	if (high >= 0xD800 && high < 0xE000) {
		low = code_unit(text + 6, len - 6);
		if (high < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
			*out_len = encode_utf8(0x10000 + (high - 0xD800) * 0x400 +
			    (low - 0xDC00), out);
			return 12;
		}
		high = 0xFFFD;
	}
	if (high >= 0) {
		*out_len = encode_utf8(high, out);
		return 6;
	}
	letter = len < 2 || text[1] == '\0' ? NULL : strchr(letters, text[1]);
	if (letter == NULL)
		return 0;
	out[0] = meanings[letter - letters];
	return 2;
}

/* Decodes one escape or copies one byte. Returns how many bytes it read. */
static size_t
decode_one(const char *text, size_t len, char out[4], size_t *out_len)
{
	size_t taken = 0;

	if (text[0] == '\\') {
		taken = decode_escape(text, len, out, out_len);
		if (taken > 0 && (out[0] == '"' || out[0] == '\\')) {
			out[1] = out[0];
			out[0] = '\\';
			*out_len = 2;
		}
	} else if (text[0] == '%' && len >= 3) {
		char c = (char)(hex_digit(text[1]) * 16 + hex_digit(text[2]));

		if (hex_digit(text[1]) > 1 && hex_digit(text[2]) >= 0 &&
		    (c == '@' || c == '=' || c == ':' || c == '/')) {
			out[0] = c;
			*out_len = 1;
			taken = 3;
		}
	}
	if (taken == 0) {
		out[0] = text[0];
		*out_len = taken = 1;
	}
	return taken;
}

void
plain_view_make(struct plain_view *view, const char *raw, size_t len)
{
	char *next;

	REQUIRE(len < UINT32_MAX);
	view->text = raw;
	view->len = len;
	view->is_same = len == 0 || (memchr(raw, '\\', len) == NULL &&
	    memchr(raw, '%', len) == NULL);
	if (view->is_same)
		return;
	if (view->origin_size <= len) {
		view->origin_size = len + 1;
		view->origins = mem_resize(view->origins, view->origin_size,
		    sizeof(*view->origins));
	}
	buf_reset(&view->bytes);
	/* Decoding never makes an escape longer. */
	next = buf_room(&view->bytes, len + 4);
	for (size_t at = 0; at < len;) {
		size_t out_len;
		size_t taken = decode_one(raw + at, len - at, next, &out_len);

		for (size_t i = 0; i < out_len; i++)
			view->origins[view->bytes.len++] = (uint32_t)at;
		next += out_len;
		at += taken;
	}
	*next = '\0';
	view->origins[view->bytes.len] = (uint32_t)len;
	view->text = view->bytes.data;
	view->len = view->bytes.len;
}

size_t
plain_view_origin(const struct plain_view *view, size_t at)
{
	REQUIRE(at <= view->len);
	return view->is_same ? at : view->origins[at];
}

void
plain_view_release(struct plain_view *view)
{
	buf_release(&view->bytes);
	free(view->origins);
	view->origins = NULL;
	view->origin_size = 0;
}

void
plain_unescape(const char *raw, size_t len, struct buf *out)
{
	while (len > 0) {
		const char *escape = memchr(raw, '\\', len);
		size_t run = escape == NULL ? len : (size_t)(escape - raw);
		size_t out_len, taken;
		char one[4];

		buf_add(out, raw, run);
		raw += run;
		len -= run;
		if (len == 0)
			return;
		taken = decode_escape(raw, len, one, &out_len);
		if (taken == 0) {
			taken = 1;
			one[0] = raw[0];
		}
		buf_add(out, one, out_len);
		raw += taken;
		len -= taken;
	}
}
