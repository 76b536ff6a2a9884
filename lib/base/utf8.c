/* SPDX-License-Identifier: ISC */
#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

size_t
utf8_length(const char *text, size_t len)
{
	static const struct {
		unsigned char first, last, second_min, second_max, length;
	} rows[] = {
		{ 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 },
		{ 0xE1, 0xEC, 0x80, 0xBF, 3 }, { 0xED, 0xED, 0x80, 0x9F, 3 },
		{ 0xEE, 0xEF, 0x80, 0xBF, 3 }, { 0xF0, 0xF0, 0x90, 0xBF, 4 },
		{ 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
	};
	const unsigned char *bytes = (const unsigned char *)text;

	if (bytes[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (bytes[0] < rows[i].first || bytes[0] > rows[i].last)
			continue;
		if (len < rows[i].length || bytes[1] < rows[i].second_min ||
		    bytes[1] > rows[i].second_max)
			return 0;
		for (size_t k = 2; k < rows[i].length; k++)
			if ((bytes[k] & 0xC0) != 0x80)
				return 0;
		return rows[i].length;
	}
	return 0;
}

int
utf8_control(const char *text, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;

	if (bytes[0] < 0x20 || bytes[0] == 0x7F)
		return bytes[0];
	if (bytes[0] == 0xC2 && len > 1 && bytes[1] >= 0x80 && bytes[1] < 0xA0)
		return bytes[1];
	return -1;
}

size_t
utf8_cut(const char *text, size_t len, size_t max_bytes)
{
	size_t cut = max_bytes;

	if (len <= max_bytes)
		return len;
	/* A character has at most three bytes after its first. */
	while (cut > 0 && max_bytes - cut < 3 && ((unsigned char)text[cut] & 0xC0) == 0x80)
		cut--;
	return cut;
}

void
utf8_repair(char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		size_t step = utf8_length(text, len);

		if (step == 0) {
			*text = '?';
			step = 1;
		}
		text += step;
		len -= step;
	}
}

/* Characters that do not take one column, in order: none for marks that combine with the
 * one before and for invisible ones, two for what is wide in East Asia (Unicode Standard
 * Annex #11) and for emoji. */
static const struct {
	uint32_t first, last;
	unsigned char columns;
} widths[] = {
	{ 0x0300, 0x036F, 0 }, { 0x0483, 0x0489, 0 }, { 0x0591, 0x05BD, 0 },
	{ 0x0610, 0x061A, 0 }, { 0x064B, 0x065F, 0 }, { 0x1100, 0x115F, 2 },
	{ 0x1AB0, 0x1AFF, 0 }, { 0x1DC0, 0x1DFF, 0 }, { 0x200B, 0x200F, 0 },
	{ 0x202A, 0x202E, 0 }, { 0x2060, 0x2064, 0 }, { 0x2066, 0x206F, 0 },
	{ 0x20D0, 0x20FF, 0 }, { 0x2E80, 0x303E, 2 }, { 0x3041, 0x4DBF, 2 },
	{ 0x4E00, 0xA4CF, 2 }, { 0xA960, 0xA97F, 2 }, { 0xAC00, 0xD7A3, 2 },
	{ 0xF900, 0xFAFF, 2 }, { 0xFE00, 0xFE0F, 0 }, { 0xFE20, 0xFE2F, 0 },
	{ 0xFE30, 0xFE6F, 2 }, { 0xFEFF, 0xFEFF, 0 }, { 0xFF01, 0xFF60, 2 },
	{ 0xFFE0, 0xFFE6, 2 }, { 0x1F300, 0x1F64F, 2 }, { 0x1F680, 0x1F6FF, 2 },
	{ 0x1F900, 0x1FAFF, 2 }, { 0x20000, 0x3FFFD, 2 },
};

/* Returns the columns of the well-formed character of length bytes. */
static size_t
columns_of(const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)text;
	uint32_t code = length == 1 ? bytes[0] : bytes[0] & (0xFFU >> (length + 1));

	for (size_t i = 1; i < length; i++)
		code = code << 6 | (bytes[i] & 0x3F);
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		if (code >= widths[i].first && code <= widths[i].last)
			return widths[i].columns;
	return 1;
}

size_t
utf8_fit(const char *text, size_t *width)
{
	size_t left = strlen(text), len = 0, taken = 0;

	while (left > 0) {
		size_t step = utf8_length(text + len, left);
		size_t columns = step == 0 ? 1 : columns_of(text + len, step);

		if (columns > *width - taken)
			break;
		taken += columns;
		len += step == 0 ? 1 : step;
		left -= step == 0 ? 1 : step;
	}
	*width = taken;
	return len;
}

size_t
utf8_width(const char *text)
{
	size_t width = SIZE_MAX;

	utf8_fit(text, &width);
	return width;
}
