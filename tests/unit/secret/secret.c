/* SPDX-License-Identifier: ISC
 *
 * secret and secret_text: which names are secret, and what is found in text.
 */
#include "tel/event.h"
#include "secret/plain_view.h"
#include "secret/secret.h"
#include "secret/pair.h"
#include "secret/secret_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
expect_name(const char *name, enum secret_name want)
{
	enum secret_name got = secret_name(name, strlen(name));

	if (got != want)
		fail_msg("%s: got %d, want %d", name, got, want);
}

static void
test_secret_names(void **state)
{
	static const char *const names[] = { "password", "PASSWORD", "Passwd",
		"userPassword", "pass_word", "passphrase", "pwd", "db_pwd",
		"DB_PASSWORD", "newPasswords", "secret", "client_secret",
		"clientSecret", "aws_secret_access_key", "token", "accessToken",
		"refresh_token", "csrftoken", "X-CSRF-Token", "xsrf", "api_key",
		"apiKey", "APIKEY", "x-api-key", "API key", "a.p.i.key", "myapikey",
		"access_key_id", "private-key", "privateKeyPem", "signing_key",
		"encryptionKey", "bearer", "credentials", "aws.credential", "creds",
		"session_id", "sessionId", "PHPSESSID", "JSESSIONID", "jwt", "otp",
		"connection_string", "connectionString", "AccountKey",
		"X-Amz-Signature", "user[password]", "user%5Bpassword%5D",
		"%3Ftoken", "pwd2", "one_time_password", "signature", "X-Goog-Signature",
		"sig", "session", "http.session" };
	static const char *const headers[] = { "authorization",
		"Proxy-Authorization", "cookie", "Set-Cookie", "cookies_raw", "auth",
		"x-auth", "http.request.header.authorization", "auth_header" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (secret_name(names[i], strlen(names[i])) == SECRET_NONE)
			fail_msg("%s is not secret", names[i]);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		expect_name(headers[i], SECRET_HEADER);
	expect_name("one_time_password", SECRET_VALUE);
	expect_name("db_pass", SECRET_UNLESS_NUMBER);
}

static void
test_harmless_names(void **state)
{
	static const char *const names[] = { "", "a", "key", "idempotency_key",
		"op_key", "url_hash", "public_key", "primaryKey", "tokenizer",
		"tokenization", "secretary", "author", "authority", "authenticated",
		"auth_method", "session_idle_ms", "session_name", "compass", "pass_rate",
		"passed", "token_type", "tokenType", "token_count", "secret_count",
		"password_changed_at", "token_expires_at", "password_policy",
		"cookie_max_age", "token_usage", "sessions", "hotpath", "monkey",
		"design", "credit", "pin", "nonce", "signal", "assign",
		"signature_algorithm" };
	static const char *const measures[] = { "max_tokens", "tokens_used",
		"prompt_tokens", "tokens", "token_ttl_ms", "has_password",
		"cookie_enabled", "maxTokens", "is_secret", "session", "sig" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		expect_name(names[i], SECRET_NONE);
	for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++)
		expect_name(measures[i], SECRET_UNLESS_NUMBER);
}

/* The word is found at any position in a long name. */
static void
test_long_names(void **state)
{
	static const char word[] = { 'p', 'a', 's', 's', 'w', 'o', 'r', 'd' };
	static char name[2000];

	(void)state;
	for (size_t at = 0; at + sizeof(word) <= sizeof(name); at++) {
		memset(name, 'q', sizeof(name));
		assert_int_equal(secret_name(name, sizeof(name)), SECRET_NONE);
		memcpy(name + at, word, sizeof(word));
		assert_int_equal(secret_name(name, sizeof(name)), SECRET_VALUE);
	}
}

static void
test_schema_has_no_secret_names(void **state)
{
	(void)state;
	for (int i = 0; i < EVENT_ENVELOPE_COUNT; i++)
		expect_name(event_envelope[i].name, SECRET_NONE);
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		for (size_t i = 0; i < event_descriptions[kind].field_count; i++)
			expect_name(event_descriptions[kind].fields[i].name,
			    SECRET_NONE);
}

/* Replaces each address by A, each value by V and each value to hash by H;
 * compares the result with want. */
static void
expect_text(const char *raw, const char *want)
{
	static const char *const hash_names[] = { "user_id" };
	struct secret_pairs pairs = { 0 };
	struct secret_finder finder = { .hash_names = hash_names,
		.hash_name_count = 1, .pairs = &pairs };
	struct plain_view view = { 0 };
	struct buf out = BUF_EMPTY;
	struct secret_span span;
	size_t done = 0;

	plain_view_make(&view, raw, strlen(raw));
	finder.text = view.text;
	finder.len = view.len;
	while (secret_text_next(&finder, &span)) {
		size_t start = plain_view_origin(&view, span.start);

		assert_true(start >= done && span.end >= span.start);
		buf_add(&out, raw + done, start - done);
		buf_add_char(&out, "AVH"[span.kind]);
		done = plain_view_origin(&view, span.end);
	}
	buf_add_text(&out, raw + done);
	assert_string_equal(buf_text(&out), want);
	buf_release(&out);
	secret_pairs_release(&pairs);
	plain_view_release(&view);
}

static void
test_addresses(void **state)
{
	static const char *const cases[][2] = {
		{ "bob@x.org", "A" }, { "<bob@x.org>,'a.b+c@x.co.uk'", "<A>,'A'" },
		{ "mailto:bob@x.org?x", "mailto:A?x" }, { "bob@x.org.", "A." },
		{ "bob@x.org.5", "A.5" }, { "b\\u0040x.org", "A" },
		{ "\\nb@x.org\\n", "\\nA\\n" }, { "bob%40x.org&a", "A&a" },
		{ "\\u00fcb@x.org", "A" }, { "o'brien@x.org", "A" },
		{ "git@github.com:a/b", "A:a/b" }, { "x_b@x.org_y", "A_y" },
		{ "/srv/b@x.org/y", "/srv/A/y" }, { "b@x.org@y.org z", "A z" },
		{ "a@b", "a@b" }, { "@mention.org", "@mention.org" },
		{ "a@.org", "a@.org" }, { "a@b.c", "a@b.c" }, { "a@", "a@" },
		{ "lodash@4.17.21", "lodash@4.17.21" }, { "a @ b.org", "a @ b.org" },
		{ "a@b..org", "a@b..org" }, { "@", "@" }, { "x@y@z", "x@y@z" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_text(cases[i][0], cases[i][1]);
}

static void
test_values_of_names(void **state)
{
	static const char *const cases[][2] = {
		{ "?token=abc&y=1", "?token=V&y=1" },
		{ "password=hunter2 user=x", "password=V user=x" },
		{ "password = 'a b' c", "password = 'V' c" },
		{ "a=1;pwd=x;b=2", "a=1;pwd=V;b=2" },
		{ "\"password\":\"a\\\"b\" x", "\"password\":\"V\" x" },
		{ "\"password\": [1,{\"a\":\"]\"}], \"b\"",
		    "\"password\": V, \"b\"" },
		{ "\"password\": [1,", "\"password\": V" },
		{ "\"password\": \"x", "\"password\": \"V" },
		{ "\"password\":null,", "\"password\":null," },
		{ "{\\\"secret\\\":\\\"a\\\\\\\"b\\\",\\\"n\\\":1}",
		    "{\\\"secret\\\":\\\"V\\\",\\\"n\\\":1}" },
		{ "\"{\\\"pwd\\\":\\\"a\" b", "\"{\\\"pwd\\\":\\\"V\" b" },
		{ "{\\u0022secret\\u0022:\\u0022a b\\u0022}",
		    "{\\u0022secret\\u0022:\\u0022V\\u0022}" },
		{ "Authorization: Bearer a.b, Accept: */*",
		    "Authorization: V, Accept: */*" },
		{ "-H 'Authorization: Basic eDp5' -v", "-H 'Authorization: V' -v" },
		{ "authorization=Bearer abc def", "authorization=V def" },
		{ "Authorization Bearer abc", "Authorization V" },
		{ "Authorization failed", "Authorization failed" },
		{ "Authorization: Digest u=\"b\", r=\"c\"", "Authorization: V" },
		{ "\"Cookie: a=b; c=d\" 5", "\"Cookie: V\" 5" },
		{ "password: a b c user: d", "password: V user: d" },
		{ "Invalid API key: sk-1", "Invalid API key: V" },
		{ "(token=abc)", "(token=V)" }, { "token: don't", "token: V" },
		{ "password%3Dhunter2", "password%3DV" },
		{ "'password'=>'x',", "'password'=>'V'," },
		{ "max_tokens=5", "max_tokens=5" }, { "token=", "token=" },
		{ "max_tokens=x", "max_tokens=V" }, { "token::next", "token::next" },
		{ "PASS: test 5", "PASS: test 5" }, { "u&pass=a", "u&pass=V" },
		{ "user_id=7&a", "user_id=H&a" }, { "user_id: 7", "user_id: 7" },
		{ "token=[redacted]&a", "token=[redacted]&a" },
		{ "token=[redacted]a", "token=V" }, { "token=[a]b c", "token=V c" },
		{ "https://u:p@h.org/?a", "https://u:V@h.org/?a" },
		{ "https:\\/\\/u:p@h\\/", "https:\\/\\/u:V@h\\/" },
		{ "https://b@x.org:p@h/", "https://A:V@h/" },
		{ "https://token:[redacted]@h/", "https://token:[redacted]@h/" },
		{ "http://h:80/a@b", "http://h:80/a@b" }, { "a:b://", "a:b://" },
		{ "10:05:03 http: x", "10:05:03 http: x" }, { "=:=:@=", "=:=:@=" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_text(cases[i][0], cases[i][1]);
}

/* Text that contains names and values as members, or headers in brackets. */
static void
test_names_and_values(void **state)
{
	static const char *const cases[][2] = {
		{ "x {\"key\":\"password\",\"value\":\"a\"}",
		    "x {\"key\":\"password\",\"value\":\"V\"}" },
		{ "{\"Value\": \"a\", \"b\": {\"c\": 1}, \"Name\": \"API key\"}",
		    "{\"Value\": \"V\", \"b\": {\"c\": 1}, \"Name\": \"API key\"}" },
		{ "{\\\"v\\\":\\\"a}\\\",\\\"k\\\":\\\"token\\\"}",
		    "{\\\"v\\\":\\\"V\\\",\\\"k\\\":\\\"token\\\"}" },
		{ "{'header': 'Cookie', 'val': 'a b'}",
		    "{'header': 'Cookie', 'val': 'V'}" },
		{ "[{\"value\":\"a\",\"key\":\"x\"},{\"value\":\"b\",\"key\":\"pwd\"},"
		    "{\"value\":\"c\"}]",
		    "[{\"value\":\"a\",\"key\":\"x\"},{\"value\":\"V\",\"key\":\"pwd\"},"
		    "{\"value\":\"c\"}]" },
		{ "{\"key\":\"pwd\",\"value\":{\"stringValue\":\"a\"}",
		    "{\"key\":\"pwd\",\"value\":{\"stringValue\":\"V\"}" },
		{ "{\"key\":\"max_tokens\",\"value\":{\"intValue\":\"5\"}",
		    "{\"key\":\"max_tokens\",\"value\":{\"intValue\":\"5\"}" },
		{ "{\"key\":\"pwd\",\"values\":[\"a\",\"b\"],\"c\":1",
		    "{\"key\":\"pwd\",\"values\":V,\"c\":1" },
		{ "{\"key\":\"user_id\",\"value\":7}", "{\"key\":\"user_id\",\"value\":H}" },
		{ "{\"name\":\"resets of password\",\"value\":7}",
		    "{\"name\":\"resets of password\",\"value\":7}" },
		{ "{\"body\":\"{\\\"key\\\":\\\"pwd\\\",\\\"value\\\":\\\"a\\\"}\", oops",
		    "{\"body\":\"{\\\"key\\\":\\\"pwd\\\",\\\"value\\\":\\\"V\\\"}\", oops" },
		{ "[\"Cookie\", \"a\"] [\"x-api-key\",\"a", "[\"Cookie\", \"V\"] "
		    "[\"x-api-key\",\"V" },
		{ "['authorization','a b']", "['authorization','V']" },
		{ "[\"Cookie\",\"a\",\"b\"] [\"password\",\"a\"] [\"a\",\"Cookie\"]",
		    "[\"Cookie\",\"a\",\"b\"] [\"password\",\"a\"] [\"a\",\"Cookie\"]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_text(cases[i][0], cases[i][1]);
}

#define BEGIN_KEY "-----BEGIN RSA PRIVATE KEY-----"
#define END_KEY "-----END RSA PRIVATE KEY-----"

static void
test_private_keys(void **state)
{
	static const char *const cases[][2] = {
		{ "a " BEGIN_KEY "\\nQQ==\\n" END_KEY "\\nb", "a V\\nb" },
		{ "a " BEGIN_KEY "\nProc-Type: 4\n\nQ/+=\n" END_KEY " b", "a V b" },
		{ BEGIN_KEY "\\nQQ=", "V" }, { "'" BEGIN_KEY "QQ' x", "'V' x" },
		{ "private_key: " BEGIN_KEY "\nQQ\n" END_KEY "\nb",
		    "private_key: V\nb" },
		{ "k=" BEGIN_KEY "Q -----END RSA PRIV", "k=V" },
		{ "-----BEGIN PRIVATE KEY-----Q-----END PRIVATE KEY-----", "V" },
		{ "-----BEGIN PGP PRIVATE KEY BLOCK-----Q"
		    "-----END PGP PRIVATE KEY BLOCK-----b", "Vb" },
		{ BEGIN_KEY "-----END CERTIFICATE-----\n" BEGIN_KEY "Q" END_KEY "b",
		    "Vb" },
		{ "-----BEGIN CERTIFICATE-----\nPRIVATE KEY", "-----BEGIN CERTIFICATE"
		    "-----\nPRIVATE KEY" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_text(cases[i][0], cases[i][1]);
}

static void
test_command_options(void **state)
{
	static const char *const cases[][2] = {
		{ "run --password a;b --x", "run --password V --x" },
		{ "--password=a;b,c d", "--password=V d" },
		{ "--token 'a b' c", "--token 'V' c" }, { "-token\ta", "-token\tV" },
		{ "--password --x", "--password --x" }, { "--max-tokens 5", "--max-tokens 5" },
		{ "--token-type b", "--token-type b" }, { "a --password", "a --password" },
		{ "--authorization Bearer a b", "--authorization V b" },
		{ "mysql -uroot -pa db", "mysql -uroot -pV db" },
		{ "/usr/bin/mysqldump -p'a b' db", "/usr/bin/mysqldump -p'V' db" },
		{ "mysql -p db", "mysql -p db" }, { "ps -pa", "ps -pa" },
		{ "mysql -u x\nps -pa", "mysql -u x\nps -pa" },
		{ "curl -s -u u:a http://h", "curl -s -u u:V http://h" },
		{ "curl -u'u:a b' c", "curl -u'u:V' c" },
		{ "curl --user=b@x.org:a c", "curl --user=A:V c" },
		{ "curl -u u c:d", "curl -u u c:d" }, { "sudo -u u:a", "sudo -u u:a" },
		{ "curly -u u:a", "curly -u u:a" },
		{ "password=\\ra", "password=\\rV" }, { "password=\t\r a b", "password=\t\r V b" },
		{ "password:\\u000ba", "password:\\u000bV" },
		{ "password=\\na", "password=\\na" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_text(cases[i][0], cases[i][1]);
}

static void
test_unescape(void **state)
{
	static const char raw[] = "a\\u0041\\n\\\\\\\"\\ud83d\\ude00\\ud83dx\\q\\u12";
	struct buf out = BUF_EMPTY;

	(void)state;
	plain_unescape(raw, sizeof(raw) - 1, &out);
	assert_string_equal(buf_text(&out), "aA\n\\\"\xF0\x9F\x98\x80"
	    "\xEF\xBF\xBDx\\q\\u12");
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secret_names),
		cmocka_unit_test(test_harmless_names),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_schema_has_no_secret_names),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_values_of_names),
		cmocka_unit_test(test_names_and_values),
		cmocka_unit_test(test_private_keys),
		cmocka_unit_test(test_command_options),
		cmocka_unit_test(test_unescape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
