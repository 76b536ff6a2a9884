/* SPDX-License-Identifier: ISC
 *
 * redact: random lines, with the lines that must become of them; also cut off, and
 * compared with the quick check of events.
 */
#include "json/json.h"
#include "json/key_table.h"
#include "secret/redact.h"
#include "secret/redact_event.h"
#include "tests/unit/random.h"
#include "tests/unit/secret/redact_options.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_lines),
		cmocka_unit_test(test_clean_events),
		cmocka_unit_test(test_lines_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
