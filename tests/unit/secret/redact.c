/* SPDX-License-Identifier: ISC
 *
 * redact: lines before and after redaction; they are whole or broken.
 */
#include "secret/redact.h"
#include "tests/unit/secret/redact_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A key is compared with the one expected there only when the rest of the line is
 * longer than the longest key. */
#define REST ",\"rest\":\"of a line that is long enough for known keys\"}"

/* Redacts in and compares the result with want, where #TEXT# stands for the hash
 * of TEXT. Redacting the result again must change nothing. */
static void
expect_redacted(struct redactor *redactor, const char *in, const char *want)
{
	struct buf out = BUF_EMPTY, again = BUF_EMPTY, whole = BUF_EMPTY;
	int count;

	while (*want != '\0') {
		const char *end = *want == '#' ? strchr(want + 1, '#') : NULL;

		if (end != NULL)
			add_hash(&whole, want + 1, (size_t)(end - want - 1));
		else
			buf_add_char(&whole, *want);
		want = end != NULL ? end + 1 : want + 1;
	}
	count = redactor_line(redactor, in, strlen(in), &out);
	if (count == 0) {
		assert_null(out.data);
		assert_string_equal(in, buf_text(&whole));
	} else {
		static const char zeros[REDACT_PADDING];

		assert_string_equal(buf_text(&out), buf_text(&whole));
		assert_memory_equal(out.data + out.len, zeros, REDACT_PADDING);
		if (redactor_line(redactor, out.data, out.len, &again) > 0)
			assert_string_equal(buf_text(&again), buf_text(&out));
	}
	buf_release(&out);
	buf_release(&again);
	buf_release(&whole);
}

static void
expect_all(const char *const (*cases)[2], size_t count)
{
	struct redactor *redactor = redactor_open(&options);

	/* The second time, the redactor remembers the keys. */
	for (int turn = 0; turn < 2; turn++)
		for (size_t i = 0; i < count; i++)
			expect_redacted(redactor, cases[i][0], cases[i][1]);
	redactor_close(redactor);
}

static void
test_whole_json(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" }, { "  ", "  " }, { "5", "5" }, { "nonsense", "nonsense" },
		{ "{\"a\":1,\"b\":[true,null,\"x\"]}",
		    "{\"a\":1,\"b\":[true,null,\"x\"]}" },
		{ "{\"password\":\"x\\\"y\",\"b\":1}",
		    "{\"password\":\"[redacted]\",\"b\":1}" },
		{ "{ \"a\" : { \"Api-Key\" : 5 , \"token\" : true } }",
		    "{ \"a\" : { \"Api-Key\" : \"[redacted]\" ,"
		    " \"token\" : \"[redacted]\" } }" },
		{ "{\"secret\":{\"a\":[1,\"}\"]},\"tokens\":[\"a\",{}],\"b\":0}",
		    "{\"secret\":\"[redacted]\",\"tokens\":\"[redacted]\",\"b\":0}" },
		{ "{\"password\":null,\"tokens\":7,\"token_type\":\"b\"}",
		    "{\"password\":null,\"tokens\":7,\"token_type\":\"b\"}" },
		{ "[{\"pwd\":\"\"}]", "[{\"pwd\":\"[redacted]\"}]" },
		{ "{\"\\u0070assword\":\"x\"}",
		    "{\"\\u0070assword\":\"[redacted]\"}" },
		{ "{\"m\":\"from Bob@X.org \\u2192 b\\u0040x.org\"}",
		    "{\"m\":\"from #bob@x.org# \\u2192 #b@x.org#\"}" },
		{ "{\"a@x.org\":{\"a\\u0040x.org\":1}}",
		    "{\"#a@x.org#\":{\"#a@x.org#\":1}}" },
		{ "{\"producer\":\"a@x.org\",\"type\":\"a@x.org\","
		    "\"origin\":\"file:a@x.org:1\",\"n\":{\"origin\":\"a@x.org\"}}",
		    "{\"producer\":\"a@x.org\",\"type\":\"a@x.org\","
		    "\"origin\":\"file:a@x.org:1\",\"n\":{\"origin\":\"#a@x.org#\"}}" },
		{ "{\"n\":{\"producer\":\"a@x.org\"}" REST,
		    "{\"n\":{\"producer\":\"#a@x.org#\"}" REST },
		{ "{\"n\":1,\"producer\":\"a@x.org\"" REST,
		    "{\"n\":1,\"producer\":\"a@x.org\"" REST },
		{ "{\"user_id\":\"a\\u0062\\n\",\"n\":{\"user_id\":5,\"type\":\"x\"}}",
		    "{\"user_id\":\"#ab\n#\",\"n\":{\"user_id\":\"#5#\","
		    "\"type\":\"#x#\"}}" },
		{ "{\"user_id\":[1, 2],\"we\\\"ird\":true,\"a\":{\"user_id\":null}}",
		    "{\"user_id\":\"#[1, 2]#\",\"we\\\"ird\":\"#true#\","
		    "\"a\":{\"user_id\":null}}" },
		{ "{\"User_ID\":\"a\",\"user_id\":\"\"}",
		    "{\"User_ID\":\"a\",\"user_id\":\"##\"}" },
		{ "{\"u\":\"/?user_id=7&token=a\\u0026b=1\"}",
		    "{\"u\":\"/?user_id=#7#&token=[redacted]\\u0026b=1\"}" },
		{ "{\"body\":\"{\\\"password\\\":{\\\"a\\\":1},\\\"b\\\":2}\"}",
		    "{\"body\":\"{\\\"password\\\":\\\"[redacted]\\\",\\\"b\\\":2}\"}" },
		{ "\xEF\xBB\xBF{\"pwd\":1}", "\xEF\xBB\xBF{\"pwd\":\"[redacted]\"}" },
		{ "{\"token=a_ms\":5,\"max@b.co token\":5,\"x\":1}",
		    "{\"token=[redacted]\":\"[redacted]\","
		    "\"#max@b.co# token\":\"[redacted]\",\"x\":1}" },
	};

	(void)state;
	expect_all(cases, sizeof(cases) / sizeof(cases[0]));
}

static void
test_names_and_values(void **state)
{
	static const char *const cases[][2] = {
		{ "{\"key\":\"db.password\",\"value\":\"a\",\"b\":1" REST,
		    "{\"key\":\"db.password\",\"value\":\"[redacted]\",\"b\":1" REST },
		{ "{\"value\":\"a@x.org\",\"b\":{\"value\":\"c\"},\"key\":\"pwd\"" REST,
		    "{\"value\":\"[redacted]\",\"b\":{\"value\":\"c\"},\"key\":\"pwd\""
		    REST },
		{ "[[{\"name\":\"Authorization\",\"value\":\"Bearer a\"}]]",
		    "[[{\"name\":\"Authorization\",\"value\":\"[redacted]\"}]]" },
		{ "[{\"Key\":\"token\",\"Values\":[\"a\",{\"b\":1}]},{\"v\":{},"
		    "\"k\":\"token\"},{\"val\":5,\"header\":\"x-api-key\"}]",
		    "[{\"Key\":\"token\",\"Values\":\"[redacted]\"},{\"v\":"
		    "\"[redacted]\",\"k\":\"token\"},{\"val\":\"[redacted]\","
		    "\"header\":\"x-api-key\"}]" },
		{ "{\"attributes\":[{\"key\":\"http.request.header.authorization\","
		    "\"value\":{\"stringValue\":\"a\"}},{\"value\":{\"arrayValue\":"
		    "{\"values\":[{\"stringValue\":\"a\"}]}},\"key\":\"tokens\"},"
		    "{\"key\":\"a\",\"value\":{\"stringValue\":\"b\"}}]}",
		    "{\"attributes\":[{\"key\":\"http.request.header.authorization\","
		    "\"value\":{\"stringValue\":\"[redacted]\"}},{\"value\":"
		    "{\"arrayValue\":\"[redacted]\"},\"key\":\"tokens\"},"
		    "{\"key\":\"a\",\"value\":{\"stringValue\":\"b\"}}]}" },
		{ "[{\"key\":\"max_tokens\",\"value\":{\"intValue\":\"5\"}},"
		    "{\"key\":\"otp\",\"value\":{\"intValue\":\"5\"}}]",
		    "[{\"key\":\"max_tokens\",\"value\":{\"intValue\":\"5\"}},"
		    "{\"key\":\"otp\",\"value\":{\"intValue\":\"[redacted]\"}}]" },
		{ "[{\"key\":\"user_id\",\"value\":{\"stringValue\":\"7\"}},"
		    "{\"value\":7,\"field\":\"user_id\"}]",
		    "[{\"key\":\"user_id\",\"value\":{\"stringValue\":\"#7#\"}},"
		    "{\"value\":\"#7#\",\"field\":\"user_id\"}]" },
		{ "[{\"n\\u0061me\":\"\\u0070assword\",\"\\u0076alue\":\"a\"}]",
		    "[{\"n\\u0061me\":\"\\u0070assword\",\"\\u0076alue\":"
		    "\"[redacted]\"}]" },
		{ "[{\"key\":\"a\",\"value\":\"b\",\"name\":\"token\",\"value\":\"c\"}]",
		    "[{\"key\":\"a\",\"value\":\"[redacted]\",\"name\":\"token\","
		    "\"value\":\"[redacted]\"}]" },
		{ "{\"metric\":\"x\",\"name\":\"token_count\",\"value\":5" REST,
		    "{\"metric\":\"x\",\"name\":\"token_count\",\"value\":5" REST },
		{ "{\"value\":3,\"name\":\"password_resets\"" REST,
		    "{\"value\":3,\"name\":\"password_resets\"" REST },
		{ "{\"name\":\"password\",\"value\":\"a\"" REST,
		    "{\"name\":\"password\",\"value\":\"[redacted]\"" REST },
		{ "{\"name\":[\"password\"],\"value\":\"a\",\"x\":{\"value\":null,"
		    "\"key\":\"pwd\"}}", "{\"name\":[\"password\"],\"value\":\"a\","
		    "\"x\":{\"value\":null,\"key\":\"pwd\"}}" },
	};

	(void)state;
	expect_all(cases, sizeof(cases) / sizeof(cases[0]));
}

static void
test_commands_keys_and_headers(void **state)
{
	static const char *const cases[][2] = {
		{ "{\"h\":[[\"Cookie\",\"a\"],[ \"X-Api-Key\" , \"b\\\"c\" ],"
		    "[\"password\",\"a\"],[\"cookie\",\"a\",\"b\"],[\"cookie\",1]]}",
		    "{\"h\":[[\"Cookie\",\"[redacted]\"],[ \"X-Api-Key\" , "
		    "\"[redacted]\" ],[\"password\",\"a\"],[\"cookie\",\"a\",\"b\"],"
		    "[\"cookie\",1]]}" },
		{ "{\"m\":\"run --password a\",\"n\":\"mysql -ua -pb c\",\"o\":\"a-b\"}",
		    "{\"m\":\"run --password [redacted]\",\"n\":"
		    "\"mysql -ua -p[redacted] c\",\"o\":\"a-b\"}" },
		{ "{\"m\":\"-----BEGIN RSA PRIVATE KEY-----\\nQQ\\n"
		    "-----END RSA PRIVATE KEY-----\\n\",\"n\":\"curl -u a:b c\"}",
		    "{\"m\":\"[redacted]\\n\",\"n\":\"curl -u a:[redacted] c\"}" },
		{ "{\"m\":\"-----BEGIN PRIVATE KEY----- QQ\",\"n\":\"['Cookie','a']\"}",
		    "{\"m\":\"[redacted]\",\"n\":\"['Cookie','[redacted]']\"}" },
	};

	(void)state;
	expect_all(cases, sizeof(cases) / sizeof(cases[0]));
}

static void
test_broken_lines(void **state)
{
	static const char *const cases[][2] = {
		{ "{\"password\":\"hunt", "{\"password\":\"[redacted]" },
		{ "{\"password\":[\"a\",{\"b\":\"c", "{\"password\":\"[redacted]\"" },
		{ "{\"a\":\"x, \"password\":\"p\"}",
		    "{\"a\":\"x, \"password\":\"[redacted]\"}" },
		{ "{\"password\":5 5,\"b\":1}", "{\"password\":\"[redacted]\",\"b\":1}" },
		{ "{\"user_id\":5,\"b\":oops}", "{\"user_id\":\"#5#\",\"b\":oops}" },
		{ "{\"user_id\":\"a\\u0062\",oops}", "{\"user_id\":\"#ab#\",oops}" },
		{ "{\"m\":\"a@exam", "{\"m\":\"#a@exam#" },
		{ "{password: p, a: 1}", "{password: [redacted], a: 1}" },
		{ "{\"value\":\"a\",\"n\":5,\"ke", "{\"value\":\"[redacted]\",\"n\":5,\"ke" },
		{ "{\"value\":\"a\",\"key\":\"passw",
		    "{\"value\":\"[redacted]\",\"key\":\"passw" },
		{ "{\"value\":5,\"key\":\"a\",oops}", "{\"value\":5,\"key\":\"a\",oops}" },
		{ "curl -u u:a+mysql -uq:b", "curl -u u:[redacted] -uq:[redacted]" },
		{ "{\"a\":1}{\"pwd\":\"x\"}", "{\"a\":1}{\"pwd\":\"[redacted]\"}" },
		{ "ts a@b.org \"GET /?token=x HTTP/1.1\" 200",
		    "ts #a@b.org# \"GET /?token=[redacted] HTTP/1.1\" 200" },
	};

	(void)state;
	expect_all(cases, sizeof(cases) / sizeof(cases[0]));
}

/* If the time were not linear in the length, this test would take minutes. */
static void
test_time_is_linear(void **state)
{
	static const char *const pieces[] = { "@", "a@", "@a.", "\"", "\\", "\\\"",
		"{", "[", "{\"a\":", "[\"", "token:", "token=", "token: ]", "a=", "=",
		":", "://", "://a:", "a:b@", "\"=", "x\":", ",", "; ", " a", " a,",
		"'", "%40", "\\u0040", "a@b.c", "cookie: a; ", "cookie=\"", "z",
		"authorization ", "\"token\":\"", "\"token\":{", "\"token\":}", "\\\\",
		"token: \\", "token: [\\", "token: a ", "max_tokens=1", "1", "\\\":",
		"\"key\":\"pwd\",", "\"value\":1,", "{\"value\":", "[\"cookie\",\"",
		"[\"cookie\",", ",'", ",\"\\\":", "{\"value\":{", "-----BEGIN PRIVATE KEY",
		"-----BEGIN PRIVATE KEY\"", "-----END PRIVATE", " -u [", " -u '", " --token",
		" --token [ ", "{\"value\":1},", "\\\\\\\"," };
	static const char *const heads[] = { "", "{\"a\":\"", "{\"", "password: ",
		"{\"password\":[", "cookie: ", "{\"user_id\":\"", "{\"value\":[",
		"curl ", "mysql " };
	struct redactor *redactor = redactor_open(&options);
	struct buf line = BUF_EMPTY, out = BUF_EMPTY;
	int hidden_count = 0;

	(void)state;
	for (size_t h = 0; h < sizeof(heads) / sizeof(heads[0]); h++)
		for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
			buf_reset(&line);
			buf_add_text(&line, heads[h]);
			while (line.len < 1 << 18)
				buf_add_text(&line, pieces[i]);
			hidden_count += redactor_line(redactor, line.data, line.len, &out);
		}
	assert_true(hidden_count > 0);
	buf_release(&line);
	buf_release(&out);
	redactor_close(redactor);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_json),
		cmocka_unit_test(test_names_and_values),
		cmocka_unit_test(test_commands_keys_and_headers),
		cmocka_unit_test(test_broken_lines),
		cmocka_unit_test(test_time_is_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
