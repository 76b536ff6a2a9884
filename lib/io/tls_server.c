/* SPDX-License-Identifier: ISC */
#include "io/tls_server.h"
#include "base/mem.h"
#include "base/require.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct tls_server {
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priority;
	enum tls_client_auth client_auth;
	char **allowed_sans;
	size_t allowed_san_count;
	size_t user_count;
};

static gnutls_datum_t
datum_of(const struct buf *text)
{
	REQUIRE(text->len <= UINT_MAX);
	return (gnutls_datum_t){ (unsigned char *)text->data, (unsigned)text->len };
}

/* Loads the certificate, its key and the roots of clients. */
static int
load(struct tls_server *server, const struct tls_settings *settings, struct err *err)
{
	gnutls_datum_t cert = datum_of(&settings->cert), key = datum_of(&settings->key);
	gnutls_datum_t roots = datum_of(&settings->client_ca);
	int result = gnutls_certificate_allocate_credentials(&server->credentials);

	if (result < 0)
		mem_exhausted();
	result = gnutls_certificate_set_x509_key_mem(server->credentials, &cert, &key,
	    GNUTLS_X509_FMT_PEM);
	if (result < 0)
		return err_set(err, EXIT_CONFIG, "certificate and key: %s",
		    gnutls_strerror(result));
	if (settings->client_auth == TLS_CLIENT_NONE)
		return 0;
	result = gnutls_certificate_set_x509_trust_mem(server->credentials, &roots,
	    GNUTLS_X509_FMT_PEM);
	if (result <= 0)
		return err_set(err, EXIT_CONFIG, "certificates of client_ca: %s",
		    result < 0 ? gnutls_strerror(result) : "there is none");
	return 0;
}

int
tls_server_open(struct tls_server **out, const struct tls_settings *settings,
    struct err *err)
{
	struct tls_server *server = mem_new(1, sizeof(*server));
	const char *wrong = NULL;

	server->user_count = 1;
	server->client_auth = settings->client_auth;
	server->allowed_sans = mem_new(settings->allowed_san_count, sizeof(char *));
	while (server->allowed_san_count < settings->allowed_san_count) {
		size_t i = server->allowed_san_count++;

		server->allowed_sans[i] = mem_text(settings->allowed_sans[i]);
	}
	if (load(server, settings, err) < 0) {
		tls_server_close(server);
		return -1;
	}
	if (gnutls_priority_init(&server->priority, buf_text(&settings->priorities),
	    &wrong) < 0) {
		server->priority = NULL;
		err_set(err, EXIT_CONFIG, "GnuTLS refuses the priorities %s",
		    wrong != NULL ? wrong : "");
		tls_server_close(server);
		return -1;
	}
	*out = server;
	return 0;
}

struct tls_server *
tls_server_share(struct tls_server *server)
{
	server->user_count++;
	return server;
}

void
tls_server_close(struct tls_server *server)
{
	if (server == NULL || --server->user_count > 0)
		return;
	if (server->priority != NULL)
		gnutls_priority_deinit(server->priority);
	if (server->credentials != NULL)
		gnutls_certificate_free_credentials(server->credentials);
	for (size_t i = 0; i < server->allowed_san_count; i++)
		free(server->allowed_sans[i]);
	free(server->allowed_sans);
	free(server);
}

/* Whether an alternative name, which may have any bytes, is one of those allowed. */
static bool
is_allowed(const struct tls_server *server, int type, const void *name, size_t len)
{
	char address[INET6_ADDRSTRLEN];

	if (type == GNUTLS_SAN_IPADDRESS) {
		if ((len != 4 && len != 16) || inet_ntop(len == 4 ? AF_INET : AF_INET6,
		    name, address, sizeof(address)) == NULL)
			return false;
		name = address;
		len = strlen(address);
	} else if (type != GNUTLS_SAN_DNSNAME && type != GNUTLS_SAN_RFC822NAME &&
	    type != GNUTLS_SAN_URI) {
		return false;
	}
	for (size_t i = 0; i < server->allowed_san_count; i++)
		if (strlen(server->allowed_sans[i]) == len &&
		    memcmp(server->allowed_sans[i], name, len) == 0)
			return true;
	return false;
}

static bool
has_allowed_name(const struct tls_server *server, const gnutls_datum_t *certificate)
{
	gnutls_x509_crt_t parsed;
	bool is_found = false;
	int type = 0;

	if (gnutls_x509_crt_init(&parsed) < 0)
		return false;
	if (gnutls_x509_crt_import(parsed, certificate, GNUTLS_X509_FMT_DER) == 0)
		for (unsigned i = 0; type >= 0 && !is_found; i++) {
			char name[1024];
			size_t len = sizeof(name);

			type = gnutls_x509_crt_get_subject_alt_name(parsed, i, name, &len,
			    NULL);
			if (type == GNUTLS_E_SHORT_MEMORY_BUFFER)
				type = 0; /* longer than any that is allowed */
			else if (type >= 0)
				is_found = is_allowed(server, type, name, len);
		}
	gnutls_x509_crt_deinit(parsed);
	return is_found;
}

/* For GnuTLS, in the handshake: 0 when the client may go on. */
static int
verify(gnutls_session_t session)
{
	gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID };
	const struct tls_server *server = gnutls_session_get_ptr(session);
	char oid[] = GNUTLS_KP_TLS_WWW_CLIENT;
	const gnutls_datum_t *chain;
	unsigned count = 0, status = ~0U;

	chain = gnutls_certificate_get_peers(session, &count);
	if (chain == NULL || count == 0)
		return server->client_auth == TLS_CLIENT_REQUIRED ? -1 : 0;
	purpose.data = (unsigned char *)oid;
	if (gnutls_certificate_verify_peers(session, &purpose, 1, &status) < 0 ||
	    status != 0)
		return -1;
	return server->allowed_san_count == 0 || has_allowed_name(server, &chain[0])
	    ? 0 : -1;
}

int
tls_server_begin(const struct tls_server *server, void *session)
{
	union {
		const struct tls_server *borrowed;
		void *pointer; /* only verify reads it, and changes nothing */
	} context = { .borrowed = server };

	gnutls_session_set_ptr(session, context.pointer);
	if (gnutls_priority_set(session, server->priority) < 0 ||
	    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
	    server->credentials) < 0)
		return -1;
	if (server->client_auth == TLS_CLIENT_NONE)
		return 0;
	gnutls_certificate_server_set_request(session,
	    server->client_auth == TLS_CLIENT_REQUIRED ? GNUTLS_CERT_REQUIRE
	    : GNUTLS_CERT_REQUEST);
	gnutls_session_set_verify_function(session, verify);
	return 0;
}
