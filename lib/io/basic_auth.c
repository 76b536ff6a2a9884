/* SPDX-License-Identifier: ISC */
#include "io/basic_auth.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#define SCHEME "basic"
#define MAX_TEXT (BASIC_AUTH_MAX_NAME + 1 + BASIC_AUTH_MAX_PASSWORD)

/* Returns the value of a digit of base64, or -1. */
static int
digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes text into out, of MAX_TEXT bytes. Returns the length, or -1. Bits that a last
 * digit has too many must be zero, so that a text has one spelling only. */
static ptrdiff_t
decode_base64(const char *text, size_t len, char *out)
{
	unsigned bits = 0;
	int bit_count = 0;
	size_t padding = 0, out_len = 0;

	while (len > 0 && padding < 2 && text[len - 1] == '=') {
		len--;
		padding++;
	}
	if (len % 4 == 1 || (padding > 0 && (len + padding) % 4 != 0))
		return -1;
	for (size_t i = 0; i < len; i++) {
		int value = digit_value(text[i]);

		if (value < 0)
			return -1;
		bits = (bits << 6 | (unsigned)value) & 0xfff;
		bit_count += 6;
		if (bit_count < 8)
			continue;
		bit_count -= 8;
		if (out_len == MAX_TEXT)
			return -1;
		out[out_len++] = (char)(bits >> bit_count & 0xff);
	}
	return (bits & ((1U << bit_count) - 1)) == 0 ? (ptrdiff_t)out_len : -1;
}

/* Cuts "name:password" at its first colon. */
static bool
cut(const char *text, size_t len, struct basic_auth *out)
{
	const char *colon = memchr(text, ':', len);
	size_t name_len, password_len;

	if (colon == NULL || memchr(text, '\0', len) != NULL)
		return false;
	name_len = (size_t)(colon - text);
	password_len = len - name_len - 1;
	if (name_len > BASIC_AUTH_MAX_NAME || password_len > BASIC_AUTH_MAX_PASSWORD)
		return false;
	memcpy(out->name, text, name_len);
	memcpy(out->password, colon + 1, password_len);
	return true;
}

int
basic_auth_read(const char *header, struct basic_auth *out)
{
	size_t scheme_len = sizeof(SCHEME) - 1, blanks;
	char text[MAX_TEXT];
	ptrdiff_t len;
	bool is_read;

	memset(out, 0, sizeof(*out));
	if (header == NULL || strncasecmp(header, SCHEME, scheme_len) != 0)
		return -1;
	header += scheme_len;
	blanks = strspn(header, " ");
	if (blanks == 0)
		return -1;
	header += blanks;
	len = decode_base64(header, strlen(header), text);
	is_read = len >= 0 && cut(text, (size_t)len, out);
	explicit_bzero(text, sizeof(text));
	return is_read ? 0 : -1;
}
