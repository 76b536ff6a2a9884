/* SPDX-License-Identifier: ISC
 *
 * tls_server -- the TLS of the server: a certificate, its key, and what clients must show;
 * the only caller of GnuTLS. A tls_server never changes: a new certificate is a new one,
 * and connections keep the one that they began with. Used by one thread.
 */
#ifndef IO_TLS_SERVER_H
#define IO_TLS_SERVER_H

#include "base/buf.h"

#include <stddef.h>

enum tls_client_auth { TLS_CLIENT_NONE, TLS_CLIENT_IF_GIVEN, TLS_CLIENT_REQUIRED };

struct tls_settings {
	struct buf cert, key;  /* PEM: the certificate with those that link it to a root */
	struct buf client_ca;  /* PEM: who signs the certificates of clients */
	enum tls_client_auth client_auth;
	char **allowed_sans;   /* when there is one, the certificate of a client must have */
	size_t allowed_san_count; /* one of these names, e-mail and IP addresses, URIs */
	struct buf priorities; /* protocols and ciphers, as GnuTLS writes them */
};

struct tls_server;

/* Opens *out from settings, which it copies. EXIT_CONFIG when a text is not PEM, the key
 * is not that of the certificate, or the priorities are none. */
MUST_USE int tls_server_open(struct tls_server **out, const struct tls_settings *settings,
    struct err *err);

/* Returns the same tls_server, for one more user, who closes it too. */
struct tls_server *tls_server_share(struct tls_server *server);
void tls_server_close(struct tls_server *server); /* by its last user; NULL is fine */

/* Makes a session of GnuTLS, before its handshake, one of the server. The server must stay
 * open until the session has ended. Returns 0 or -1. Clients without a valid certificate,
 * where one is required, fail in the handshake. */
MUST_USE int tls_server_begin(const struct tls_server *server, void *session);

#endif
