/* SPDX-License-Identifier: ISC */
#include "io/systemd.h"
#include "base/num.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_PASSED_FD 3

/* Whether a variable with a process id names this process, or is missing. */
static bool
is_ours(const char *variable)
{
	const char *text = getenv(variable);
	int64_t pid;

	return text == NULL || (num_integer(text, 1, INT32_MAX, &pid) == 0 &&
	    pid == getpid());
}

static int
read_address(struct systemd *out, struct err *err)
{
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len;

	if (path == NULL || path[0] == '\0')
		return 0;
	len = strlen(path);
	if ((path[0] != '/' && path[0] != '@') || len < 2 ||
	    len >= sizeof(out->address.sun_path))
		return err_set(err, EXIT_CONFIG, "NOTIFY_SOCKET: '%s' is no address of a "
		    "socket", path);
	out->address.sun_family = AF_UNIX;
	memcpy(out->address.sun_path, path, len);
	if (path[0] == '@')
		out->address.sun_path[0] = '\0'; /* an abstract name */
	out->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (out->fd < 0)
		return err_system(err, EXIT_CONFIG, "NOTIFY_SOCKET");
	out->address_len = offsetof(struct sockaddr_un, sun_path) + len;
	return 0;
}

static void
read_watchdog(struct systemd *out)
{
	const char *text = getenv("WATCHDOG_USEC");
	int64_t us;

	/* Twice in the time of patience, so that one may come late. */
	if (text != NULL && is_ours("WATCHDOG_PID") &&
	    num_integer(text, 1, INT64_MAX, &us) == 0)
		out->watchdog_ms = us / 2000 > 0 ? us / 2000 : 1;
}

static int
read_listen(struct systemd *out, struct err *err)
{
	const char *text = getenv("LISTEN_FDS");
	int64_t count;

	if (text == NULL || getenv("LISTEN_PID") == NULL || !is_ours("LISTEN_PID"))
		return 0;
	if (num_integer(text, 0, 1, &count) < 0)
		return err_set(err, EXIT_CONFIG, "LISTEN_FDS is '%s'; one socket can be "
		    "served", text);
	if (count == 0)
		return 0;
	if (fcntl(FIRST_PASSED_FD, F_SETFD, FD_CLOEXEC) < 0)
		return err_system(err, EXIT_CONFIG, "LISTEN_FDS: descriptor %d",
		    FIRST_PASSED_FD);
	out->listen_fd = FIRST_PASSED_FD;
	return 0;
}

int
systemd_open(struct systemd *out, struct err *err)
{
	static const char *const variables[] = { "NOTIFY_SOCKET", "WATCHDOG_USEC",
		"WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES" };

	memset(out, 0, sizeof(*out));
	out->fd = -1;
	out->listen_fd = -1;
	if (read_listen(out, err) < 0 || read_address(out, err) < 0)
		return -1;
	read_watchdog(out);
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		unsetenv(variables[i]);
	return 0;
}

void
systemd_notify(const struct systemd *systemd, const char *state)
{
	if (systemd->address_len == 0)
		return;
	if (sendto(systemd->fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
	    (const struct sockaddr *)&systemd->address,
	    (socklen_t)systemd->address_len) < 0)
		return; /* as the header says */
}

void
systemd_close(struct systemd *systemd)
{
	if (systemd->fd >= 0)
		close(systemd->fd);
	systemd->fd = -1;
	systemd->address_len = 0;
}
