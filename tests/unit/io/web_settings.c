/* SPDX-License-Identifier: ISC */
#include "io/web_settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HASH "$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a"
#define TLS "tls_server_config:\n  cert_file: c.pem\n  key_file: k.pem\n"

static void
check_refused(const char *text, int line, const char *words)
{
	struct web_settings settings;
	struct err err = { .exit_code = 0 };
	char start[32];

	snprintf(start, sizeof(start), "web.yml: line %d: ", line);
	if (web_settings_read(&settings, "web.yml", text, strlen(text), &err) == 0)
		fail_msg("accepted: %s", text);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	if (strncmp(err.text, start, strlen(start)) != 0 || strstr(err.text, words) == NULL)
		fail_msg("%s\nsays: %s\nnot: %s...%s", text, err.text, start, words);
	web_settings_release(&settings);
}

static void
read_good(struct web_settings *out, const char *text)
{
	struct err err = { .exit_code = 0 };

	if (web_settings_read(out, "web.yml", text, strlen(text), &err) < 0)
		fail_msg("%s: %s", text, err.text);
}

static const struct {
	const char *text;
	int line;
	const char *words;
} refusals[] = {
	{ "tls_server_confg: {}\n", 1, "did you mean 'tls_server_config'" },
	{ "a: b: c\n", 1, "not YAML" },
	{ "[]\n", 1, "expected fields" },
	{ "{}\n---\n{}\n", 3, "second document" },
	{ "tls_server_config:\n  cert_file: c\n", 2, "'key_file' is missing" },
	{ "tls_server_config:\n  key_file: c\n", 2, "'cert_file' is missing" },
	{ "tls_server_config:\n  min_version: TLS12\n", 2, "'cert_file' is missing" },
	{ "tls_server_config:\n  cert_file: [a]\n", 2, "must be text" },
	{ TLS "  ca: x\n", 4, "no field 'ca'" },
	{ TLS "  client_ca_file: x\n", 2, "'client_ca_file' without a client_auth_type" },
	{ TLS "  client_auth_type: RequireAndVerifyClientCert\n", 2,
	    "'client_ca_file' is missing" },
	{ TLS "  client_auth_type: RequestClientCert\n", 4, "verifies nothing" },
	{ TLS "  client_auth_type: RequireAnyClientCert\n", 4, "verifies nothing" },
	{ TLS "  client_auth_type: RequireClientCert\n", 4, "verifies nothing" },
	{ TLS "  client_auth_type: Require\n", 4, "not NoClientCert" },
	{ TLS "  client_allowed_sans: [a]\n", 4, "needs client_auth_type" },
	{ TLS "  client_ca_file: x\n  client_auth_type: VerifyClientCertIfGiven\n"
	    "  client_allowed_sans: [a]\n", 6, "needs client_auth_type" },
	{ TLS "  client_allowed_sans: a\n", 4, "must be a list" },
	{ TLS "  client_allowed_sans: [[a]]\n", 4, "a list of texts" },
	{ TLS "  min_version: TLS10\n", 4, "broken" },
	{ TLS "  max_version: TLS11\n", 4, "broken" },
	{ TLS "  min_version: TLS14\n", 4, "not TLS12 or TLS13" },
	{ TLS "  min_version: TLS13\n  max_version: TLS12\n", 4, "above" },
	{ TLS "  cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]\n", 4, "none of the six" },
	{ TLS "  cipher_suites:\n  - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"
	    "  - TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384\n", 5,
	    "lacks TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
	{ TLS "  curve_preferences: [P256]\n", 4, "none of X25519" },
	{ TLS "  prefer_server_cipher_suites: maybe\n", 4, "not false or true" },
	{ "http_server_config:\n  http2: 2\n", 2, "not false or true" },
	{ "http_server_config:\n  headers:\n    Server: x\n", 3, "no field 'Server'" },
	{ "http_server_config:\n  headers:\n    X-Frame-Options: allow\n", 3,
	    "not one of: deny sameorigin" },
	{ "http_server_config:\n  headers:\n    X-Frame-Options: den\n", 3, "not one of" },
	{ "http_server_config:\n  headers:\n    X-Frame-Options: deny sameorigin\n", 3,
	    "not one of" },
	{ "http_server_config:\n  headers:\n    X-Content-Type-Options: sniff\n", 3,
	    "not one of: nosniff" },
	{ "http_server_config:\n  headers:\n    Content-Security-Policy: \"a\\r\\nB: c\"\n",
	    3, "control character" },
	{ "\nhttp_server_config:\n  http2:\n", 3, "must be text" },
	{ "basic_auth_users:\n  a:\n", 2, "not a bcrypt hash" },
	{ "basic_auth_users: [a]\n", 1, "expected users" },
	{ "basic_auth_users:\n  a: secret\n", 2, "user 'a': it is not a bcrypt hash" },
	{ "basic_auth_users:\n  a: [" HASH "]\n", 2, "must be text" },
	{ "basic_auth_users:\n  a: " HASH "\n  a: " HASH "\n", 3, "given twice" },
	{ "basic_auth_users:\n  a:b: " HASH "\n", 2, "" },
	{ "basic_auth_users:\n  \"a:b\": " HASH "\n", 2, "nobody can give the name" },
	{ "basic_auth_users:\n  a: $2y$31$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4"
	    "Hjl0a\n", 2, "above 14" },
	{ "rate_limit:\n  interval: 1s\n", 2, "'burst' must be at least 1" },
	{ "rate_limit:\n  interval: soon\n  burst: 1\n", 2, "not a duration" },
	{ "rate_limit:\n  interval: 2d\n  burst: 1\n", 2, "at most a day" },
	{ "rate_limit:\n  interval: 1s\n  burst: -1\n", 3, "not an integer" },
};

static void
test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		check_refused(refusals[i].text, refusals[i].line, refusals[i].words);
}

static void
test_empty(void **state)
{
	static const char *const texts[] = { "", "\n", "{}\n", "# nothing\n", "---\n", "null\n",
		"tls_server_config:\nbasic_auth_users:\n", "tls_server_config: {}\n",
		"http_server_config:\n  headers:\n", "rate_limit:\n  interval: 0\n",
		"rate_limit:\n  burst: 3\n", "http_server_config:\n  http2: false\n",
		"http_server_config:\n  headers:\n    X-Frame-Options: \"\"\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct web_settings settings;

		read_good(&settings, texts[i]);
		assert_false(settings.has_tls);
		assert_int_equal(settings.user_count, 0);
		assert_int_equal(settings.header_count, 0);
		assert_int_equal(settings.rate_interval_ms, 0);
		web_settings_release(&settings);
	}
}

static void
test_all(void **state)
{
	struct web_settings settings;

	(void)state;
	read_good(&settings, TLS
	    "  client_ca: |\n    PEM\n"
	    "  client_auth_type: RequireAndVerifyClientCert\n"
	    "  client_allowed_sans: [a.example, 10.0.0.1]\n"
	    "http_server_config:\n"
	    "  http2: true\n"
	    "  headers:\n"
	    "    X-Frame-Options: sameorigin\n"
	    "    X-Content-Type-Options: nosniff\n"
	    "    Content-Security-Policy: default-src 'none'\n"
	    "    X-XSS-Protection: 0\n"
	    "    Strict-Transport-Security: max-age=1\n"
	    "basic_auth_users:\n"
	    "  a: " HASH "\n"
	    "  \"b c\": " HASH "\n"
	    "rate_limit:\n"
	    "  interval: 250ms\n"
	    "  burst: 20\n");
	assert_true(settings.has_tls);
	assert_int_equal(settings.tls_line, 2);
	assert_string_equal(settings.cert_file, "c.pem");
	assert_string_equal(settings.key_file, "k.pem");
	assert_null(settings.client_ca_file);
	assert_string_equal(settings.tls.client_ca.data, "PEM\n");
	assert_int_equal(settings.tls.client_auth, TLS_CLIENT_REQUIRED);
	assert_int_equal(settings.tls.allowed_san_count, 2);
	assert_string_equal(settings.tls.allowed_sans[1], "10.0.0.1");
	assert_int_equal(settings.header_count, 5);
	assert_string_equal(settings.headers[1].name, "X-Frame-Options");
	assert_string_equal(settings.headers[1].value, "sameorigin");
	assert_int_equal(settings.user_count, 2);
	assert_string_equal(settings.users[1].name, "b c");
	assert_string_equal(settings.users[1].hash, HASH);
	assert_int_equal(settings.rate_interval_ms, 250);
	assert_int_equal(settings.rate_burst, 20);
	web_settings_release(&settings);
}

static void
test_priorities(void **state)
{
	static const struct {
		const char *text, *priorities;
	} cases[] = {
		{ "", "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE" },
		{ "  prefer_server_cipher_suites: false\n",
		    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" },
		{ "  min_version: TLS13\n  prefer_server_cipher_suites: false\n",
		    "NORMAL:-VERS-ALL:+VERS-TLS1.3" },
		{ "  max_version: TLS12\n  prefer_server_cipher_suites: false\n",
		    "NORMAL:-VERS-ALL:+VERS-TLS1.2" },
		{ "  curve_preferences: [CurveP384, X25519]\n",
		    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"
		    ":-GROUP-ALL:+GROUP-SECP384R1:+GROUP-X25519" },
		{ "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "
		    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256]\n",
		    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE:-KX-ALL"
		    ":-CIPHER-ALL:-MAC-ALL:+AEAD:+ECDHE-RSA:+AES-256-GCM:+CHACHA20-POLY1305" },
		{ "  cipher_suites: []\n  curve_preferences:\n",
		    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct web_settings settings;
		char text[512];

		snprintf(text, sizeof(text), "%s%s", TLS, cases[i].text);
		read_good(&settings, text);
		assert_string_equal(settings.tls.priorities.data, cases[i].priorities);
		web_settings_release(&settings);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_priorities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
