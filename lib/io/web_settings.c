/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "base/num.h"
#include "base/require.h"
#include "io/basic_auth.h"
#include "io/web_settings_private.h"

#include <stdlib.h>
#include <string.h>

#define MAX_BURST 1000000
#define MAX_INTERVAL_MS INT64_C(86400000)

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

/* Reads one header of http_server_config.headers; choices are the values that it may
 * have, separated by blanks, or NULL for any. */
static int
read_header(struct web_settings *out, const struct spec *spec,
    const struct yaml_node *node, const char *name, const char *choices)
{
	struct web_header *header;
	const char *value, *found;

	if (web_settings_text(spec, node, name, &value) < 0)
		return -1;
	if (value == NULL)
		return 0;
	found = choices != NULL ? strstr(choices, value) : NULL;
	if (choices != NULL && (found == NULL || strpbrk(value, " ") != NULL ||
	    (found > choices && found[-1] != ' ') ||
	    (found[strlen(value)] != '\0' && found[strlen(value)] != ' ')))
		return spec_fail(spec, yaml_find(node, name), "'%s' is '%.40s', not one "
		    "of: %s", name, value, choices);
	if (has_control(value))
		return spec_fail(spec, yaml_find(node, name), "'%s' has a control "
		    "character", name);
	REQUIRE(out->header_count < WEB_MAX_HEADERS);
	header = &out->headers[out->header_count++];
	header->name = mem_text(name);
	header->value = mem_text(value);
	return 0;
}

static int
read_http(struct web_settings *out, const struct spec *spec, const struct yaml_node *node)
{
	static const char *const fields[] = { "http2", "headers", NULL };
	static const char *const names[] = { "Content-Security-Policy", "X-Frame-Options",
		"X-Content-Type-Options", "X-XSS-Protection", "Strict-Transport-Security",
		NULL };
	static const char *const choices[] = { NULL, "deny sameorigin", "nosniff", NULL,
		NULL };
	const struct yaml_node *headers;
	bool http2 = true;

	if (spec_fields(spec, node, "http_server_config", fields) < 0 ||
	    spec_boolean(spec, node, "http2", &http2) < 0)
		return -1;
	headers = yaml_find(node, "headers");
	if (headers == NULL || yaml_is_null(headers))
		return 0;
	if (spec_fields(spec, headers, "headers", names) < 0)
		return -1;
	for (size_t i = 0; names[i] != NULL; i++)
		if (read_header(out, spec, headers, names[i], choices[i]) < 0)
			return -1;
	return 0;
}

static int
read_user(struct web_settings *out, const struct spec *spec, const struct yaml_node *value,
    const char *name)
{
	struct password_user *user;
	const char *why;

	if (value->type != YAML_SCALAR)
		return spec_fail(spec, value, "the hash of user '%.60s' must be text", name);
	if (strlen(name) > BASIC_AUTH_MAX_NAME || strchr(name, ':') != NULL)
		return spec_fail(spec, value, "nobody can give the name '%.60s': it has a "
		    "colon or more than %d bytes", name, BASIC_AUTH_MAX_NAME);
	if (password_check_hash(value->text, &why) < 0)
		return spec_fail(spec, value, "user '%.60s': %s", name, why);
	user = &out->users[out->user_count++];
	user->name = mem_text(name);
	user->hash = mem_text(value->text);
	return 0;
}

static int
read_users(struct web_settings *out, const struct spec *spec,
    const struct yaml_node *node)
{
	if (node->type != YAML_MAPPING)
		return spec_fail(spec, node, "basic_auth_users: expected users (name: hash)");
	out->users = mem_new(node->count, sizeof(*out->users));
	for (size_t i = 0; i < node->count; i++)
		if (read_user(out, spec, node->children[i], node->keys[i]) < 0)
			return -1;
	return 0;
}

static int
read_rate(struct web_settings *out, const struct spec *spec, const struct yaml_node *node)
{
	static const char *const fields[] = { "interval", "burst", NULL };
	const char *interval;

	if (spec_fields(spec, node, "rate_limit", fields) < 0 ||
	    web_settings_text(spec, node, "interval", &interval) < 0 ||
	    spec_integer(spec, node, "burst", 0, MAX_BURST, &out->rate_burst) < 0)
		return -1;
	if (interval == NULL || strcmp(interval, "0") == 0)
		return 0;
	if (num_duration_ms(interval, &out->rate_interval_ms) < 0 ||
	    out->rate_interval_ms > MAX_INTERVAL_MS)
		return spec_fail(spec, yaml_find(node, "interval"), "'interval' is '%.40s', "
		    "not a duration such as 100ms or 1s, of at most a day", interval);
	if (out->rate_interval_ms > 0 && out->rate_burst < 1)
		return spec_fail(spec, node, "'burst' must be at least 1, or nothing is "
		    "ever answered");
	return 0;
}

static int
read_root(struct web_settings *out, const struct spec *spec, const struct yaml_node *root)
{
	static const char *const fields[] = { "tls_server_config", "http_server_config",
		"basic_auth_users", "rate_limit", NULL };
	static int (*const readers[])(struct web_settings *, const struct spec *,
	    const struct yaml_node *) = { web_settings_read_tls, read_http, read_users,
		read_rate };

	if (spec_fields(spec, root, "the file", fields) < 0)
		return -1;
	for (size_t i = 0; fields[i] != NULL; i++) {
		const struct yaml_node *node = yaml_find(root, fields[i]);

		if (node != NULL && !yaml_is_null(node) &&
		    readers[i](out, spec, node) < 0)
			return -1;
	}
	return 0;
}

int
web_settings_read(struct web_settings *out, const char *file, const char *text,
    size_t len, struct err *err)
{
	struct spec spec = { file, err };
	const struct yaml_node *root;
	struct yaml *yaml;
	int result = 0;

	memset(out, 0, sizeof(*out));
	if (yaml_open(&yaml, text, len, err) < 0)
		return err_in(err, "%s", file);
	if (yaml_document_count(yaml) > 1)
		result = spec_fail(&spec, yaml_document(yaml, 1), "a second document");
	if (result == 0 && yaml_document_count(yaml) == 1) {
		root = yaml_document(yaml, 0);
		if (!yaml_is_null(root))
			result = read_root(out, &spec, root);
	}
	yaml_close(yaml);
	return result;
}

void
web_settings_release(struct web_settings *settings)
{
	for (size_t i = 0; i < settings->user_count; i++) {
		free(settings->users[i].name);
		free(settings->users[i].hash);
	}
	free(settings->users);
	for (size_t i = 0; i < settings->header_count; i++) {
		free(settings->headers[i].name);
		free(settings->headers[i].value);
	}
	for (size_t i = 0; i < settings->tls.allowed_san_count; i++)
		free(settings->tls.allowed_sans[i]);
	free(settings->tls.allowed_sans);
	if (settings->tls.key.data != NULL)
		explicit_bzero(settings->tls.key.data, settings->tls.key.len);
	buf_release(&settings->tls.key);
	buf_release(&settings->tls.cert);
	buf_release(&settings->tls.client_ca);
	buf_release(&settings->tls.priorities);
	free(settings->cert_file);
	free(settings->key_file);
	free(settings->client_ca_file);
	memset(settings, 0, sizeof(*settings));
}
