/* SPDX-License-Identifier: ISC
 *
 * redact: lines before and after redaction; they are whole, broken or cut off.
 */
#include "secret/redact.h"
#include "io/digest.h"
#include "json/json.h"
#include "json/key_table.h"
#include "secret/redact_event.h"
#include "tests/unit/random.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A key is compared with the one expected there only when the rest of the line is
 * longer than the longest key. */
#define REST ",\"rest\":\"of a line that is long enough for known keys\"}"

static const char *const hash_keys[] = { "user_id", "type", "we\"ird" };
static const struct redact_options options = { hash_keys, 3, "k3y", 3,
	    NULL, NULL };

static void
add_hash(struct buf *out, const char *bytes, size_t len)
{
	char hex[DIGEST_HEX_SIZE];

	digest_keyed("k3y", 3, bytes, len, hex);
	buf_add_text(out, hex);
}

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

/* A line, and the line that must become of it. Only secrets have a capital Q. */
struct pair {
	struct buf in, want;
};

static void
add_to_both(struct pair *pair, const char *text)
{
	buf_add_text(&pair->in, text);
	buf_add_text(&pair->want, text);
}

static const char *
pick(const char *const *texts, size_t count)
{
	return texts[random_below(count)];
}

static void
add_blanks(struct pair *pair)
{
	static const char *const blanks[] = { "", "", "", " ", "\t ", "  " };

	add_to_both(pair, pick(blanks, 6));
}

static void
make_secret(struct buf *in, int depth)
{
	static const char *const scalars[] = { "\"Q\"", "\"Q\\\"Q\"", "\"Q}]Q\"",
		"\"\\\\\"", "\"Q\\\\\\\"Q, Q: Q\"", "\"Q@Q.org\"", "12345", "true",
		"-1.5e3", "\"Q=Q&Q\"", "\"\\u0051Q\\n\"" };
	size_t count = random_below(4);

	if (depth > 3 || random_below(3) > 0) {
		buf_add_text(in, pick(scalars, 11));
		return;
	}
	buf_add_char(in, count % 2 == 0 ? '[' : '{');
	for (size_t i = 0; i < count; i++) {
		buf_add_text(in, i > 0 ? ", " : "");
		buf_add_text(in, count % 2 == 0 ? "" : "\"Q{\":");
		make_secret(in, depth + 1);
	}
	buf_add_char(in, count % 2 == 0 ? ']' : '}');
}

static void make_value(struct pair *pair, int depth);

static void
make_member(struct pair *pair, int depth)
{
	static const char *const secrets[] = { "password", "accessToken",
		"X-Api-Key", "\\u0073ecret", "aws_secret_access_key", "DB_PWD",
		"cookie", "a very long name that ends with the word password" };
	static const char *const others[] = { "host", "status", "elapsed_ms",
		"a\\\"b", "idempotency_key", "token_count", "\\u00e4", "",
		"a very long name that does not end with such a word" };
	bool is_secret = random_below(4) == 0;

	add_to_both(pair, "\"");
	add_to_both(pair, is_secret ? pick(secrets, 8) : pick(others, 9));
	add_to_both(pair, "\"");
	add_blanks(pair);
	add_to_both(pair, ":");
	add_blanks(pair);
	if (is_secret) {
		make_secret(&pair->in, 0);
		buf_add_text(&pair->want, "\"[redacted]\"");
	} else {
		make_value(pair, depth + 1);
	}
}

/* Adds an object whose members are a name and its value, in either order. */
static void
make_pair(struct pair *pair)
{
	static const char *const names[] = { "key", "name", "K", "header", "field" };
	static const char *const values[] = { "value", "val", "V", "values" };
	static const char *const secrets[] = { "db.password", "Authorization",
		"a=b token", "X-\\u0041pi-Key", "API key" };
	static const char *const between[] = { "", "\"n\":{\"value\":\"}\"},",
		"\"n\":[\"]}\", {}],", "\"t\":5,\"u\":\"a b\"," };
	bool is_late = random_below(2) == 0, has_inner = random_below(3) == 0;

	add_to_both(pair, "{");
	for (int turn = 0; turn < 2; turn++) {
		if (turn == 1) {
			add_to_both(pair, ",");
			add_to_both(pair, pick(between, 4));
		}
		add_to_both(pair, "\"");
		if ((turn == 0) == is_late) {
			add_to_both(pair, pick(values, 4));
			add_to_both(pair, has_inner ? "\":{\"stringValue\":"
			    : "\":");
			add_blanks(pair);
			make_secret(&pair->in, 0);
			buf_add_text(&pair->want, "\"[redacted]\"");
			add_to_both(pair, has_inner ? "}" : "");
		} else {
			add_to_both(pair, pick(names, 5));
			add_to_both(pair, "\": \"");
			add_to_both(pair, pick(secrets, 5));
			add_to_both(pair, "\"");
		}
		add_blanks(pair);
	}
	add_to_both(pair, "}");
}

/* Adds a secret in a command, a private key or a header in brackets. */
static void
make_other(struct pair *pair)
{
	static const char *const others[][3] = {
		{ "[\"Cookie\", \"", "Q=Q; Q=\\\"Q\\\"", "\"]" },
		{ "\"a --password ", "Q;Q", " --b\"" },
		{ "\"mysql -ua -p", "Q,Q", " b\"" },
		{ "\"curl -u 'a:", "Q Q", "' b\"" },
		{ "\"a ", "-----BEGIN EC PRIVATE KEY-----\\nQQ\\n-----END EC PRIVATE "
		    "KEY-----", "\\nb\"" },
		{ "\"password=\\r\\t ", "QQ", " b\"" },
		{ "\"{\\\"key\\\":\\\"pwd\\\",\\\"value\\\":\\\"", "Q}Q",
		    "\\\"}\"" },
	};
	size_t at = random_below(7);

	add_to_both(pair, others[at][0]);
	buf_add_text(&pair->in, others[at][1]);
	buf_add_text(&pair->want, "[redacted]");
	add_to_both(pair, others[at][2]);
}

static void
make_nested(struct pair *pair, int depth, bool is_object)
{
	size_t count = random_below(5);

	add_to_both(pair, is_object ? "{" : "[");
	add_blanks(pair);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			add_to_both(pair, ",");
		add_blanks(pair);
		if (is_object)
			make_member(pair, depth);
		else
			make_value(pair, depth + 1);
		add_blanks(pair);
	}
	add_to_both(pair, is_object ? "}" : "]");
}

static void
make_value(struct pair *pair, int depth)
{
	static const char *const scalars[] = { "0", "-12.5e+3", "true", "null",
		"\"\"", "\"text\"", "\"a:b\"", "\"\\\\\"", "\"\\\"\\u00e4\\n\"",
		"\"https://x.org:80/a?b=c\"", "\"2026-01-01T10:05:03Z\"",
		"\"a@b c@\"" };

	if (depth < 5 && random_below(3) == 0) {
		make_nested(pair, depth, random_below(2) == 0);
	} else if (depth > 1 && random_below(6) == 0) {
		make_pair(pair);
	} else if (random_below(6) == 0) {
		make_other(pair);
	} else if (random_below(5) == 0) {
		add_to_both(pair, "\"x ");
		buf_add_text(&pair->in, "Bob@x.org");
		add_hash(&pair->want, "bob@x.org", 9);
		add_to_both(pair, ", a=1&token=");
		buf_add_text(&pair->in, "QQ");
		buf_add_text(&pair->want, "[redacted]");
		add_to_both(pair, " z\"");
	} else {
		add_to_both(pair, pick(scalars, 12));
	}
}

static bool
is_json(const struct buf *line)
{
	struct json_parser *parser = json_open(1 << 20);
	struct buf padded = BUF_EMPTY;
	struct json_object object;
	struct json_error error;
	int result;

	memset(buf_room(&padded, line->len + JSON_PADDING), 0,
	    line->len + JSON_PADDING);
	memcpy(padded.data, buf_text(line), line->len);
	result = json_read(parser, padded.data, line->len, &object, &error);
	buf_release(&padded);
	json_close(parser);
	return result == 0;
}

static void
test_random_lines(void **state)
{
	struct redactor *redactor = redactor_open(&options);

	(void)state;
	random_start();
	for (int turn = 0; turn < 1000; turn++) {
		struct pair pair = { BUF_EMPTY, BUF_EMPTY };
		struct buf out = BUF_EMPTY;
		int count;

		make_nested(&pair, 0, true);
		assert_true(is_json(&pair.in));
		count = redactor_line(redactor, pair.in.data, pair.in.len, &out);
		assert_string_equal(buf_text(count > 0 ? &out : &pair.in),
		    buf_text(&pair.want));
		assert_true(is_json(&pair.want));
		buf_release(&out);
		buf_release(&pair.in);
		buf_release(&pair.want);
	}
	redactor_close(redactor);
}

static void
add_word(struct buf *out, const char *const *words, size_t count)
{
	size_t start;

	buf_add_char(out, '"');
	start = out->len;
	buf_add_text(out, words[random_below(count)]);
	if (random_below(3) == 0)
		for (size_t i = start; i < out->len; i++)
			if (random_below(2) == 0)
				out->data[i] = (char)toupper(
				    (unsigned char)out->data[i]);
	buf_add_char(out, '"');
}

/* Adds a flat object of words that a search for secrets reacts to. */
static void
make_flat(struct buf *out)
{
	static const char *const keys[] = { "key", "name", "k", "header", "field",
		"value", "values", "val", "v", "param", "password", "token",
		"max_tokens", "user_id", "host", "role", "path", "type", "origin",
		"command", "args", "authorization", "id", "text", "label" };
	static const char *const texts[] = { "password", "token", "cookie",
		"user_id", "hunter2", "bearer abc", "basic abc", "authorization abc",
		"GET", "path", "api_key", "set-cookie", "x", "", "a b c",
		"curl -u a b", "mysql -p", "private key", "session", "set password a",
		"--token a", "/etc/shadow", "1,2,3", "pwd", "secret abc" };
	size_t count = 1 + random_below(6);

	for (size_t i = 0; i < count; i++) {
		buf_add_char(out, i == 0 ? '{' : ',');
		add_word(out, keys, sizeof(keys) / sizeof(keys[0]));
		buf_add_char(out, ':');
		if (random_below(5) == 0)
			buf_add_text(out, "12");
		else
			add_word(out, texts, sizeof(texts) / sizeof(texts[0]));
	}
	buf_add_char(out, '}');
}

/* When the quick check calls an event clean, the search hides nothing in it. */
static void
test_clean_events(void **state)
{
	static struct key_table keys;
	struct redactor *redactor = redactor_open(&options);
	struct redact_event *event = redact_event_open(hash_keys, 3);
	struct json_parser *parser = json_open(1 << 16);
	struct buf out = BUF_EMPTY;
	int clean_count = 0;

	(void)state;
	random_start();
	json_number_keys(parser, &keys);
	for (int turn = 0; turn < 200000; turn++) {
		struct buf line = BUF_EMPTY;
		struct json_object object;
		struct json_error error;

		make_flat(&line);
		memset(buf_room(&line, JSON_PADDING), 0, JSON_PADDING);
		assert_int_equal(json_read(parser, line.data, line.len, &object,
		    &error), 0);
		if (redact_event_is_clean(event, &object)) {
			clean_count++;
			if (redactor_line(redactor, line.data, line.len,
			    &out) != 0)
				fail_msg("%s", line.data);
		}
		buf_release(&line);
	}
	assert_in_range(clean_count, 10000, 190000);
	buf_release(&out);
	json_close(parser);
	redact_event_close(event);
	redactor_close(redactor);
}

/* No part of a secret is left, wherever the line is cut off. */
static void
test_lines_cut_off(void **state)
{
	struct redactor *redactor = redactor_open(&options);
	struct buf out = BUF_EMPTY;

	(void)state;
	for (int turn = 0; turn < 100; turn++) {
		struct pair pair = { BUF_EMPTY, BUF_EMPTY };

		make_nested(&pair, 0, true);
		for (size_t len = 0; len < pair.in.len; len++) {
			char *exact = malloc(len > 0 ? len : 1);
			int count;

			assert_non_null(exact);
			memcpy(exact, pair.in.data, len);
			count = redactor_line(redactor, exact, len, &out);
			if (memchr(count > 0 ? out.data : exact, 'Q',
			    count > 0 ? out.len : len) != NULL)
				fail_msg("%.*s\nbecomes\n%s", (int)len, exact,
				    count > 0 ? out.data : "itself");
			free(exact);
		}
		buf_release(&pair.in);
		buf_release(&pair.want);
	}
	buf_release(&out);
	redactor_close(redactor);
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
		cmocka_unit_test(test_random_lines),
		cmocka_unit_test(test_clean_events),
		cmocka_unit_test(test_lines_cut_off),
		cmocka_unit_test(test_time_is_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
