/* SPDX-License-Identifier: ISC */
#include "base/utf8.h"

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

size_t
utf8_width(const char *text)
{
	size_t width = 0;

	for (; *text != '\0'; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}
