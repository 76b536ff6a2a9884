/* SPDX-License-Identifier: ISC
 *
 * systemd -- what a service tells systemd, and gets from it (sd_notify(3),
 * sd_listen_fds(3)), without its library. Elsewhere all of it does nothing.
 */
#ifndef IO_SYSTEMD_H
#define IO_SYSTEMD_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/un.h>

struct systemd {
	struct sockaddr_un address;
	size_t address_len;   /* 0: nobody listens */
	int fd;
	int64_t watchdog_ms;  /* how often to say WATCHDOG=1; 0: never */
	int listen_fd;        /* the socket that was passed; -1 for none */
};

/* Reads the environment, and takes from it what is meant for this process, so that no
 * child believes that it is meant. Call it before threads are started. EXIT_CONFIG when
 * more than one socket was passed, or NOTIFY_SOCKET is no address. */
MUST_USE int systemd_open(struct systemd *out, struct err *err);

/* Sends a state, such as "READY=1", "STATUS=words", "STOPPING=1" or "WATCHDOG=1". It is
 * lost when systemd does not listen, and that is no error. Never waits. */
void systemd_notify(const struct systemd *systemd, const char *state);

/* Closes what systemd_open opened; not listen_fd. */
void systemd_close(struct systemd *systemd);

#endif
