/* SPDX-License-Identifier: ISC
 *
 * web_settings -- the text of a web configuration file, in the format that Prometheus'
 * exporters share (prometheus/exporter-toolkit, docs/web-configuration.md): TLS, client
 * certificates, users, headers, rate limit. Pure.
 *
 * What would be weaker than it looks is refused, not ignored: unknown fields, TLS before
 * 1.2, client certificates that nobody verifies, ciphers without forward secrecy. A list
 * of cipher_suites holds for TLS 1.3 too. http2 is accepted, but there is only HTTP/1.1.
 */
#ifndef IO_WEB_SETTINGS_H
#define IO_WEB_SETTINGS_H

#include "io/password.h"
#include "io/tls_server.h"

#include <stdbool.h>
#include <stdint.h>

#define WEB_MAX_HEADERS 5

struct web_header {
	char *name, *value;
};

struct web_settings {
	bool has_tls;
	int tls_line;        /* where its settings begin in the file */
	struct tls_settings tls;
	char *cert_file, *key_file, *client_ca_file; /* as written; NULL: text is in tls */
	struct password_user *users; /* ours */
	size_t user_count;   /* 0: everybody may read */
	struct web_header headers[WEB_MAX_HEADERS]; /* for every answer */
	size_t header_count;
	int64_t rate_interval_ms; /* a request more each; 0: no limit */
	int64_t rate_burst;
};

/* Reads a text into *out, which the caller releases also on failure. EXIT_CONFIG begins
 * with "FILE: line N: ". */
MUST_USE int web_settings_read(struct web_settings *out, const char *file,
    const char *text, size_t len, struct err *err);
void web_settings_release(struct web_settings *settings);

#endif
