/* SPDX-License-Identifier: ISC
 *
 * listener -- a TCP socket that listens, by an address or from systemd.
 */
#ifndef IO_LISTENER_H
#define IO_LISTENER_H

#include "base/err.h"

#include <stdbool.h>

#define LISTENER_NAME_SIZE 128

struct listener {
	int fd;            /* the caller's */
	bool is_loopback;  /* only this machine reaches it */
	char name[LISTENER_NAME_SIZE]; /* "127.0.0.1:9108", with the real port */
};

/* Sets *out to whether an address is reached from this machine only. Addresses are
 * "127.0.0.1:9108", "[::1]:9108", "localhost:9108"; without a host, ":9108", it is every
 * address of the machine. EXIT_USAGE when the text is none. */
MUST_USE int listener_is_loopback(const char *address, bool *out, struct err *err);

/* Binds and listens. Port 0 lets the system choose. EXIT_USAGE when the text is no
 * address, EXIT_CREATE when it cannot be bound. */
MUST_USE int listener_open(struct listener *out, const char *address, struct err *err);

/* Takes a socket that listens already. EXIT_CONFIG when fd is none. A UNIX socket counts
 * as loopback. */
MUST_USE int listener_take(struct listener *out, int fd, struct err *err);

#endif
