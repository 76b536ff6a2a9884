/* SPDX-License-Identifier: ISC */
#include "base/json_writer.h"
#include "json/json.h"
#include "tests/unit/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
writes_nested_values(void **state)
{
	struct buf out = BUF_EMPTY;
	struct json_writer writer;

	(void)state;
	json_writer_init(&writer, &out);
	json_writer_open(&writer, '{');
	json_writer_key(&writer, "empty");
	json_writer_open(&writer, '[');
	json_writer_close(&writer, ']');
	json_writer_key(&writer, "list");
	json_writer_open(&writer, '[');
	json_writer_integer(&writer, 1);
	json_writer_open(&writer, '{');
	json_writer_close(&writer, '}');
	json_writer_null(&writer);
	json_writer_raw(&writer, "[1,2]", 5);
	json_writer_close(&writer, ']');
	json_writer_key_text(&writer, "text", "x");
	json_writer_key_text(&writer, "left out", NULL);
	json_writer_key_integer(&writer, "integer", -7);
	json_writer_key_real(&writer, "real", 0.5);
	json_writer_key_boolean(&writer, "yes", true);
	json_writer_key_boolean(&writer, "no", false);
	json_writer_close(&writer, '}');
	assert_string_equal(buf_text(&out),
	    "{\"empty\":[],\"list\":[1,{},null,[1,2]],\"text\":\"x\",\"integer\":-7,"
	    "\"real\":0.5,\"yes\":true,\"no\":false}");
	buf_release(&out);
}

static void
escapes(void **state)
{
	static const struct {
		const char *in;
		size_t len;
		const char *out;
	} rows[] = {
		{ "", 0, "\"\"" }, { "a\"b\\c/", 6, "\"a\\\"b\\\\c/\"" },
		{ "\n\r\t", 3, "\"\\n\\r\\t\"" },
		{ "\0\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\x7f\"" },
		{ "\xC3\xA9", 2, "\"\xC3\xA9\"" }, { "\xE2\x82\xAC", 3, "\"\xE2\x82\xAC\"" },
		{ "\xF0\x9F\x98\x80", 4, "\"\xF0\x9F\x98\x80\"" },
		/* Truncated, a lone continuation byte, overlong, a surrogate,
		 * above U+10FFFF. */
		{ "\xE2\x82", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ "a\x80z", 3, "\"a\xEF\xBF\xBDz\"" },
		{ "\xC0\xAF", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ "\xE0\x80\xAF", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ "\xED\xA0\x80", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ "\xF4\x90\x80\x80", 4, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ "\xFF", 1, "\"\xEF\xBF\xBD\"" }, { "\xC3(", 2, "\"\xEF\xBF\xBD(\"" },
	};
	struct buf out = BUF_EMPTY;
	struct json_writer writer;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_reset(&out);
		json_writer_init(&writer, &out);
		json_writer_text(&writer, rows[i].in, rows[i].len);
		assert_string_equal(buf_text(&out), rows[i].out);
	}
	buf_release(&out);
}

static void
numbers(void **state)
{
	struct buf out = BUF_EMPTY;
	struct json_writer writer;

	(void)state;
	json_writer_init(&writer, &out);
	json_writer_open(&writer, '[');
	json_writer_integer(&writer, INT64_MIN);
	json_writer_integer(&writer, INT64_MAX);
	json_writer_real(&writer, 0.1);
	json_writer_real(&writer, 3);
	json_writer_real(&writer, -0.0);
	json_writer_real(&writer, 12345678901234568.0);
	json_writer_real(&writer, 1e300);
	json_writer_real(&writer, (double)NAN);
	json_writer_real(&writer, (double)INFINITY);
	json_writer_close(&writer, ']');
	assert_string_equal(buf_text(&out),
	    "[-9223372036854775808,9223372036854775807,0.1,3.0,-0.0,12345678901234568.0,1e+300,"
	    "null,null]");
	buf_release(&out);
}

/* The reader accepts the output for any bytes, and ASCII text is read back
 * unchanged. */
static void
writes_json_for_any_bytes(void **state)
{
	struct json_parser *parser = json_open(1 << 16);
	struct buf out = BUF_EMPTY;
	struct json_writer writer;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		char text[64];
		size_t len = random_below(sizeof(text));
		bool is_ascii = random_below(2) == 0;
		struct json_object object;
		struct json_error error;

		for (size_t k = 0; k < len; k++)
			text[k] = (char)(random_next() & (is_ascii ? 0x7F : 0xFF));
		buf_reset(&out);
		json_writer_init(&writer, &out);
		json_writer_open(&writer, '{');
		json_writer_key(&writer, "t");
		json_writer_text(&writer, text, len);
		json_writer_close(&writer, '}');
		buf_room(&out, JSON_PADDING);
		assert_int_equal(json_read(parser, out.data, out.len, &object, &error), 0);
		assert_int_equal(object.count, 1);
		if (is_ascii) {
			assert_int_equal(object.members[0].text_len, len);
			assert_true(memcmp(object.members[0].text, text, len) == 0);
		}
	}
	json_close(parser);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_nested_values),
		cmocka_unit_test(escapes),
		cmocka_unit_test(numbers),
		cmocka_unit_test(writes_json_for_any_bytes),
	};

	random_start();
	return cmocka_run_group_tests_name("json_writer", tests, NULL, NULL);
}
