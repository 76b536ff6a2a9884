/* SPDX-License-Identifier: ISC */
#include "io/web_config.h"
#include "tests/unit/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>

#include <cmocka.h>

#define HASH "$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a"
#define ONE "basic_auth_users:\n  a: " HASH "\n"
#define TWO "basic_auth_users:\n  a: " HASH "\n  b: " HASH "\n"

static void
test_refused(void **state)
{
	struct web_config *config;
	struct err err;

	(void)state;
	assert_int_equal(web_config_open(&config, "none.yml", &err), -1);
	assert_int_equal(err.exit_code, EXIT_NO_INPUT);
	folder_put_text("web.yml", "basic_auth_users:\n  a: x\n");
	assert_int_equal(web_config_open(&config, "web.yml", &err), -1);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	assert_non_null(strstr(err.text, "web.yml: line 2: user 'a'"));
	/* Files that it names: missing, and no certificates. */
	assert_int_equal(mkdir("sub", 0755), 0);
	folder_put_text("sub/web.yml", "tls_server_config:\n  cert_file: c\n  key_file: k\n");
	assert_int_equal(web_config_open(&config, "sub/web.yml", &err), -1);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	assert_non_null(strstr(err.text, "sub/web.yml: line 2: tls_server_config: sub/c: "));
	folder_put_text("sub/c", "x");
	folder_put_text("sub/k", "x");
	assert_int_equal(web_config_open(&config, "sub/web.yml", &err), -1);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	assert_non_null(strstr(err.text, "tls_server_config: certificate and key: "));
	web_config_close(NULL);
}

static void
check_state(struct web_config *config, size_t user_count, const char *problem)
{
	web_config_refresh(config);
	assert_int_equal(web_config_settings(config)->user_count, user_count);
	if (problem[0] == '\0')
		assert_string_equal(web_config_problem(config), "");
	else
		assert_non_null(strstr(web_config_problem(config), problem));
}

/* Each change is seen, and none that is wrong changes anything. */
static void
test_refresh(void **state)
{
	struct web_config *config;
	struct err err;

	(void)state;
	folder_put_text("web.yml", ONE);
	assert_int_equal(web_config_open(&config, "web.yml", &err), 0);
	check_state(config, 1, "");
	folder_put_text("web.yml", TWO);
	check_state(config, 2, "");
	folder_put_text("web.yml", "basic_auth_users: x\n");
	check_state(config, 2, "web.yml: line 1: basic_auth_users: expected users");
	check_state(config, 2, "web.yml: line 1: basic_auth_users: expected users");
	assert_int_equal(remove("web.yml"), 0);
	check_state(config, 2, "web.yml: No such file");
	folder_put_text("web.yml", ONE);
	check_state(config, 1, "");
	folder_put_text("new.yml", TWO);
	assert_int_equal(rename("new.yml", "web.yml"), 0);
	check_state(config, 2, "");
	/* A certificate that comes later is waited for. */
	folder_put_text("web.yml", "tls_server_config:\n  cert_file: c\n  key_file: k\n");
	check_state(config, 2, "tls_server_config: c: No such file");
	folder_put_text("c", "x");
	check_state(config, 2, "tls_server_config: k: No such file");
	folder_put_text("web.yml", "");
	check_state(config, 0, "");
	assert_null(web_config_tls(config));
	web_config_close(config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_refused),
		IN_FOLDER(test_refresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
