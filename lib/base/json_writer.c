/* SPDX-License-Identifier: ISC */
#include "base/json_writer.h"
#include "base/num.h"
#include "base/require.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void
json_writer_init(struct json_writer *writer, struct buf *out)
{
	writer->out = out;
	writer->after_value = false;
}

static void
add_due_comma(struct json_writer *writer)
{
	if (writer->after_value)
		buf_add_char(writer->out, ',');
	writer->after_value = true;
}

void
json_writer_open(struct json_writer *writer, char bracket)
{
	REQUIRE(bracket == '{' || bracket == '[');
	add_due_comma(writer);
	buf_add_char(writer->out, bracket);
	writer->after_value = false;
}

void
json_writer_close(struct json_writer *writer, char bracket)
{
	REQUIRE(bracket == '}' || bracket == ']');
	buf_add_char(writer->out, bracket);
	writer->after_value = true;
}

/* Writes the first character of text; returns how many bytes of text that was. */
static size_t
write_escaped(struct buf *out, const unsigned char *text, size_t len)
{
	size_t length;

	switch (text[0]) {
	case '"':
	case '\\':
		buf_add_char(out, '\\');
		buf_add_char(out, (char)text[0]);
		return 1;
	case '\n':
		buf_add_text(out, "\\n");
		return 1;
	case '\r':
		buf_add_text(out, "\\r");
		return 1;
	case '\t':
		buf_add_text(out, "\\t");
		return 1;
	default:
		break;
	}
	if (text[0] < 0x20) {
		buf_printf(out, "\\u%04x", text[0]);
		return 1;
	}
	length = utf8_length((const char *)text, len);
	if (length == 0) {
		buf_add_text(out, UTF8_REPLACEMENT);
		return 1;
	}
	buf_add(out, text, length);
	return length;
}

static void
write_quoted(struct buf *out, const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;

	buf_add_char(out, '"');
	for (size_t i = 0; i < len;) {
		size_t plain = i;

		while (plain < len && p[plain] >= 0x20 && p[plain] < 0x80 &&
		    p[plain] != '"' && p[plain] != '\\')
			plain++;
		buf_add(out, text + i, plain - i);
		i = plain;
		if (i < len)
			i += write_escaped(out, p + i, len - i);
	}
	buf_add_char(out, '"');
}

void
json_writer_key(struct json_writer *writer, const char *key)
{
	add_due_comma(writer);
	write_quoted(writer->out, key, strlen(key));
	buf_add_char(writer->out, ':');
	writer->after_value = false;
}

void
json_writer_text(struct json_writer *writer, const char *text, size_t len)
{
	add_due_comma(writer);
	write_quoted(writer->out, text, len);
}

void
json_writer_integer(struct json_writer *writer, int64_t value)
{
	/* By hand: most of an event is integers, and printf is slow. */
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char text[24], *first = text + sizeof(text);

	do {
		*--first = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		*--first = '-';
	json_writer_raw(writer, first, (size_t)(text + sizeof(text) - first));
}

void
json_writer_real(struct json_writer *writer, double value)
{
	char text[NUM_REAL_SIZE];
	size_t len;

	if (!isfinite(value)) {
		json_writer_null(writer);
		return;
	}
	len = num_print_real(text, value);
	json_writer_raw(writer, text, len);
	if (strpbrk(text, ".e") == NULL)
		buf_add_text(writer->out, ".0");
}

void
json_writer_boolean(struct json_writer *writer, bool value)
{
	if (value)
		json_writer_raw(writer, "true", 4);
	else
		json_writer_raw(writer, "false", 5);
}

void
json_writer_null(struct json_writer *writer)
{
	json_writer_raw(writer, "null", 4);
}

void
json_writer_raw(struct json_writer *writer, const char *json, size_t len)
{
	add_due_comma(writer);
	buf_add(writer->out, json, len);
}

void
json_writer_key_text(struct json_writer *writer, const char *key,
    const char *text)
{
	if (text == NULL)
		return;
	json_writer_key(writer, key);
	json_writer_text(writer, text, strlen(text));
}

void
json_writer_key_integer(struct json_writer *writer, const char *key,
    int64_t value)
{
	json_writer_key(writer, key);
	json_writer_integer(writer, value);
}

void
json_writer_key_real(struct json_writer *writer, const char *key, double value)
{
	json_writer_key(writer, key);
	json_writer_real(writer, value);
}

void
json_writer_key_boolean(struct json_writer *writer, const char *key, bool value)
{
	json_writer_key(writer, key);
	json_writer_boolean(writer, value);
}
