/* SPDX-License-Identifier: ISC
 *
 * http -- any bytes as what a client sends and an administrator writes: the headers Accept,
 * Accept-Encoding and Authorization, the scrape timeout, and a web
 * configuration. Nothing that is accepted may exceed its limits.
 */
#include "base/mem.h"
#include "io/accept.h"
#include "io/basic_auth.h"
#include "io/web_settings.h"

#include <stdlib.h>
#include <string.h>

#define MAX_LEN 65536

/* libfyaml 0.7.12 leaks one of its buffers on some broken quoted keys, as the target yaml
 * says. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libfyaml.so\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static void
check_headers(const char *text)
{
	struct basic_auth given;
	int64_t budget_ms = accept_budget_ms(text);

	need(budget_ms >= -1 && budget_ms <= 3600000);
	need(accept_content_type(accept_format(text)) != NULL);
	/* A format that nobody names is never chosen, unless the other is excluded. */
	if (strchr(text, '/') == NULL)
		need(accept_format(text) == ACCEPT_TEXT);
	if (strstr(text, "zip") == NULL && strchr(text, '*') == NULL &&
	    strcasestr(text, "zip") == NULL)
		need(!accept_gzip(text));
	if (basic_auth_read(text, &given) < 0) {
		need(given.name[0] == '\0' && given.password[0] == '\0');
		return;
	}
	need(strncasecmp(text, "basic ", 6) == 0);
	need(memchr(given.name, '\0', sizeof(given.name)) != NULL);
	need(memchr(given.password, '\0', sizeof(given.password)) != NULL);
	need(strchr(given.name, ':') == NULL);
}

static void
check_settings(const struct web_settings *settings)
{
	const char *why;

	for (size_t i = 0; i < settings->user_count; i++) {
		need(password_check_hash(settings->users[i].hash, &why) == 0);
		need(strlen(settings->users[i].name) <= BASIC_AUTH_MAX_NAME);
	}
	need(settings->header_count <= WEB_MAX_HEADERS);
	for (size_t i = 0; i < settings->header_count; i++)
		need(strpbrk(settings->headers[i].value, "\r\n") == NULL);
	need(settings->rate_interval_ms >= 0 && (settings->rate_interval_ms == 0 ||
	    settings->rate_burst > 0));
	if (!settings->has_tls)
		return;
	need(settings->cert_file != NULL || settings->tls.cert.len > 0);
	need(settings->key_file != NULL || settings->tls.key.len > 0);
	need(settings->tls.client_auth == TLS_CLIENT_NONE ||
	    settings->client_ca_file != NULL || settings->tls.client_ca.len > 0);
	need(strncmp(settings->tls.priorities.data, "NORMAL:-VERS-ALL:+VERS-TLS1.", 28) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct web_settings settings;
	struct err err = { .exit_code = 0 };
	char *text;

	if (len > MAX_LEN)
		return 0;
	text = mem_text_of((const char *)bytes, len);
	check_headers(text);
	if (web_settings_read(&settings, "web.yml", text, len, &err) == 0)
		check_settings(&settings);
	else
		need(err.exit_code == EXIT_CONFIG &&
		    strncmp(err.text, "web.yml: line ", 14) == 0);
	web_settings_release(&settings);
	free(text);
	return 0;
}
